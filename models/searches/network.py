"""The network page: open listings from here and elsewhere, filtered, counted, near a place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.searches.areas import AREA
from models.searches.free_days import FREE
from models.searches.words import WORDS
from models.store.database import Connection, fetch_planned
from models.store.statements import fragment, name_values
from models.timelines.entries import KNOWN_IF_LIMITED

Order = Literal["best", "near", "new", "ending"]
"""How what is found is sorted: by words, distance and freshness together, or by one of them, or by when it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFilter:
    """The filters of the network page. Empty tuples and None filter nothing; `radius` is in kilometres.

    `communes` are INSEE codes and `epcis` SIREN codes of federations of communes, one of all of them is enough;
    `territory_uris` are cooperatives' actors ("my territories"). `free_from` and `free_until` are the days on which it
    is wanted, as moments. `bounds` is south, west, north, east of a map. `reader_local` adds what only members may see;
    `reader_id` leaves out whom that member blocked or muted. `territory_uri` is a coop actor's id;
    `from_places` are those of places people may come to, as a library of things.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    territory_uri: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None
    with_photo: bool = False
    from_places: bool = False
    reader_local: bool = False
    reader_id: int | None = None
    nearest_first: bool = False
    communes: tuple[str, ...] = ()
    epcis: tuple[str, ...] = ()
    territory_uris: tuple[str, ...] = ()
    free_from: datetime | None = None
    free_until: datetime | None = None
    bounds: tuple[float, float, float, float] | None = None
    order: Order = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A listing of the network page; `distance` in kilometres when a place was given."""

    id: int
    distance: float | None


COUNT_LIMIT = 300
"""The network page counts no further: « plus de 300 annonces », fifteen pages. Searching says more."""

# What all reads look through, in the states that `{which}` names: bounding box first (an index), then the distance. The
# earth counts as flat around the place that is asked from: that is right to 1 % within 100 km, and many times as fast
# as the sphere.
FOUND = fragment(
    """
    SELECT l.post_id AS id, l.kind, l.mode, 111.195 * sqrt(
        (l.latitude - :latitude::float8) ^ 2
        + ((l.longitude - :longitude::float8) * cos(radians(:latitude::float8))) ^ 2) AS distance
    FROM listing l
    WHERE {which}
        AND {words}
        AND (cardinality(:kinds::text[]) = 0 OR l.kind = ANY(:kinds))
        AND (cardinality(:modes::text[]) = 0 OR l.mode = ANY(:modes))
        AND (cardinality(:categories::text[]) = 0 OR l.category = ANY(:categories))
        AND (:territory_uri::text IS NULL OR l.territory_uri = :territory_uri)
        AND {area}
        AND {free}
        AND (NOT :with_photo::boolean OR (SELECT true FROM media m WHERE m.post_id = l.post_id LIMIT 1))
""",
    words=WORDS,
    area=AREA,
    free=FREE,
)

_FOUND_OPEN = fragment(FOUND, which="is_open_status(l.status)")

# Which posts `p` of which actors `a` the reader may find, of what was `found`; who is away offers nothing.
SHOWN = fragment(
    """
    p.deleted_at IS NULL AND a.suspended_at IS NULL
    AND {known_if_limited}
    AND (found.kind <> 'offer' OR a.away_until IS NULL OR a.away_until <= now() OR a.id IS NOT DISTINCT FROM :reader_id)
    AND (p.audience = 'network' OR (:reader_local::boolean AND p.audience IN ('coop', 'territories')))
    AND (:reader_id::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
        WHERE h.reader_id = :reader_id AND h.author_id = p.author_id LIMIT 1), false))
    AND (NOT :from_places::boolean OR (a.type = 'Organization' AND lower(a.username) <> 'coop'))
    """,
    known_if_limited=KNOWN_IF_LIMITED,
)

_NEWEST = name_values(
    """
    SELECT found.id, found.distance FROM ({found}) AS found
    JOIN post p ON p.id = found.id JOIN actor a ON a.id = p.author_id
    WHERE {shown} AND (:radius::float8 IS NULL OR :latitude::float8 IS NULL OR found.distance <= :radius)
    ORDER BY found.id DESC OFFSET :offset LIMIT :limit
    """,
    NetworkFilter,
    also=["text", "offset", "limit"],
    found=_FOUND_OPEN,
    shown=SHOWN,
)

# All that fit are sorted by distance, so posts are looked up one by one until the page is full: a join would read all.
# OFFSET 0 keeps the inner question whole.
_NEAREST = name_values(
    """
    SELECT id, distance FROM (
        SELECT id, kind, distance FROM ({found}) AS fitting
        WHERE :radius::float8 IS NULL OR distance <= :radius
        ORDER BY distance, id DESC OFFSET 0) AS found
    WHERE (SELECT {shown} FROM post p JOIN actor a ON a.id = p.author_id WHERE p.id = found.id)
    ORDER BY distance, id DESC OFFSET :offset LIMIT :limit
    """,
    NetworkFilter,
    also=["text", "offset", "limit"],
    found=_FOUND_OPEN,
    shown=SHOWN,
)

_COUNT = name_values(
    """
    SELECT kind, mode, count(*) AS total FROM (
        SELECT found.kind, found.mode FROM ({found}) AS found CROSS JOIN LATERAL (
            SELECT FROM post p JOIN actor a ON a.id = p.author_id WHERE p.id = found.id AND {shown} OFFSET 0) AS shown
        WHERE :radius::float8 IS NULL OR :latitude::float8 IS NULL OR found.distance <= :radius
        LIMIT :most) AS first
    GROUP BY kind, mode
    """,
    NetworkFilter,
    also=["text", "most"],
    found=_FOUND_OPEN,
    shown=SHOWN,
)


async def list_network(conn: Connection, filter: NetworkFilter, *, offset: int = 0, limit: int = 20) -> list[Found]:
    """One page of open listings from here and elsewhere, newest first, or nearest first where a place is given."""
    nearest = filter.nearest_first and filter.latitude is not None
    statement = _NEAREST if nearest else _NEWEST
    args = statement.args(filter, text=filter.text.strip(), offset=offset, limit=limit)
    rows = await fetch_planned(conn, statement.sql, *args)
    return [Found(id=row["id"], distance=row["distance"]) for row in rows]


async def count_network(conn: Connection, filter: NetworkFilter) -> dict[tuple[str, str], int]:
    """How many listings match, by (kind, mode), among the first COUNT_LIMIT."""
    args = _COUNT.args(filter, text=filter.text.strip(), most=COUNT_LIMIT)
    rows = await fetch_planned(conn, _COUNT.sql, *args)
    return {(row["kind"], row["mode"]): row["total"] for row in rows}
