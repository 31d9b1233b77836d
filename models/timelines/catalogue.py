"""Listings in whatever state, by what they are and where, page by page: what programs ask for."""

from dataclasses import dataclass
from datetime import datetime

from models.database import Connection, fetch_planned
from models.listings import OPEN, ListingStatus
from models.timelines.entries import Page, turn_round
from models.timelines.network import FOUND, SHOWN, Found, NetworkFilter, arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFilter(NetworkFilter):
    """The network page's filters and some more; `nearest_first` means nothing here, pages go by id.

    `communes` are INSEE codes; `since` is when a listing was published; `local` is ours or others' alone.
    """

    statuses: tuple[ListingStatus, ...] = OPEN
    communes: tuple[str, ...] = ()
    postcode: str | None = None
    since: datetime | None = None
    local: bool | None = None
    author_id: int | None = None


# Listings from elsewhere carry no INSEE code: their commune is known by its name and postcode together.
_WHICH = """
    l.status = ANY($16::text[]) AND l.post_id < $13::bigint AND l.post_id > $14::bigint
    AND (cardinality($17::text[]) = 0 OR l.commune_code = ANY($17) OR (l.commune_code IS NULL AND EXISTS (
        SELECT FROM commune c WHERE c.code = ANY($17) AND l.postcode = ANY(c.postcodes)
            AND fold(c.name) = fold(l.place_name))))
    AND ($18::text IS NULL OR l.postcode = $18
        OR l.commune_code IN (SELECT c.code FROM commune c WHERE c.postcodes @> ARRAY[$18::text]))
"""

_DOWNWARD = """
    SELECT found.id, found.distance FROM (:found) AS found
    JOIN post p ON p.id = found.id JOIN actor a ON a.id = p.author_id
    WHERE p.id < $13 AND p.id > $14
        AND :shown AND ($8::float8 IS NULL OR $6::float8 IS NULL OR found.distance <= $8)
        AND ($19::timestamptz IS NULL OR p.published_at >= $19)
        AND ($20::boolean IS NULL OR p.local = $20)
        AND ($21::bigint IS NULL OR p.author_id = $21)
    ORDER BY found.id DESC LIMIT $15::bigint
""".replace(":found", FOUND.replace(":which", _WHICH)).replace(":shown", SHOWN)
_UPWARD = turn_round(_DOWNWARD)


async def list_catalogue(conn: Connection, filter: CatalogueFilter, page: Page) -> list[Found]:
    """One page of listings, the newest first."""
    rows = await fetch_planned(
        conn,
        _DOWNWARD if page.after is None else _UPWARD,
        *arguments(filter),
        page.ceiling,
        page.floor,
        page.limit,
        list(filter.statuses),
        list(filter.communes),
        filter.postcode,
        filter.since,
        filter.local,
        filter.author_id,
    )
    found = [Found(id=row["id"], distance=row["distance"]) for row in rows]
    return found if page.after is None else found[::-1]
