"""Where shops say that they come by: meetings of a shop in a commune, without any street. Ours and copies alike.

Of shops that stand in lists alone; its own page shows those of any.
"""

from dataclasses import dataclass
from datetime import datetime

from models.places.distances import DISTANCE
from models.store.database import Connection, fetch_all
from models.store.statements import name_values

MOST_PASSAGES = 20
"""Told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageFilter:
    """Of one shop, in one commune, or within `radius` kilometres of a point; for a reader, or for everybody."""

    reader_id: int | None = None
    shop_id: int | None = None
    commune_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A shop comes by. `occurrence_id` and `meeting_id` are the meeting's, `shop` and `place` are said in words."""

    meeting_id: int
    occurrence_id: int
    shop_id: int
    shop: str
    place: str
    title: str
    begins_at: datetime
    ends_at: datetime | None


_COMING = name_values(
    """
    SELECT o.meeting_id, o.id AS occurrence_id, a.id AS shop_id, coalesce(nullif(a.name, ''), a.username) AS shop,
        coalesce(l.place_name, '') AS place, l.title, o.begins_at, o.ends_at
    FROM repair_shop s JOIN actor a ON a.id = s.actor_id JOIN post p ON p.author_id = a.id
    JOIN listing l ON l.post_id = p.id JOIN meeting m ON m.post_id = p.id
    JOIN meeting_occurrence o ON o.meeting_id = p.id
    WHERE coalesce(o.ends_at, o.begins_at) > :since AND o.begins_at < :until AND NOT o.cancelled
        AND m.status <> 'cancelled' AND m.street = '' AND l.place_name IS NOT NULL AND l.meeting
        AND p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.audience = 'network'
        AND a.deleted_at IS NULL AND a.suspended_at IS NULL AND a.limited_at IS NULL
        AND (:shop_id::bigint IS NOT NULL AND a.id = :shop_id OR :shop_id::bigint IS NULL
            AND EXISTS (SELECT FROM appearing_shop h WHERE h.actor_id = a.id))
        AND (:commune_code::text IS NULL OR l.commune_code = :commune_code)
        AND (:radius::float8 IS NULL OR :latitude::float8 IS NULL OR {distance} <= :radius)
        AND (:reader_id::bigint IS NULL OR NOT EXISTS (SELECT FROM hidden b
            WHERE b.reader_id = :reader_id AND b.author_id = a.id))
    ORDER BY o.begins_at, o.id LIMIT :most
    """,
    PassageFilter,
    also=["since", "until", "most"],
    distance=DISTANCE,
)


async def list_coming(
    conn: Connection, wanted: PassageFilter, *, since: datetime, until: datetime, limit: int = MOST_PASSAGES
) -> list[Passage]:
    """Those that are not over at `since` and begin before `until`, the next first."""
    values = {"since": since, "until": until, "most": min(limit, MOST_PASSAGES)}
    return await fetch_all(conn, Passage, _COMING.sql, *_COMING.args(wanted, **values))
