"""The limits that PostgreSQL counts: against guessing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.limits import TRIES, Limit
from models.store import limit_rows
from models.store.database import Connection

AT = datetime(2026, 7, 1, 12, tzinfo=UTC)

SECOND = timedelta(seconds=1)

LIMIT = replace(TRIES["login"].pair, most=2, within=timedelta(minutes=15))


async def spend(conn: Connection, key: str = "alice", *, limit: Limit = LIMIT, at: datetime = AT) -> bool:
    return await limit_rows.spend(conn, limit, key, at=at)


async def test_the_last_try_is_allowed_and_the_first_above_is_refused_until_the_window_ends(conn: Connection) -> None:
    tries = [await spend(conn, at=AT + SECOND * number) for number in range(4)]

    assert tries == [True, True, False, False]
    assert not await spend(conn, at=AT + LIMIT.within), "the window began with the first try"
    again = [await spend(conn, at=AT + LIMIT.within + SECOND) for _ in range(3)]
    assert again == [True, True, False]


async def test_tries_are_counted_by_key_and_by_limit(conn: Connection) -> None:
    other = replace(LIMIT, name="mail pair")
    keys = [("alice", LIMIT), ("bob", LIMIT), ("alice", other)]

    assert [await spend(conn, key, limit=limit) for key, limit in keys * 3] == [True] * 6 + [False] * 3


async def test_the_right_person_starts_again_from_nothing(conn: Connection) -> None:
    assert [await spend(conn) for _ in range(3)] == [True, True, False]

    await limit_rows.forget(conn, LIMIT, "alice")

    assert [await spend(conn) for _ in range(3)] == [True, True, False]


async def test_old_counts_are_forgotten(conn: Connection) -> None:
    await spend(conn, "alice", at=datetime.now(UTC) - LIMIT.within - SECOND)
    await spend(conn, "bob", at=datetime.now(UTC))

    assert await limit_rows.forget_old(conn) == 1


@pytest.mark.parametrize("limit", [limit for tries in TRIES.values() for limit in tries.all], ids=lambda one: one.name)
async def test_each_of_them_ends_where_the_table_says(conn: Connection, limit: Limit) -> None:
    await conn.execute(
        "INSERT INTO attempt (key_hash, tries, ends_at) VALUES (sha256(convert_to($1, 'UTF8')), $2, $3)",
        f"{limit.name} alice",
        limit.most - 1,
        AT + limit.within,
    )

    assert [await spend(conn, limit=limit) for _ in range(2)] == [True, False]
    assert await spend(conn, limit=limit, at=AT + limit.within + SECOND)
