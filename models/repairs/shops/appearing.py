"""Which shops stand in lists, since when and by which charter; and those that somebody looks for.

The order is that of the day, the same for everybody, that of nearness, or of who has room first: nobody stands higher
for any other reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from models.store.database import Connection, fetch_all, fetch_one
from models.store.statements import name_values

ShopOrder = Literal["day", "near", "slot"]

MOST_FOUND = 100

OLD_WORD = timedelta(days=1)
"""What was looked at, or told, longer ago says nothing about who has room first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """Why a shop stands in lists: the collective it is in and by which version of its charter, since when.

    Without a collective its team said yes. `cooperative_id` is the friend cooperative that lists it; None for ours.
    """

    actor_id: int
    collective_uri: str | None
    charter_version: int | None
    since: datetime | None
    cooperative_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFilter:
    """What somebody looks for; "" is anything. Within `radius` metres of a point, or coming by in these communes.

    `coming_by` takes those alone that come by there. Whom `reader_id` blocks or mutes is left out.
    """

    intervention: str = ""
    bike_type: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None
    commune_codes: Sequence[str] = ()
    coming_by: bool = False
    order: ShopOrder = "day"
    day: date
    reader_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundShop(Appearance):
    """One of those found, with its distance in metres where there is one, and when it has room next where one knows."""

    distance: float | None
    next_at: datetime | None = None


_FIND = name_values(
    """
    SELECT p.actor_id, p.collective_uri, p.charter_version, p.since, p.cooperative_id, far.distance,
        n.begins_at AS next_at
    FROM appearing_shop p JOIN repair_shop s ON s.actor_id = p.actor_id JOIN actor a ON a.id = p.actor_id
    LEFT JOIN next_slot n ON n.actor_id = p.actor_id AND n.begins_at > now()
        AND n.looked_at > now() - :old_word::interval
    CROSS JOIN LATERAL (SELECT 2 * 6371000 * asin(least(1, sqrt(
        sin(radians(a.latitude - :latitude) / 2) ^ 2 + sin(radians(a.longitude - :longitude) / 2) ^ 2
        * cos(radians(:latitude)) * cos(radians(a.latitude))))) AS distance) AS far
    WHERE (:intervention = '' OR s.interventions @> ARRAY[:intervention])
        AND (:bike_type = '' OR s.bike_types @> ARRAY[:bike_type])
        AND (:radius::float8 IS NULL OR far.distance <= :radius OR s.commune_codes && :commune_codes::text[])
        AND (NOT :coming_by OR s.commune_codes && :commune_codes::text[])
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = :reader_id AND h.author_id = p.actor_id OFFSET 0)
    ORDER BY CASE WHEN :order = 'near' THEN far.distance END, CASE WHEN :order = 'slot' THEN n.begins_at END,
        md5(:day::date::text || a.uri), p.actor_id
    LIMIT :limit
    """,
    ShopFilter,
    also=["limit", "old_word"],
)


async def list_shops(conn: Connection, wanted: ShopFilter, *, limit: int = MOST_FOUND) -> list[FoundShop]:
    """Those that appear and fit, in their order."""
    return await fetch_all(conn, FoundShop, _FIND.sql, *_FIND.args(wanted, limit=limit, old_word=OLD_WORD))


async def find(conn: Connection, actor_id: int) -> Appearance | None:
    """Why this shop appears; None where it does not."""
    return await fetch_one(
        conn,
        Appearance,
        """
        SELECT actor_id, collective_uri, charter_version, since, cooperative_id FROM appearing_shop WHERE actor_id = $1
        """,
        actor_id,
    )


async def list_own(conn: Connection) -> list[Appearance]:
    """Those of ours that appear, the one that has for longest first: what friend cooperatives read."""
    return await fetch_all(
        conn,
        Appearance,
        """
        SELECT actor_id, collective_uri, charter_version, since, cooperative_id FROM appearing_shop
        WHERE cooperative_id IS NULL ORDER BY since, actor_id LIMIT 500
        """,
    )
