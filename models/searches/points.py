"""What is found, as points of a map: where each listing is, as others may know it, and how many have no place."""

from dataclasses import dataclass

from models.listings.listings import ListingKind, ListingMode
from models.searches.network import OPEN_FOUND, SHOWN, WITHIN
from models.searches.queries import NetworkFilter, Query
from models.store.database import Connection, fetch_planned
from models.store.statements import name_optional

POINTS = 500
"""So many listings stand on a map at once, the newest ones; whoever comes nearer sees the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPoint:
    """A listing on a map. `radius` in metres is how well its place is known; None for an address that is public.

    `local` and `url` are those of its post.
    """

    id: int
    title: str
    kind: ListingKind
    mode: ListingMode
    place_name: str | None
    latitude: float
    longitude: float
    radius: int | None
    local: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPoints:
    """What a map shows, the newest first; not `complete` where there are more."""

    points: list[ListingPoint]
    complete: bool


# The place of a listing is kept as others may know it: the cell of a member's home, her commune, the address of a place
# that people may come to (models/places/places.Place). Nothing finer is read here.
_POINTS = name_optional(
    """
    SELECT l.post_id AS id, l.title, l.kind, l.mode, l.place_name, l.latitude, l.longitude, l.radius, p.local, p.url
    FROM ({found}) AS found JOIN listing l ON l.post_id = found.id
    JOIN post p ON p.id = found.id JOIN actor a ON a.id = p.author_id
    WHERE {shown} AND {within} AND l.latitude IS NOT NULL AND l.longitude IS NOT NULL
    ORDER BY found.id DESC LIMIT :limit
    """,
    NetworkFilter,
    Query,
    also=["limit"],
    found=OPEN_FOUND,
    shown=SHOWN,
    within=WITHIN,
)

_UNPLACED = name_optional(
    """
    SELECT count(*) AS total FROM (
        SELECT FROM ({found}) AS found JOIN listing l ON l.post_id = found.id
        JOIN post p ON p.id = found.id JOIN actor a ON a.id = p.author_id
        WHERE {shown} AND l.latitude IS NULL
        LIMIT :limit) AS nowhere
    """,
    NetworkFilter,
    Query,
    also=["limit"],
    found=OPEN_FOUND,
    shown=SHOWN,
)


async def list_points(conn: Connection, filter: NetworkFilter, query: Query, *, limit: int = POINTS) -> MapPoints:
    """Open listings that fit both and have a place, inside `filter.bounds` where they are given."""
    asked = _POINTS.ask(filter, query, limit=limit + 1)
    rows = await fetch_planned(conn, asked.sql, *asked.values)
    return MapPoints(points=[ListingPoint(**row) for row in rows[:limit]], complete=len(rows) <= limit)


async def count_unplaced(conn: Connection, filter: NetworkFilter, query: Query) -> int:
    """How many listings fit both and lie nowhere, up to POINTS; none where the filter asks for a place itself."""
    if filter.communes or filter.epcis or filter.bounds or (filter.radius is not None and filter.latitude is not None):
        return 0
    asked = _UNPLACED.ask(filter, query, limit=POINTS)
    (row,) = await fetch_planned(conn, asked.sql, *asked.values)
    return int(row["total"])
