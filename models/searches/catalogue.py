"""Listings in whatever state, by what they are and where, page by page: what programs ask for."""

from dataclasses import dataclass
from datetime import datetime

from models.listings.listings import OPEN, ListingStatus
from models.searches.fitting import fit_query
from models.searches.network import FOUND, SHOWN, WITHIN
from models.searches.pages import Found
from models.searches.queries import NetworkFilter, Query
from models.store.database import Connection, fetch_planned
from models.store.statements import name_optional
from models.timelines.entries import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFilter(NetworkFilter):
    """The network page's filters and some more; `order` means nothing here, pages go by id.

    `since` is when a listing was published; `local` is ours or others' alone.
    """

    statuses: tuple[ListingStatus, ...] = OPEN
    postcode: str | None = None
    since: datetime | None = None
    local: bool | None = None
    author_id: int | None = None


_WHICH = """
    l.status = ANY(:statuses::text[]) AND l.post_id < :ceiling::bigint AND l.post_id > :floor::bigint
    AND (:postcode::text IS NULL OR l.postcode = :postcode
        OR l.commune_code IN (SELECT c.code FROM commune c WHERE c.postcodes @> ARRAY[:postcode::text]))
"""

_PAGE = """
    SELECT found.id, found.distance FROM ({found}) AS found
    JOIN post p ON p.id = found.id JOIN actor a ON a.id = p.author_id
    WHERE p.id < :ceiling AND p.id > :floor
        AND {shown} AND {within}
        AND (:since::timestamptz IS NULL OR p.published_at >= :since)
        AND (:local::boolean IS NULL OR p.local = :local)
        AND (:author_id::bigint IS NULL OR p.author_id = :author_id)
    ORDER BY found.id {direction} LIMIT :limit::bigint
"""

_DOWNWARD, _UPWARD = (
    name_optional(
        _PAGE, CatalogueFilter, Query, Page, found=FOUND, which=_WHICH, shown=SHOWN, within=WITHIN, direction=direction
    )
    for direction in ("DESC", "ASC")
)


async def list_catalogue(conn: Connection, filter: CatalogueFilter, page: Page) -> list[Found]:
    """One page of listings, the newest first; the words are read as on the network page."""
    query = await fit_query(conn, filter)
    asked = (_DOWNWARD if page.after is None else _UPWARD).ask(filter, query, page)
    rows = await fetch_planned(conn, asked.sql, *asked.values)
    found = [Found(id=row["id"], distance=row["distance"]) for row in rows]
    return found if page.after is None else found[::-1]
