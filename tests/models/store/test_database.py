"""The door to PostgreSQL: what the database refuses becomes an error that says whether to try again."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models.errors import Entangled, Invalid, Unavailable
from models.store import database, migrate
from models.store.database import (
    Connection,
    Pool,
    connection,
    execute,
    open_pool,
    relaxed_transaction,
    transaction,
)


async def test_of_two_who_wait_for_each_other_one_goes_on_and_the_other_may_come_again(pool: Pool) -> None:
    met = asyncio.Barrier(2)

    async def take(first: int, second: int) -> None:
        async with transaction(pool) as conn:
            await execute(conn, "SELECT pg_advisory_xact_lock($1)", first)
            await met.wait()
            await execute(conn, "SELECT pg_advisory_xact_lock($1)", second)

    ends = await asyncio.gather(take(1, 2), take(2, 1), return_exceptions=True)

    [error] = [end for end in ends if end is not None]
    assert isinstance(error, Entangled)
    assert (error.status, error.retry) == (503, True)


async def test_work_that_is_redone_waits_for_no_row_for_long(pool: Pool) -> None:
    take = "SELECT pg_advisory_xact_lock(3)"
    async with transaction(pool) as held:
        await execute(held, take)

        with pytest.raises(Entangled):
            async with relaxed_transaction(pool) as conn:
                assert await conn.fetchval("SHOW lock_timeout") == "1s"
                await conn.execute("SET LOCAL lock_timeout = '10ms'")
                await execute(conn, take)

    async with transaction(pool) as conn:
        assert await conn.fetchval("SHOW lock_timeout") == "0"


async def divide(conn: Connection) -> None:
    1 // 0  # noqa: B018


async def open_what_is_not_there(conn: Connection) -> None:
    (Path("/proc") / "no such file").read_bytes()


async def wait_too_long(conn: Connection) -> None:
    await conn.execute("SELECT pg_sleep(10)", timeout=0.01)


async def be_cut_short_by_the_database(conn: Connection) -> None:
    await conn.execute("SET LOCAL statement_timeout = 10; SELECT pg_sleep(1)")


async def forget_an_argument(conn: Connection) -> None:
    await conn.fetchval("SELECT $1::integer")


async def pass_the_wrong_argument(conn: Connection) -> None:
    await conn.execute("SELECT $1::integer", "one")


async def use_it_twice_at_once(conn: Connection) -> None:
    await asyncio.gather(conn.execute("SELECT pg_sleep(0.01)"), conn.execute("SELECT 1"))


async def lose_a_connection_of_its_own(conn: Connection) -> None:
    raise ConnectionResetError("the other server went away")


async def refuse(conn: Connection) -> None:
    raise Invalid("no")


MISTAKES: list[tuple[Callable[[Connection], Awaitable[None]], type[Exception]]] = [
    (divide, ZeroDivisionError),
    (open_what_is_not_there, FileNotFoundError),
    (wait_too_long, TimeoutError),
    (be_cut_short_by_the_database, asyncpg.QueryCanceledError),
    (forget_an_argument, asyncpg.InterfaceError),
    (pass_the_wrong_argument, asyncpg.DataError),
    (use_it_twice_at_once, asyncpg.InterfaceError),
    (lose_a_connection_of_its_own, ConnectionResetError),
    (refuse, Invalid),
]
"""What goes wrong in a block, none of it because the database is away; and what has to come out."""


@pytest.mark.parametrize("door", [connection, transaction, relaxed_transaction])
async def test_what_goes_wrong_in_a_block_stays_what_it_is(pool: Pool, door: Callable[[Pool], Any]) -> None:
    for act, kind in MISTAKES:
        with pytest.raises(kind):
            async with door(pool) as conn:
                await act(conn)

    async with door(pool) as conn:
        assert await conn.fetchval("SELECT pg_current_xact_id_if_assigned() IS NULL"), "nothing was left open"


async def terminate(conn: Connection) -> None:
    await conn.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def break_the_link(conn: Connection) -> None:
    conn.terminate()
    await conn.execute("SELECT 1")


async def write_where_nothing_may_be_written(conn: Connection) -> None:
    """As after a failover: the connection still stands, to a server that takes nothing any more."""
    await conn.execute("SET TRANSACTION READ ONLY; DELETE FROM heartbeat")


async def find_no_room(conn: Connection) -> None:
    await conn.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$")


@pytest.mark.parametrize(
    "act", [terminate, break_the_link, write_where_nothing_may_be_written, find_no_room], ids=lambda act: act.__name__
)
async def test_a_database_that_goes_away_is_said_and_the_next_one_gets_a_good_connection(
    pool: Pool, act: Callable[[Connection], Awaitable[None]]
) -> None:
    for door in (connection, transaction, relaxed_transaction):
        with pytest.raises(Unavailable):
            async with door(pool) as conn:
                await act(conn)

        async with door(pool) as conn:
            assert await execute(conn, "DELETE FROM heartbeat") == 0


async def test_a_database_that_no_longer_lets_us_in_is_away_too(
    pool: Pool, database_url: str, postgres_url: str
) -> None:
    """As where somebody changed the password, the name or the rights: it may be changed back."""
    admin = await asyncpg.connect(postgres_url)
    async with connection(pool) as conn:
        name = await conn.fetchval("SELECT current_database()")
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await pool.expire_connections()

    with pytest.raises(Unavailable) as refused:
        async with transaction(pool):
            pass
    for reach in (open_pool, migrate.require_migrated):
        with pytest.raises(Unavailable, match="is not currently accepting connections"):
            await reach(database_url)

    assert "is not currently accepting connections" in str(refused.value.__cause__)
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    async with connection(pool) as conn:
        assert await conn.fetchval("SELECT 1") == 1
    await admin.close()


async def test_no_free_connection_in_time_is_said_too(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(pool.get_max_size()):
            await stack.enter_async_context(connection(pool))
        monkeypatch.setattr(database, "ACQUIRE_SECONDS", 0.01)

        with pytest.raises(Unavailable):
            await stack.enter_async_context(connection(pool))


async def test_who_is_cancelled_ends_although_the_database_is_gone_too(pool: Pool) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with transaction(pool) as conn:
            conn.terminate()
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
