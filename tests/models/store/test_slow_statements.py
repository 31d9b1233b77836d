"""Statements that take long are noticed, added up by day, and forgotten after a month."""

import asyncio

import pytest

from models.errors import Unavailable
from models.store import slow_statements, timed_statements
from models.store.database import (
    Connection,
    Pool,
    connection,
    execute,
    fetch_planned,
    fetch_records,
    fetch_value,
    open_pool,
)
from models.store.slow_statements import Noticed, SlowStatements

SAVED = "SELECT statement, times, longest FROM slow_statement WHERE statement LIKE '%pg_sleep%'"


async def test_a_slow_statement_is_written_down_without_its_values(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed_statements, "SLOW_SECONDS", 0.1)
    monkeypatch.setattr(slow_statements, "PAUSE_SECONDS", 0)
    slow = SlowStatements()
    pool = await open_pool(database_url, size=2, notice=slow.notice)
    keeping = asyncio.create_task(slow.keep(pool))

    async with connection(pool) as conn:
        for ask in (fetch_value, fetch_planned):
            await ask(conn, "SELECT $1::text,\n    pg_sleep(0.11)", "of nobody")
        await fetch_value(conn, "SELECT 'quick'")
    async with asyncio.timeout(5):
        while True:
            async with connection(pool) as conn:
                rows = await fetch_records(conn, SAVED)
            if sum(row["times"] for row in rows) == 2:
                break
            await asyncio.sleep(0.01)
    keeping.cancel()
    await pool.close()

    assert [row["statement"] for row in rows] == ["SELECT $1::text, pg_sleep(0.11)"]
    assert 0.11 <= rows[0]["longest"] < 1


async def test_what_could_not_be_written_down_is_tried_again(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(slow_statements, "PAUSE_SECONDS", 0)
    slow = SlowStatements()
    slow.notice("SELECT 1", 3.0)
    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(slow_statements, "save", fail)
        await slow.keep(pool)
    slow.notice("SELECT 1", 2.0)

    assert slow._noticed == {"SELECT 1": Noticed(2, 3.0)}
    assert slow._there.is_set(), "nobody has to wait for another one"


async def test_the_worst_of_a_day_is_what_was_slow_most_often(conn: Connection) -> None:
    assert await slow_statements.find_worst(conn) is None
    for found in ({"a": Noticed(3, 9.0), "b": Noticed(1, 20.0)}, {"b": Noticed(4, 2.5)}):
        await slow_statements.save(conn, found)

    worst = await slow_statements.find_worst(conn)

    assert worst is not None and (worst.statement, worst.times, worst.longest) == ("b", 5, 20.0)
    await execute(conn, "UPDATE slow_statement SET last_at = now() - interval '2 days'")
    assert await slow_statements.find_worst(conn) is None


async def test_only_so_many_are_kept_of_a_day_and_for_a_month(conn: Connection) -> None:
    slow = SlowStatements()
    for number in range(slow_statements.MOST_A_DAY + 9):
        slow.notice(f"SELECT {number}", 3.0)
    assert len(slow._noticed) == slow_statements.MOST_A_DAY
    await slow_statements.save(conn, dict(list(slow._noticed.items())[2:]))
    await slow_statements.save(conn, {"SELECT 0": Noticed(1, 3.0), "new": Noticed(1, 4.0)})
    await execute(conn, "DELETE FROM slow_statement WHERE statement = 'new'")
    await slow_statements.save(
        conn, {"one more": Noticed(1, 9.0), "SELECT 0": Noticed(1, 3.0), "worse": Noticed(2, 3.0)}
    )

    assert await fetch_value(conn, "SELECT count(*) FROM slow_statement WHERE statement = 'worse'") == 1
    assert await fetch_value(conn, "SELECT count(*) FROM slow_statement") == slow_statements.MOST_A_DAY
    assert await fetch_value(conn, "SELECT times FROM slow_statement WHERE statement = 'SELECT 0'") == 2
    await execute(conn, "UPDATE slow_statement SET day = day - $1::integer", slow_statements.KEPT_DAYS)
    assert await slow_statements.forget_old(conn) == 0
    await execute(conn, "UPDATE slow_statement SET day = day - 1")
    assert await slow_statements.forget_old(conn) == slow_statements.MOST_A_DAY
