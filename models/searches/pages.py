"""One page of what is found, in the order that is asked for, and where the next one goes on."""

from dataclasses import dataclass, replace

from models.ids import HIGHEST_ID
from models.searches.cursors import Cursor
from models.searches.fitting import fit_query
from models.searches.network import NetworkFilter, count_found
from models.searches.queries import Query
from models.searches.ranking import REST, STATEMENTS, WHOLE, WINDOW, Bounds
from models.store.database import Connection, Record, fetch_planned


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

    Where a page is not filled by the listings that were looked at first, the next way is gone: of `best`, it has the
    others and begins anew; of the other orders, it has all of them and goes on after the same row.
    """
    query = query or await fit_query(conn, filter)
    order = _choose_order(filter, query)
    cursor = after or Cursor.begin()
    bounds = Bounds(ceiling=cursor.begun if after else HIGHEST_ID, limit=limit + 1)
    rows: list[tuple[int, Record]] = []
    for way in _list_ways(order, query, after):
        here = cursor if order in _WHOLE_ORDERS or way == cursor.way else replace(cursor, id=None)
        rest = replace(bounds, limit=bounds.limit - len(rows))
        statement = STATEMENTS[order, way]
        more = [
            (way, row) for row in await fetch_planned(conn, statement.sql, *statement.args(filter, query, here, rest))
        ]
        rows = [*rows, *more]
        if len(rows) > limit or (way == WHOLE and rows):
            break
        if order in _WHOLE_ORDERS and way == WINDOW:
            rows = []
    found = [Found(id=row["id"], distance=row["distance"], missing=row["missing"]) for _, row in rows[:limit]]
    return NetworkPage(found=found, query=query, next=_mark(cursor, rows[limit - 1]) if len(rows) > limit else None)


_WHOLE_ORDERS = ("new", "near", "ending")


def _choose_order(filter: NetworkFilter, query: Query) -> str:
    """Without a place nothing is near; without words and a place the best is the newest."""
    placed = filter.latitude is not None and filter.longitude is not None
    if filter.order == "best":
        return "best near" if placed else "best" if query.words else "new"
    return "new" if filter.order == "near" and not placed else filter.order


def _list_ways(order: str, query: Query, after: Cursor | None) -> list[int]:
    ways = [WHOLE, WINDOW, REST] if order not in _WHOLE_ORDERS and query.words else [WINDOW, REST]
    if after is None:
        return ways
    return [WHOLE] if after.way == WHOLE and WHOLE in ways else [way for way in ways if way >= after.way]


def _mark(cursor: Cursor, last: tuple[int, Record]) -> Cursor:
    way, row = last
    return replace(cursor, way=way, id=row["id"], missing=row["tier"], value=row["rank"])


async def list_network(conn: Connection, filter: NetworkFilter, *, limit: int = 20) -> list[Found]:
    """The first open listings from here and elsewhere, in the order that the filter asks for."""
    return (await search_network(conn, filter, limit=limit)).found


async def count_network(
    conn: Connection, filter: NetworkFilter, *, query: Query | None = None
) -> dict[tuple[str, str], int]:
    """How many listings fit, by (kind, mode), among the first COUNT_LIMIT."""
    return await count_found(conn, filter, query or await fit_query(conn, filter))
