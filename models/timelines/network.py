"""The network page: open listings from here and elsewhere, filtered, counted, near a place."""

from dataclasses import dataclass

from models.database import Connection, fetch_column, fetch_planned


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFilter:
    """The filters of the network page. Empty tuples and None filter nothing; `radius` is in kilometres.

    `reader_local` adds what only members may see; `reader_id` leaves out whom that member blocked or muted.
    `territory_uri` is a coop actor's id; `from_places` are those of places people may come to, as a library of things;
    `nearest_first` sorts by distance.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A listing of the network page; `distance` in kilometres when a place was given."""

    id: int
    distance: float | None


COUNT_LIMIT = 300
"""The network page counts no further: « plus de 300 annonces », fifteen pages. Searching says more."""

# What all reads look through, in the states that `:which` names: bounding box first (an index), then the distance. The
# earth counts as flat around the place that is asked from: that is right to 1 % within 100 km, and many times as fast
# as the sphere.
FOUND = """
    SELECT l.post_id AS id, l.kind, l.mode, 111.195 * sqrt(
        (l.latitude - $6::float8) ^ 2 + ((l.longitude - $7::float8) * cos(radians($6::float8))) ^ 2) AS distance
    FROM listing l
    WHERE :which
        AND ($1::text = '' OR l.search @@ websearch_to_tsquery('fr', fold_plurals($1)))
        AND (cardinality($2::text[]) = 0 OR l.kind = ANY($2))
        AND (cardinality($3::text[]) = 0 OR l.mode = ANY($3))
        AND (cardinality($4::text[]) = 0 OR l.category = ANY($4))
        AND ($5::text IS NULL OR l.territory_uri = $5)
        AND ($8::float8 IS NULL OR $6::float8 IS NULL OR (
            l.latitude BETWEEN $6 - $8 / 111.0 AND $6 + $8 / 111.0
            AND l.longitude BETWEEN $7 - $8 / (111.0 * cos(radians($6))) AND $7 + $8 / (111.0 * cos(radians($6)))))
        AND (NOT $9::boolean OR (SELECT true FROM media m WHERE m.post_id = l.post_id LIMIT 1))
"""

_FOUND_OPEN = FOUND.replace(":which", "is_open_status(l.status)")

# Which posts `p` of which actors `a` the reader may find, of what was `found`; who is away offers nothing.
SHOWN = """
    p.deleted_at IS NULL AND a.suspended_at IS NULL
    AND (found.kind <> 'offer' OR a.away_until IS NULL OR a.away_until <= now() OR a.id IS NOT DISTINCT FROM $11)
    AND (p.audience = 'network' OR ($10::boolean AND p.audience IN ('coop', 'territories')))
    AND ($11::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
        WHERE h.reader_id = $11 AND h.author_id = p.author_id LIMIT 1), false))
    AND (NOT $12::boolean OR (a.type = 'Organization' AND lower(a.username) <> 'coop'))
"""

_NEWEST = """
    SELECT found.id, found.distance FROM (:found) AS found
    JOIN post p ON p.id = found.id JOIN actor a ON a.id = p.author_id
    WHERE :shown AND ($8::float8 IS NULL OR $6::float8 IS NULL OR found.distance <= $8)
    ORDER BY found.id DESC OFFSET $13 LIMIT $14
""".replace(":found", _FOUND_OPEN).replace(":shown", SHOWN)

# All that fit are sorted by distance, so posts are looked up one by one until the page is full: a join would read all.
# OFFSET 0 keeps the inner question whole.
_NEAREST = """
    SELECT id, distance FROM (
        SELECT id, kind, distance FROM (:found) AS fitting
        WHERE $8::float8 IS NULL OR distance <= $8
        ORDER BY distance, id DESC OFFSET 0) AS found
    WHERE (SELECT :shown FROM post p JOIN actor a ON a.id = p.author_id WHERE p.id = found.id)
    ORDER BY distance, id DESC OFFSET $13 LIMIT $14
""".replace(":found", _FOUND_OPEN).replace(":shown", SHOWN)

_COUNT = """
    SELECT kind, mode, count(*) AS total FROM (
        SELECT found.kind, found.mode FROM (:found) AS found CROSS JOIN LATERAL (
            SELECT FROM post p JOIN actor a ON a.id = p.author_id WHERE p.id = found.id AND :shown OFFSET 0) AS shown
        WHERE $8::float8 IS NULL OR $6::float8 IS NULL OR found.distance <= $8
        LIMIT $13) AS first
    GROUP BY kind, mode
""".replace(":found", _FOUND_OPEN).replace(":shown", SHOWN)


def arguments(filter: NetworkFilter) -> tuple[object, ...]:
    """What FOUND and SHOWN take, from $1 to $12."""
    return (
        filter.text.strip(),
        list(filter.kinds),
        list(filter.modes),
        list(filter.categories),
        filter.territory_uri,
        filter.latitude,
        filter.longitude,
        filter.radius,
        filter.with_photo,
        filter.reader_local,
        filter.reader_id,
        filter.from_places,
    )


async def list_network(conn: Connection, filter: NetworkFilter, *, offset: int = 0, limit: int = 20) -> list[Found]:
    """One page of open listings from here and elsewhere, newest first, or nearest first where a place is given."""
    nearest = filter.nearest_first and filter.latitude is not None
    rows = await fetch_planned(conn, _NEAREST if nearest else _NEWEST, *arguments(filter), offset, limit)
    return [Found(id=row["id"], distance=row["distance"]) for row in rows]


async def count_network(conn: Connection, filter: NetworkFilter) -> dict[tuple[str, str], int]:
    """How many listings match, by (kind, mode), among the first COUNT_LIMIT."""
    rows = await fetch_planned(
        conn,
        _COUNT,
        *arguments(filter),
        COUNT_LIMIT,
    )
    return {(row["kind"], row["mode"]): row["total"] for row in rows}


async def list_territories_seen(conn: Connection) -> list[str]:
    """Ids of the coop actors whose open listings stand here, the busiest first; beyond 20 listings the newest counts.

    The index is read from one territory to the next, so that the answer costs as many steps as there are territories
    and not as there are listings.
    """
    return await fetch_column(
        conn,
        """
        WITH RECURSIVE territory (uri) AS (
            (SELECT min(territory_uri) FROM listing)
            UNION ALL
            SELECT (SELECT min(l.territory_uri) FROM listing l WHERE l.territory_uri > t.uri)
            FROM territory t WHERE t.uri IS NOT NULL
        )
        SELECT t.uri FROM territory t CROSS JOIN LATERAL (
            SELECT count(*) AS open, max(first.post_id) AS newest FROM (
                SELECT l.post_id FROM listing l JOIN post p ON p.id = l.post_id
                WHERE l.territory_uri = t.uri AND is_open_status(l.status)
                    AND p.deleted_at IS NULL AND p.audience = 'network'
                ORDER BY l.post_id DESC LIMIT 20) AS first) AS known
        WHERE known.open > 0
            AND NOT EXISTS (SELECT FROM actor c WHERE c.uri = t.uri AND c.suspended_at IS NOT NULL)
        ORDER BY known.open DESC, known.newest DESC
        """,
    )
