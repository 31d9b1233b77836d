"""What is open is said once: the functions of SQL name the same states as Python, and cost a statement nothing."""

from typing import get_args

import pytest

from models.exchanges.agreements import BOUND, LIVE, OPEN, State
from models.exchanges.exchanges import ASKING, EventKind
from models.listings.listings import OPEN as OPEN_LISTINGS
from models.listings.listings import OVER, STANDING, ListingStatus
from models.store.database import Connection, fetch_column

SAME: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "is_open_status": (get_args(ListingStatus), OPEN_LISTINGS),
    "is_standing_status": (get_args(ListingStatus), STANDING),
    "is_open_state": (get_args(State), OPEN),
    "is_live_state": (get_args(State), LIVE),
    "is_bound_state": (get_args(State), BOUND),
    "is_asking_kind": (get_args(EventKind), ASKING),
}

INDEXED = {
    "listing_place": (
        "SELECT post_id FROM listing WHERE is_open_status(status) AND latitude = 50.6 AND longitude = 3.0",
        "SELECT post_id FROM listing WHERE status IN ('open', 'reserved') AND latitude = 50.6 AND longitude = 3.0",
    ),
    "listing_expiry": (
        "SELECT post_id FROM listing WHERE is_standing_status(status) AND expires_at < '2020-01-01'",
        "SELECT post_id FROM listing WHERE status IN ('open', 'reserved', 'paused') AND expires_at < '2020-01-01'",
    ),
    "agreement_held": (
        "SELECT id FROM agreement WHERE is_open_state(state) AND held_until < '2020-01-01'",
        "SELECT id FROM agreement WHERE state IN ('requested', 'countered') AND held_until < '2020-01-01'",
    ),
    "agreement_owner_live": (
        "SELECT id FROM agreement WHERE owner_id = 1 AND is_live_state(state)",
        "SELECT id FROM agreement WHERE owner_id = 1 AND state IN ('requested', 'countered', 'agreed')",
    ),
}
"""Indexes on some states alone, with a statement that each serves, and the same with the states written out."""

OTHERS = """
SELECT other.indexrelid::regclass::text FROM pg_index other JOIN pg_index this ON this.indrelid = other.indrelid
WHERE this.indexrelid = $1::text::regclass AND other.indexrelid <> this.indexrelid
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = other.indexrelid)
"""
"""The other indexes of its table, but those of keys."""


@pytest.mark.parametrize("function", SAME)
async def test_a_function_names_the_states_that_python_names(conn: Connection, function: str) -> None:
    every, named = SAME[function]

    found = await fetch_column(conn, f"SELECT one FROM unnest($1::text[]) AS one WHERE {function}(one)", list(every))

    assert set(found) == set(named)


@pytest.mark.parametrize("index", INDEXED)
async def test_a_function_is_planned_as_the_states_written_out(conn: Connection, index: str) -> None:
    await conn.execute("SET LOCAL enable_seqscan = off")
    for other in await fetch_column(conn, OTHERS, index):  # on a table without rows each is as cheap
        await conn.execute(f"DROP INDEX {other}")
    said, written = ["\n".join(await fetch_column(conn, f"EXPLAIN {one}")) for one in INDEXED[index]]

    assert said == written
    assert f"using {index}" in said or f"on {index}" in said


def test_a_listing_has_ended_or_stands() -> None:
    assert sorted((*STANDING, *OVER)) == sorted(get_args(ListingStatus))
    assert set(OPEN_LISTINGS) < set(STANDING)
