"""In which order what is found stands, and how no order looks at all that fits.

What many listings fit is not sorted as a whole: the newest and the nearest of them are, which an index finds. What few
fit is. Where a window of the newest or nearest holds too few that fit, all are looked at after all.
"""

from dataclasses import dataclass

from models.places.distances import DISTANCE
from models.searches.cursors import Cursor
from models.searches.network import CONDITIONS, COUNTED, FILTERED, FILTERED_SO_FAR, SHOWN, WITH_PHOTO, WITHIN
from models.searches.queries import NetworkFilter, Query
from models.searches.words import MISSING, WORDS, WORDS_OF_EACH, WORDS_SCORE
from models.store.statements import fragment, name_optional

WINDOW, REST, ALL, KNOWN = 0, 1, 2, 3
"""Which listings a page is made of: those that fit among the newest or nearest; of `best`, all others; all; all that
fitting the query has found already.
"""

WINDOW_SIZE = 4_000
"""Listings that are looked at one after another, as an index gives them, for those that fit."""

NEAR_WINDOW_SIZE = 2_000
"""The same of the nearest: these stand on as many pages of the database, while the newest stand together."""

MOST_WALKED = 6_000
"""Listings that are looked at one after another where an index has the order asked for: the first are enough."""

NEAR_MOST_WALKED = 3_000
"""The same of the nearest."""

CANDIDATES = 100
"""Listings that fit and are ranked together, of the newest and of the nearest each."""

MARGIN = 5
"""Listings that a window gives beyond those of a page."""

NOWHERE = 1e9
"""The distance of what has no place, in kilometres, and the end of what does not end, in seconds: they come last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is looked at. `ceiling` is the highest id: what came after the first page was read stands on none."""

    ceiling: int
    limit: int
    window: int = WINDOW_SIZE
    near_window: int = NEAR_WINDOW_SIZE
    walked: int = MOST_WALKED
    near_walked: int = NEAR_MOST_WALKED
    candidates: int = CANDIDATES
    nowhere: float = NOWHERE

    @property
    def fitting(self) -> int:
        """Listings that are enough for a page in the order of the index: a copy may say wrongly who finds one."""
        return self.limit + MARGIN


_PAGE = """
    SELECT found.id, found.distance, found.missing, found.tier, found.rank FROM (
        SELECT id, kind, distance, missing, tier, rank FROM (
            SELECT id, kind, distance, missing, {tier}::float8 AS tier, {rank}::float8 AS rank
            FROM ({candidates}) AS found WHERE {within} OFFSET 0) AS ranked
        WHERE :id::bigint IS NULL OR (tier, rank, -id) > (:missing::float8, :value::float8, -:id::bigint)
        ORDER BY tier, rank, id DESC OFFSET 0) AS found
    WHERE (SELECT {shown} FROM post p JOIN actor a ON a.id = p.author_id WHERE p.id = found.id) {photo}
    ORDER BY tier, rank, id DESC LIMIT :limit
"""

_CANDIDATES = fragment(
    """
    SELECT l.post_id AS id, l.kind, l.expires_at, {distance} AS distance, {missing} AS missing, {score} AS words
    FROM {listings} l WHERE {which}
    """,
    distance=DISTANCE,
    missing=MISSING,
)

# As no index answers it: nearly all are below, while the planner takes it for a third of them, and would read the index
# of all that is open beside that of words.
_OPEN = "is_open_status(l.status) AND (l.post_id <= :ceiling::bigint) IS NOT FALSE"

# A point of the index, and how far it lies from there as the index counts: in degrees of latitude.
_APART = """
    point(longitude * 0.7, latitude) <-> point(:longitude::float8 * 0.7, :latitude::float8)
"""

_NEWEST = """
    (SELECT * FROM listing WHERE is_open_status(status) AND post_id <= :ceiling::bigint
        ORDER BY post_id DESC LIMIT :window::int)
"""

_NEAREST = fragment(
    """
    (SELECT *, {apart} AS apart FROM listing WHERE is_open_status(status) AND post_id <= :ceiling::bigint
        ORDER BY {apart} LIMIT {most})
    """,
    apart=_APART,
)

_LISTED = fragment("{words} {filtered}", words=WORDS_OF_EACH, filtered=FILTERED)

_NEW_IDS = fragment(
    "SELECT l.post_id FROM {newest} AS l WHERE true {listed} ORDER BY l.post_id DESC LIMIT :candidates::int",
    newest=_NEWEST,
    listed=_LISTED,
)

_NEAR_IDS = fragment(
    "SELECT l.post_id FROM {nearest} AS l WHERE true {listed} LIMIT :candidates::int",
    nearest=fragment(_NEAREST, most=":near_window::int"),
    listed=_LISTED,
)

_NEW_AND_NEAR_IDS = fragment("({new}) UNION ({near})", new=_NEW_IDS, near=_NEAR_IDS)

# As the index gives them, which is their order, until there are some that fit and that the reader finds.
_READ_BY_READER = fragment(
    """
    {window} AS l CROSS JOIN LATERAL (
        SELECT l.post_id AS id, l.kind, l.author_id, l.found_by, {distance} AS distance) AS found
    WHERE {after} {listed} AND {within} AND {counted} LIMIT :fitting::int
    """,
    listed=_LISTED,
    distance=DISTANCE,
    within=WITHIN,
    counted=COUNTED,
)

_OLDER = fragment(
    "(SELECT l.* FROM {found})",
    found=fragment(
        _READ_BY_READER,
        window="""
            (SELECT * FROM listing WHERE is_open_status(status) AND post_id <= :ceiling::bigint
                AND (:id::bigint IS NULL OR post_id < :id) ORDER BY post_id DESC LIMIT :walked::int)
        """,
        after="true",
    ),
)

# How far and how soon, where that is unknown last.
_NEAR = "coalesce(distance, :nowhere::float8)"
_ENDING = "coalesce(extract(epoch FROM expires_at), :nowhere::float8 * 1000)"

# What stands on earlier pages counts for none.
_AFTER = "(:id::bigint IS NULL OR ({rank}::float8, -l.post_id) > (:value::float8, -:id::bigint))"

_SOONEST = fragment(
    "(SELECT l.* FROM {found})",
    found=fragment(
        _READ_BY_READER,
        window="""
            (SELECT * FROM listing WHERE is_open_status(status) AND post_id <= :ceiling::bigint
                ORDER BY expires_at, post_id DESC LIMIT :walked::int)
        """,
        after=fragment(_AFTER, rank=_ENDING),
    ),
)

# The index counts longitudes as in the middle of France: up to `sure` nothing that it did not give is nearer. Where few
# are, as of a place far from all of them, what lies within `reach` is looked at: whatever is as near as these stands
# there. Where too few of the nearest fit, all are looked at.
_AROUND = fragment(
    """
    (WITH fitting AS MATERIALIZED (
        SELECT l.*, {distance} AS away FROM {found}),
    known AS MATERIALIZED (
        SELECT max(away) AS reach, 111.195 * least(1, cos(radians(:latitude::float8)) / 0.7) * max(apart) AS sure
        FROM fitting HAVING count(*) = :fitting::int),
    beyond AS MATERIALIZED (
        SELECT reach, sure, reach / 111.19 AS high, reach / 111.19 / cos(radians(:latitude::float8)) * 0.7 AS wide
        FROM known WHERE (SELECT count(*) FROM fitting WHERE away <= sure) < :limit::bigint)
    SELECT {columns} FROM fitting AS l WHERE away <= (SELECT sure FROM known)
    UNION ALL
    SELECT {columns} FROM listing l
    WHERE {open} AND {after} {listed}
        AND {point} <@ (SELECT box(point(:longitude::float8 * 0.7 - wide, :latitude::float8 - high),
            point(:longitude::float8 * 0.7 + wide, :latitude::float8 + high)) FROM beyond)
        AND {point} <@ (SELECT circle({asked}, greatest(high, wide)) FROM beyond)
        AND {distance} > (SELECT sure FROM beyond) AND {distance} <= (SELECT reach FROM beyond))
    """,
    found=fragment(_READ_BY_READER, window=fragment(_NEAREST, most=":near_walked::int")),
    listed=_LISTED,
    open=_OPEN,
    point="point(l.longitude * 0.7, l.latitude)",
    asked="point(:longitude::float8 * 0.7, :latitude::float8)",
    distance=DISTANCE,
    columns="l.post_id, l.kind, l.expires_at, l.latitude, l.longitude, l.search",
    after=fragment(_AFTER, rank=fragment("({distance})", distance=DISTANCE)),
)

# How near and how new, from 1 down: half an hour by bike is a fifth less, a month a tenth.
_NEARNESS = "coalesce(0.5 + 0.5 / (1 + distance / 15), 0.5)"
_FRESHNESS = "(0.8 + 0.2 / (1 + greatest(0, :begun::bigint - id)::float8 / (4096 * 86400e6 * 30)))"

_BEST = fragment("-words * {freshness}", freshness=_FRESHNESS)
_BEST_NEAR = fragment("-words * {nearness} * {freshness}", nearness=_NEARNESS, freshness=_FRESHNESS)

_KNOWN = fragment("l.post_id = ANY(:ids::bigint[]) AND {open}", open=_OPEN)

# What a window gave fits already.
_PICKED = "is_open_status(l.status) AND l.post_id = ANY (ARRAY({ids}))"
_ALL = fragment("{open} {conditions}", open=_OPEN, conditions=CONDITIONS)
_ALL_SO_FAR = fragment("{open} {words} {filtered}", open=_OPEN, words=WORDS, filtered=FILTERED_SO_FAR)
_OTHERS = fragment("{all} AND l.post_id NOT IN ({ids})", all=_ALL)

# Of what is sorted, beside whether it is shown: the planner asks for it first, which is less, where few have a photo.
_PHOTO = fragment(WITH_PHOTO, id="found.id")

# What each order goes by, first and then, with what score of words; which listings, of which table or window; and what
# else is asked of those that are shown.
_ORDERS = {
    ("best", WINDOW): ("missing", _BEST, WORDS_SCORE, "listing", fragment(_PICKED, ids=_NEW_IDS), ""),
    ("best", REST): ("missing", _BEST, WORDS_SCORE, "listing", fragment(_OTHERS, ids=_NEW_IDS), ""),
    ("best", ALL): ("missing", _BEST, WORDS_SCORE, "listing", _ALL, ""),
    ("best near", WINDOW): (
        "missing",
        _BEST_NEAR,
        WORDS_SCORE,
        "listing",
        fragment(_PICKED, ids=_NEW_AND_NEAR_IDS),
        "",
    ),
    ("best near", REST): (
        "missing",
        _BEST_NEAR,
        WORDS_SCORE,
        "listing",
        fragment(_OTHERS, ids=_NEW_AND_NEAR_IDS),
        "",
    ),
    ("best near", ALL): ("missing", _BEST_NEAR, WORDS_SCORE, "listing", _ALL, ""),
    ("new", WINDOW): ("0", "0", "0", _OLDER, "true", ""),
    ("new", ALL): ("0", "0", "0", "listing", _ALL_SO_FAR, _PHOTO),
    ("near", WINDOW): ("0", _NEAR, "0", _AROUND, "true", ""),
    ("near", ALL): ("0", _NEAR, "0", "listing", _ALL_SO_FAR, _PHOTO),
    ("ending", WINDOW): ("0", _ENDING, "0", _SOONEST, "true", ""),
    ("ending", ALL): ("0", _ENDING, "0", "listing", _ALL_SO_FAR, _PHOTO),
}

STATEMENTS = {
    (order, way): name_optional(
        _PAGE,
        NetworkFilter,
        Query,
        Cursor,
        Bounds,
        candidates=fragment(_CANDIDATES, score=score, listings=listings, which=which),
        tier=tier,
        rank=rank,
        within=WITHIN,
        shown=SHOWN,
        photo=photo,
    )
    for (order, way), (tier, rank, score, listings, which, photo) in _ORDERS.items()
} | {
    (order, KNOWN): name_optional(
        _PAGE,
        NetworkFilter,
        Query,
        Cursor,
        Bounds,
        candidates=fragment(_CANDIDATES, score=score, listings="listing", which=_KNOWN),
        tier=tier,
        rank=rank,
        within=WITHIN,
        shown=SHOWN,
        photo="",
    )
    for (order, way), (tier, rank, score, *_) in _ORDERS.items()
    if way == ALL
}
