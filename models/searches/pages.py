"""One page of what is found, in the order that is asked for, and where the next one goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.ids import HIGHEST_ID
from models.searches.cursors import Cursor
from models.searches.fitting import fit_query
from models.searches.network import (
    COUNTED_MOST,
    MOST_RANKED,
    MOST_SORTED,
    OPEN_FOUND,
    VISIBLE,
    WITHIN,
    Counts,
    expect,
)
from models.searches.queries import NetworkFilter, Query
from models.searches.ranking import ALL, KNOWN, REST, STATEMENTS, WINDOW, Bounds
from models.store.database import Connection, Record, fetch_planned, fetch_records
from models.store.statements import fragment, name_optional

MOST_READ = 2_500
"""Where the database has to look at more for those that fit, a window is enough already of fewer."""

FEW_OF_MANY = {"best": 1_500, "best near": 1_500, "near": 2_000, "new": 1_000, "ending": 1_000}
"""How many these are, by order: of so many a window has a page, as a rule."""

# Planned for all, where few are expected: a plan for the first of many reads everything where there are fewer. How many
# are counted is written out, for the plan that is kept to know.
_COUNT_MANY, _COUNT_FEW = (
    name_optional(
        "SELECT kind, mode, count(*) AS total FROM ({visible} LIMIT {most}) AS first GROUP BY kind, mode",
        NetworkFilter,
        Query,
        most=COUNTED_MOST,
        visible=fragment(VISIBLE, found=found, within=WITHIN),
    )
    for found in (OPEN_FOUND, fragment("{found} OFFSET 0", found=OPEN_FOUND))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A listing that was found; `distance` in kilometres when a place was given.

    `missing` is above 0 where it has not all the words that are looked for: these stand after the others.
    """

    id: int
    distance: float | None
    missing: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPage:
    """One page. `query` says how the words were read and which were left out; `next` begins the page after this."""

    found: list[Found]
    query: Query
    next: Cursor | None


async def search_network(
    conn: Connection,
    filter: NetworkFilter,
    *,
    query: Query | None = None,
    after: Cursor | None = None,
    limit: int = 20,
) -> NetworkPage:
    """One page of open listings from here and elsewhere. Pass `query` where it was fitted to this filter already.

    Where a page is not filled by the listings that were looked at first, others are: of `best` all others, from their
    beginning; of the other orders all, after the same row.
    """
    query = query or await fit_query(conn, filter)
    order = _choose_order(filter, query)
    if after is not None and (order, after.way) not in STATEMENTS:
        after = None  # it was written for another order
    cursor = after or Cursor.begin()
    bounds = Bounds(ceiling=cursor.begun if after else HIGHEST_ID, limit=limit + 1)
    rows = await _fetch(
        conn, order, (filter, query, cursor, bounds), await _list_ways(conn, order, filter, query, after)
    )
    found = [Found(id=row["id"], distance=row["distance"], missing=row["missing"]) for _, row in rows[:limit]]
    return NetworkPage(found=found, query=query, next=_mark(cursor, *rows[limit - 1]) if len(rows) > limit else None)


Asked = tuple[NetworkFilter, Query, Cursor, Bounds]
"""What a statement is asked with."""


async def _fetch(conn: Connection, order: str, asked: Asked, ways: Sequence[int]) -> list[tuple[int, Record]]:
    """The rows of a page and one more, each with the way that it was found by."""
    filter, query, cursor, bounds = asked
    rows: list[tuple[int, Record]] = []
    for way in ways:
        begins = way == REST and cursor.way != REST
        rows = rows if begins else []
        here = replace(cursor, id=None) if begins else cursor
        statement = STATEMENTS[order, way].ask(filter, query, here, replace(bounds, limit=bounds.limit - len(rows)))
        kept = way in (KNOWN, WINDOW) or (query.alone and not filter.narrow)
        fetch = fetch_records if kept else fetch_planned
        rows += [(way, row) for row in await fetch(conn, statement.sql, *statement.values)]
        if len(rows) == bounds.limit:
            break
    return rows


def _is_plain(filter: NetworkFilter, query: Query) -> bool:
    """Whether everything open is asked for, as most people do who come: then one plan serves them all."""
    anybodys = replace(filter, reader_id=None, reader_local=False, latitude=None, longitude=None, order="best")
    return not query.match and not filter.placed and anybodys == NetworkFilter()


def _choose_order(filter: NetworkFilter, query: Query) -> str:
    """Without a place nothing is near; without words and a place the best is the newest."""
    placed = filter.latitude is not None and filter.longitude is not None
    if filter.order == "best":
        return "best near" if placed else "best" if query.words else "new"
    return "new" if filter.order == "near" and not placed else filter.order


async def _list_ways(
    conn: Connection, order: str, filter: NetworkFilter, query: Query, after: Cursor | None
) -> Sequence[int]:
    """Which listings are looked at, one way after the other until the page is full."""
    then = [REST] if order.startswith("best") else [ALL]
    begun = after.way if after is not None and after.id is not None else None
    if begun in (WINDOW, REST):
        return [WINDOW, *then] if begun == WINDOW else then
    if query.ids is not None:
        return [KNOWN]
    if begun is not None:
        return [ALL]
    return await _choose_ways(conn, order, filter, query, then)


async def _choose_ways(
    conn: Connection, order: str, filter: NetworkFilter, query: Query, then: Sequence[int]
) -> Sequence[int]:
    expected = await expect(conn, filter, query)
    read = expected.read
    if query.alone and filter.placed:  # then no index of places is read
        read = (await expect(conn, NetworkFilter(), query)).fitting
    few = (MOST_SORTED if order == "near" else MOST_RANKED) if read <= MOST_READ else FEW_OF_MANY[order]
    return [ALL] if expected.fitting <= few else [WINDOW, *then]


def _mark(cursor: Cursor, way: int, row: Record) -> Cursor:
    return replace(cursor, way=way, id=row["id"], missing=row["tier"], value=row["rank"])


async def list_network(conn: Connection, filter: NetworkFilter, *, limit: int = 20) -> list[Found]:
    """The first open listings from here and elsewhere, in the order that the filter asks for."""
    return (await search_network(conn, filter, limit=limit)).found


async def count_network(conn: Connection, filter: NetworkFilter, *, query: Query | None = None) -> Counts:
    """How many listings fit, by (kind, mode), among the first COUNT_LIMIT; pass `query` as to `search_network`."""
    query = query or await fit_query(conn, filter)
    return await count_found(conn, filter, query) if query.counts is None else dict(query.counts)


async def count_found(conn: Connection, filter: NetworkFilter, query: Query) -> Counts:
    """How many listings fit both, among the first COUNT_LIMIT."""
    statement = _COUNT_FEW if (await expect(conn, filter, query)).fitting <= MOST_RANKED else _COUNT_MANY
    asked = statement.ask(filter, query)
    fetch = fetch_records if _is_plain(filter, query) else fetch_planned
    rows = await fetch(conn, asked.sql, *asked.values)
    return {(row["kind"], row["mode"]): row["total"] for row in rows}
