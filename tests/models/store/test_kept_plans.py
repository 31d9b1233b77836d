"""What every page asks keeps one plan: to plan it for these very values took ten times as long as to answer it."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from models import posts, searches
from models.people import actors
from models.people.actors import Actor
from models.posts.quotes import quote_policies
from models.searches import NetworkFilter
from models.store.database import Connection, fetch_records
from tests.factories import make_listing, make_local_actor

TRIED = 5
"""PostgreSQL plans so often for the values before it compares."""

Read = Callable[[Connection, list[int], int | None], Awaitable[Any]]


def anything(reader_id: int | None) -> NetworkFilter:
    """The network page as people come to it."""
    return NetworkFilter(reader_local=reader_id is not None, reader_id=reader_id, order="new")


READS: Mapping[str, Read] = MappingProxyType(
    {
        "who may read": posts.filter_visible,
        "figures": posts.count,
        "parts": posts.map_parts,
        "quotes": lambda conn, ids, reader_id: quote_policies.list_facts(conn, ids),
        "figures of people": lambda conn, ids, reader_id: actors.count(conn, ids),
        "how many listings": lambda conn, ids, reader_id: searches.count_network(conn, anything(reader_id)),
        "the listings": lambda conn, ids, reader_id: searches.search_network(conn, anything(reader_id)),
    }
)


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("visits", [True, False], ids=["visitor", "member"])
async def test_what_every_page_asks_keeps_its_plan(conn: Connection, name: str, *, visits: bool) -> None:
    alice: Actor = await make_local_actor(conn, "alice")
    tent = await make_listing(conn, alice)
    before = await _list_plans(conn)

    for _ in range(TRIED + 2):
        await READS[name](conn, [tent.id], None if visits else alice.id)

    new = {text: kept for text, (kept, made) in (await _list_plans(conn)).items() if before.get(text) != (kept, made)}
    assert new
    assert [text for text, kept in new.items() if not kept and not text.lstrip().startswith("EXPLAIN")] == []


async def _list_plans(conn: Connection) -> dict[str, tuple[int, int]]:
    """How often each statement of this connection was answered by the plan that is kept, and planned anew."""
    rows = await fetch_records(
        conn, "SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements WHERE NOT from_sql"
    )
    return {
        row["statement"]: (row["generic_plans"], row["custom_plans"]) for row in rows if "pg_prepared" not in row[0]
    }
