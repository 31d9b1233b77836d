"""What is found in the network of listings: the statement that all reads share, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from models.places.distances import DISTANCE
from models.posts.inside import READS_INSIDE
from models.searches.areas import AREA
from models.searches.free_days import FREE
from models.searches.language.readings import LOOKED_AT_FIRST
from models.searches.queries import NetworkFilter, Query
from models.searches.words import WORDS
from models.store.database import Connection, fetch_planned, fetch_records
from models.store.recent_texts import RecentTexts
from models.store.statements import fragment, hide_values, name_optional
from models.timelines.entries import KNOWN_TO_READER

COUNTED_MOST = "300"
"""COUNT_LIMIT as the statement says it: the plan that is kept for all readers then knows it."""

COUNT_LIMIT = int(COUNTED_MOST)
"""The network page counts no further: « plus de 300 annonces », fifteen pages. Searching says more."""

WITH_PHOTO = "[[with_photo: AND (SELECT true FROM media m WHERE m.post_id = {id} LIMIT 1)]]"

# All but words and photos: to look for a photo of each takes as long as all else, and of what is sorted without them
# they are looked for until a page is full.
FILTERED_SO_FAR = fragment(
    """
    [[kinds: AND l.kind = ANY(:kinds::text[])]]
    [[modes: AND l.mode = ANY(:modes::text[])]]
    [[categories: AND l.category = ANY(:categories::text[])]]
    [[subcategory: AND l.subcategory = :subcategory::text]]
    [[territory_uri: AND l.territory_uri = :territory_uri::text]]
    {area}
    {free}
    [[from_places: AND l.post_id = ANY (ARRAY(
        SELECT p.id FROM actor a JOIN post p ON p.author_id = a.id AND p.kind = 'listing'
        WHERE a.type = 'Organization' AND lower(a.username) <> 'coop'))]]
    [[community_id: AND l.post_id = ANY (ARRAY(SELECT id FROM post WHERE community_id = :community_id::bigint))]]
    """,
    area=AREA,
    free=FREE,
)

FILTERED = fragment("{so_far} {photo}", so_far=FILTERED_SO_FAR, photo=fragment(WITH_PHOTO, id="l.post_id"))

CONDITIONS = fragment("{words} {filtered}", words=WORDS, filtered=FILTERED)

# What all reads look through, in the states that `{which}` names: bounding box first (an index), then the distance.
FOUND = fragment(
    """
    SELECT l.post_id AS id, l.kind, l.mode, l.author_id, l.found_by, {distance} AS distance
    FROM listing l WHERE {which} {conditions}
""",
    distance=DISTANCE,
    conditions=CONDITIONS,
)

OPEN_FOUND = fragment(FOUND, which="is_open_status(l.status)")

# Within the radius, where one is asked for: what the bounding box lets through in its corners is not.
WITHIN = "true [[radius latitude: AND found.distance <= :radius::float8]]"

# Whether the lists of a reader of ours leave out `{author}`, as `hidden` says: asked only where they leave anybody out.
# Whom she mutes or blocks, or who blocks her, may be thousands: read once. Of servers each author is asked for.
HIDDEN = """
    coalesce((SELECT EXISTS (SELECT FROM hiding g WHERE g.reader_id = :reader_id)) AND ({author} IN (
            SELECT m.target_id FROM mute m WHERE m.actor_id = :reader_id AND (m.until IS NULL OR m.until > now())
            UNION ALL SELECT b.target_id FROM block b WHERE b.actor_id = :reader_id
            UNION ALL SELECT b.actor_id FROM block b WHERE b.target_id = :reader_id)
        OR (SELECT EXISTS (SELECT FROM domain_block g WHERE g.actor_id = :reader_id)) AND (
            SELECT true FROM actor x JOIN domain_block d ON d.domain = ANY (domains_of(x.host))
            WHERE x.id = {author} AND NOT x.local AND d.actor_id = :reader_id LIMIT 1)), false)
"""

# Which posts `p` of which actors `a` the reader may find, of what was `found`; who is away offers nothing. What is only
# for a reader is left out for visitors: PostgreSQL then keeps one plan, as none is better for the NULL that they are.
SHOWN = fragment(
    """
    p.deleted_at IS NULL AND a.suspended_at IS NULL
    AND (a.limited_at IS NULL [[reader_id: OR {known}]])
    AND (found.kind <> 'offer' OR a.away_until IS NULL OR a.away_until <= now()
        [[reader_id: OR a.id IS NOT DISTINCT FROM :reader_id]])
    AND (p.audience = 'network' [[reader_local: OR p.audience IN ('coop', 'territories')
        OR p.audience = 'community' AND (p.author_id = :reader_id OR {inside})]])
    [[reader_id: AND NOT {hidden}]]
    """,
    known=KNOWN_TO_READER,
    hidden=fragment(HIDDEN, author="p.author_id"),
    inside=fragment(READS_INSIDE, reader=":reader_id"),
)

_EXPECTED = name_optional(
    """
    EXPLAIN (FORMAT JSON) SELECT FROM listing l WHERE is_open_status(l.status)
        [[match: AND l.search @@ :match::text::tsquery]] {filtered}
    """,
    NetworkFilter,
    Query,
    filtered=FILTERED,
)

MOST_RANKED = 2_000
"""Where the database expects no more listings to fit, all of them are looked at."""
MOST_SORTED = 6_000
"""The same of what is sorted by distance alone: the nearest that fit stand far apart in the database."""

# Whether the reader finds what was `found`, by what the listing keeps of its post and author (`who_finds`) where that
# says it: enough for a count, while what is shown is asked of these.
COUNTED = fragment(
    """
    found.found_by <> 'nobody'
    AND (found.found_by = 'everybody' [[reader_id: AND NOT {hidden}]]
    OR (SELECT {shown} FROM post p JOIN actor a ON a.id = p.author_id WHERE p.id = found.id))
    """,
    shown=SHOWN,
    hidden=fragment(HIDDEN, author="found.author_id"),
)

# As a join: the planner must not think that the first few of what stands in the table will do.
VISIBLE = fragment(
    "SELECT found.* FROM ({found}) AS found CROSS JOIN LATERAL (SELECT WHERE {counted} OFFSET 0) AS x WHERE {within}",
    counted=COUNTED,
)

_FOUND_WAY = """
    SELECT l.post_id AS id, l.kind, l.mode, l.author_id, l.found_by [[radius latitude: , {distance} AS distance]]
    FROM listing l
    WHERE is_open_status(l.status) IS NOT FALSE [[few: AND is_open_status(l.status)]]
        AND l.search @@ way.match {filtered} OFFSET 0
"""

# One way of looking after the other until one has found as many as it has to. The planner does not see what
# they look for: to estimate each word takes longer than to find it. That a listing is open is said as no index of open
# listings answers it, unless `:few` are.
_WAYS = fragment(
    """
    SELECT way.n::int - 1 AS way, reached.counts, reached.ids
    FROM (SELECT match::tsquery AS match, least, n
        FROM unnest((SELECT :matches::text[]), (SELECT :leasts::int[])) WITH ORDINALITY AS listed (match, least, n)
        OFFSET 0) AS way
    CROSS JOIN LATERAL (
        SELECT sum(total) AS total, jsonb_agg(jsonb_build_array(kind, mode, total)) AS counts, jsonb_agg(ids) AS ids
        FROM (SELECT kind, mode, count(*) AS total, array_agg(id) AS ids
            FROM ({visible} LIMIT (SELECT :most::int)) AS first GROUP BY kind, mode) AS of_each) AS reached
    WHERE reached.total >= way.least
    LIMIT 1
    """,
    visible=VISIBLE,
    found=_FOUND_WAY,
    within=WITHIN,
)

# The same in a window of the newest, where most words are that many listings have. How few are wanted is not for the
# planner to see either: it would read all listings for the first.
_NEWEST_WAY = """
    SELECT l.post_id AS id, l.kind, l.mode, l.author_id, l.found_by [[radius latitude: , {distance} AS distance]]
    FROM (SELECT * FROM listing WHERE is_open_status(status) ORDER BY post_id DESC LIMIT (SELECT :newest::int)) AS l
    WHERE ts_match_vq(l.search, way.match) {filtered} OFFSET 0
"""

_PRESENT = fragment(
    """
    SELECT n::int - 1 AS place
    FROM (SELECT match::tsquery AS match, n FROM unnest((SELECT :matches::text[])) WITH ORDINALITY AS listed (match, n)
        OFFSET 0) AS way
    WHERE (SELECT count(*) FROM ({newest_visible} LIMIT (SELECT 1)) AS new) > 0
        OR (SELECT count(*) FROM ({visible} LIMIT (SELECT 1)) AS one) > 0
    """,
    newest_visible=fragment(VISIBLE, found=_NEWEST_WAY, within=WITHIN),
    visible=fragment(VISIBLE, found=_FOUND_WAY, within=WITHIN),
)

_UNSEEN_DISTANCE, _UNSEEN = hide_values(DISTANCE), hide_values(FILTERED)

# The first has a plan that is kept, whatever the values. How much lies in an area is for the planner to see.
_WAYS_ANYWHERE, _WAYS_IN_AREA = (
    name_optional(_WAYS, NetworkFilter, also=["matches", "leasts", "few", "most"], distance=distance, filtered=filtered)
    for distance, filtered in ((_UNSEEN_DISTANCE, _UNSEEN), (DISTANCE, FILTERED))
)

_PRESENT_ANYWHERE, _PRESENT_IN_AREA = (
    name_optional(_PRESENT, NetworkFilter, also=["matches", "few", "newest"], distance=distance, filtered=filtered)
    for distance, filtered in ((_UNSEEN_DISTANCE, _UNSEEN), (DISTANCE, FILTERED))
)

# What fits all but the words, as far as it has any of them, by which of them it has. As a function PostgreSQL does not
# look the words up in the index: they have many others beside them, and it would be asked for each of these.
_PARTS_SEEN, _PARTS_UNSEEN = (
    name_optional(
        """
        SELECT kind, mode, has, count(*) AS total, (array_agg(id ORDER BY id DESC))[1:(SELECT :most::int)] AS ids FROM (
            SELECT kind, mode, id, ARRAY(
                SELECT n::int - 1 FROM unnest((SELECT :parts::text[]::tsquery[])) WITH ORDINALITY AS part (match, n)
                WHERE ts_match_vq(visible.search, part.match)) AS has
            FROM ({visible}) AS visible OFFSET 0) AS visible
        GROUP BY kind, mode, has
        """,
        NetworkFilter,
        also=["any", "parts", "most"],
        visible=VISIBLE,
        found="""
            SELECT l.post_id AS id, l.kind, l.mode, l.search, l.author_id, l.found_by, {distance} AS distance
            FROM listing l WHERE is_open_status(l.status)
                AND ts_match_vq(l.search, (SELECT :any::text::tsquery)) {filtered} OFFSET 0
        """,
        distance=distance,
        filtered=filtered,
        within=hide_values(WITHIN),
    )
    for distance, filtered in ((DISTANCE, FILTERED), (_UNSEEN_DISTANCE, _UNSEEN))
)

_EXPECTATIONS = RecentTexts["Expected"]()

Counts = dict[tuple[str, str], int]
"""How many listings there are, by (kind, mode)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How many listings the database expects to fit, and how many it has to look at for these: what an index gives."""

    fitting: int
    read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Listings of a kind and a mode that have the same parts of a search; `ids` are MOST_RANKED of them at most."""

    kind: str
    mode: str
    has: frozenset[str]
    total: int
    ids: list[int]


async def expect(conn: Connection, filter: NetworkFilter, query: Query) -> Expected:
    """What the database expects to fit both, by its statistics: a millisecond that decides how it is found.

    Kinds and categories that stand in for words are not counted twice. EXPLAIN plans for the values each time: what it
    said is kept for a moment, since the next words of somebody are looked for in the same place.
    """
    asked = _EXPECTED.ask(filter, query if query.words or query.unwanted else Query())
    about = f"{asked.sql}{asked.values}"
    if (kept := _EXPECTATIONS.find(conn, about)) is not None:
        return kept
    [row] = await fetch_records(conn, asked.sql, *asked.values)
    plan = orjson.loads(row[0])[0]["Plan"]
    index = next((below for below in plan.get("Plans", ()) if below["Parent Relationship"] == "Outer"), plan)
    expected = Expected(fitting=plan["Plan Rows"], read=index["Plan Rows"])
    _EXPECTATIONS.keep(conn, about, expected)
    return expected


async def try_ways(
    conn: Connection, filter: NetworkFilter, ways: Sequence[tuple[str, int]], *, few: bool
) -> tuple[int, Counts, tuple[int, ...]] | None:
    """The place of the first way, tsqueries that at least so many listings have to fit besides the filter; with how
    many do and which, up to COUNT_LIMIT. What stands behind is not looked for. `few`: what fits the filter alone is
    worth finding as well.
    """
    statement, fetch = (_WAYS_IN_AREA, fetch_planned) if few and filter.placed else (_WAYS_ANYWHERE, fetch_records)
    matches, leasts = [list(column) for column in zip(*ways, strict=True)]
    asked = statement.ask(filter, matches=matches, leasts=leasts, few=few, most=COUNT_LIMIT)
    for row in await fetch(conn, asked.sql, *asked.values):
        counts = {(kind, mode): total for kind, mode, total in row["counts"]}
        return row["way"], counts, tuple(id for ids in row["ids"] for id in ids)
    return None


async def list_present(conn: Connection, filter: NetworkFilter, matches: Sequence[str], *, few: bool) -> list[int]:
    """The places of these tsqueries that a listing fits besides the filter; `few` as for `try_ways`."""
    statement, fetch = (
        (_PRESENT_IN_AREA, fetch_planned) if few and filter.placed else (_PRESENT_ANYWHERE, fetch_records)
    )
    asked = statement.ask(filter, matches=list(matches), few=few, newest=LOOKED_AT_FIRST)
    return [row["place"] for row in await fetch(conn, asked.sql, *asked.values)]


async def group_by_parts(conn: Connection, filter: NetworkFilter, parts: Sequence[str], *, any: str) -> list[Group]:
    """All listings that fit the filter and `any`, by which of the parts they have, which are tsqueries as that is."""
    statement, fetch = (
        (_PARTS_SEEN, fetch_planned) if filter.placed and filter.named else (_PARTS_UNSEEN, fetch_records)
    )
    asked = statement.ask(filter, any=any, parts=list(parts), most=MOST_RANKED)
    return [
        Group(
            kind=row["kind"],
            mode=row["mode"],
            has=frozenset(parts[place] for place in row["has"]),
            total=row["total"],
            ids=row["ids"],
        )
        for row in await fetch(conn, asked.sql, *asked.values)
    ]
