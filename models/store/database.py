"""The pool, `Connection`, and rows turned into dataclasses: the door to PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import asyncpg
import orjson
import structlog
from asyncpg.pool import PoolConnectionProxy

from models.errors import DeclicError, Entangled, NoSpace, Unavailable, describe_os_error
from models.settings import POOL_SIZE
from models.store.patient_pool import create_pool, leave, take
from models.store.timed_statements import Notice, Timed, WatchedConnection

log = structlog.get_logger(__name__)

Row = TypeVar("Row")

Connection = asyncpg.Connection | PoolConnectionProxy
"""What every function of models/ takes first: holding one means that the network may not be used."""

Pool = asyncpg.Pool

Record = asyncpg.Record

ANNOUNCED = {"application_name": "declic", "timezone": "UTC"}
"""Said while connecting: what a pooler such as PgBouncer lets pass, which refuses all else there."""

SESSION = """
SET plan_cache_mode = auto;
SET jit = off;
SET max_parallel_workers_per_gather = 0
"""
"""Said once connected. Our statements are short: to compile them (10 ms and more) or to start workers for them costs
more than it saves."""

RELAXED = "SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '1s'; SET LOCAL enable_seqscan = off"
"""Said in a transaction that takes in what others send. A plan is kept, and one that was made while a table was small
would read it whole for each of a hundred posts once it has grown.
"""

AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.DatabaseDroppedError,
    asyncpg.ReadOnlySQLTransactionError,  # after a failover: what we are connected to takes nothing any more
    asyncpg.InsufficientResourcesError,  # no connection, memory or disk left
    asyncpg.PostgresIOError,
)
"""What PostgreSQL says when it is about to be gone, or cannot work: true whatever the connection looks like."""

LOST = (
    *AWAY,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the link broke between two messages, and asyncpg lost its place
    ConnectionError,
    OSError,  # a TimeoutError is one of them
)
"""What asyncpg raises while it connects or waits for a connection, and when the one that it has is lost.

Most of these may as well be a mistake of ours, or come from somewhere else: once there is a connection, its state tells
(`is_lost`).
"""


UNREACHED = (*LOST, asyncpg.PostgresError)
"""The same while there is no connection yet, when PostgreSQL may also say that it knows no such name or password."""
CLOSED = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
TORN_OFF = (*AWAY, *CLOSED, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)
"""What libraries that use the database find out, each for itself, when it goes away."""

UNSURE = (asyncpg.ReadOnlySQLTransactionError, asyncpg.InternalClientError, asyncpg.InterfaceError)
"""After these a connection may stand to the wrong server, be out of step, or somebody may still be using it."""

ACQUIRE_SECONDS = 10
IDLE_SECONDS = 10.0
"""A connection beyond the first that nobody needed for so long is closed."""

ROLLBACK_SECONDS = 5


async def prepare_connection(conn: asyncpg.Connection) -> None:
    """Teach one connection how we work, and our types: jsonb columns are Python values."""
    await conn.execute(SESSION)
    await conn.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda data: orjson.loads(data[1:]),
    )


async def _leave_as_is(_: asyncpg.Connection) -> None:
    """What asyncpg would reset between two users of a connection costs a round trip, and nothing here sets it.

    Settings and locks are of a transaction (SET LOCAL, xact locks), and whoever listens has a connection of its own.
    """


async def open_pool(dsn: str, *, size: int = POOL_SIZE, notice: Notice | None = None) -> Pool:
    """A pool of prepared connections to `dsn` (a postgresql:// URL; a unix socket as `?host=/folder`).

    One is kept; as many more as `size` says come under load and go after it. `notice` hears of statements that take
    long. Raises Unavailable when the database cannot be reached.
    """

    async def prepare(conn: asyncpg.Connection) -> None:
        await prepare_connection(conn)
        if isinstance(conn, WatchedConnection):
            conn.pool_url = dsn
            if notice is not None:
                conn.notice = notice

    try:
        return await create_pool(
            dsn,
            most=size,
            idle_seconds=IDLE_SECONDS,
            init=prepare,
            connection_class=WatchedConnection,
            reset=_leave_as_is,
            command_timeout=60,
            server_settings=ANNOUNCED,
        )
    except UNREACHED as error:
        raise Unavailable("database_unreachable", cause=describe_os_error(error)) from error


@asynccontextmanager
async def connection(pool: Pool) -> AsyncIterator[PoolConnectionProxy]:
    """A connection outside a transaction, for reading.

    Raises Unavailable when the database is away or no connection is free in time, Entangled when two waited for each
    other, or one longer than it would. Everything else that the block raises stays as it is: a mistake, a file that is
    missing, a slow statement.
    """
    try:
        conn = await take(pool, ACQUIRE_SECONDS)
    except UNREACHED as error:
        raise Unavailable from error
    try:
        yield conn
    except DeclicError:
        raise
    except (asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError) as error:
        raise Entangled from error  # two wait for each other, or one for too long: it is undone, and may come again
    except Exception as error:
        lost = is_lost(conn, error)
        if isinstance(error, UNSURE) and not isinstance(error, ValueError):  # a wrong argument never left
            drop(conn)
        if isinstance(error, asyncpg.DiskFullError):
            raise NoSpace from error
        if lost:
            raise Unavailable from error
        raise
    finally:
        await _give_back(pool, conn)


def is_lost(conn: Connection, error: Exception) -> bool:
    """Whether it failed because the database is away."""
    broken = _is_closed(conn) and isinstance(error, (*LOST, asyncpg.PostgresError))
    return broken or isinstance(error, (*AWAY, asyncpg.InternalClientError))


def _is_closed(conn: Connection) -> bool:
    try:
        return conn.is_closed()
    except asyncpg.InterfaceError:  # the pool took it back when the link broke
        return True


def drop(conn: Connection) -> None:
    """End a connection without a word, whatever it is in the middle of."""
    with suppress(asyncpg.InterfaceError):
        conn.terminate()


async def _give_back(pool: Pool, conn: PoolConnectionProxy) -> None:
    """What was done is done, whatever asyncpg finds then; a connection in the middle of something goes to nobody."""
    try:
        if not _is_closed(conn) and conn.is_in_transaction():
            drop(conn)
        await pool.release(conn)
    except LOST as error:
        log.info("connection_dropped", cause=describe_os_error(error))
    finally:
        leave(pool, conn)


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A connection inside a transaction: all or nothing. Raises Unavailable when the database is away."""
    async with connection(pool) as conn, begin(conn):
        yield conn


@asynccontextmanager
async def begin(conn: Connection) -> AsyncIterator[None]:
    """A transaction on a connection that is held already and is in none."""
    begun = conn.transaction()
    await begun.start()
    try:
        yield
    except BaseException:
        await _roll_back(begun.rollback)
        raise
    await begun.commit()


@asynccontextmanager
async def relaxed_transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A transaction that does not wait for the disk: for work that a crash may take back whole and that is redone.

    Nor does it wait long for a row that somebody else holds, since others wait for it: then it raises Entangled.
    """
    async with connection(pool) as conn, begin_relaxed(conn):
        yield conn


@asynccontextmanager
async def begin_relaxed(conn: Connection) -> AsyncIterator[None]:
    """The same on a connection that is held already and is in none."""
    await conn.execute(f"BEGIN; {RELAXED}")
    try:
        yield
    except BaseException:
        await _roll_back(partial(conn.execute, "ROLLBACK"))
        raise
    await conn.execute("COMMIT")


async def _roll_back(rollback: Callable[[], Awaitable[object]]) -> None:
    """What the block raised counts, be it that it was cancelled, and not what became of a connection that is lost."""
    try:
        async with asyncio.timeout(ROLLBACK_SECONDS):
            await rollback()
    except (*LOST, asyncpg.PostgresError) as error:
        log.debug("not_rolled_back", cause=str(error))


async def fetch_one(conn: Connection, row_type: type[Row], sql: str, *args: Any) -> Row | None:
    """The first row as `row_type(**row)`, or None; column names are the dataclass's fields."""
    with Timed(conn, sql):
        record = await conn.fetchrow(sql, *args)
    return None if record is None else row_type(**record)


async def fetch_all(conn: Connection, row_type: type[Row], sql: str, *args: Any) -> list[Row]:
    """All rows as `row_type(**row)`."""
    with Timed(conn, sql):
        return [row_type(**record) for record in await conn.fetch(sql, *args)]


async def fetch_planned(conn: Connection, sql: str, *args: Any) -> list[Record]:
    """All rows of a statement that is planned for these very values: for searches whose filters may be left out.

    A plan that is kept would have to serve every choice of filters, so it could use the index of none.
    """
    with Timed(conn, sql):
        statement = await conn.prepare(sql, name="")
        return list(await statement.fetch(*args))


async def fetch_value(conn: Connection, sql: str, *args: Any) -> Any:
    """The first column of the first row, or None."""
    with Timed(conn, sql):
        return await conn.fetchval(sql, *args)


async def fetch_column(conn: Connection, sql: str, *args: Any) -> list[Any]:
    """The first column of all rows."""
    with Timed(conn, sql):
        return [record[0] for record in await conn.fetch(sql, *args)]


async def fetch_records(conn: Connection, sql: str, *args: Any) -> list[Record]:
    """All rows as they are, for reads that fit no dataclass."""
    with Timed(conn, sql):
        return list(await conn.fetch(sql, *args))


async def execute(conn: Connection, sql: str, *args: Any) -> int:
    """Run a statement; the number of rows that it touched."""
    with Timed(conn, sql):
        status = await conn.execute(sql, *args)
    last = status.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


async def execute_many(conn: Connection, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run a statement for each row of arguments, in one round trip."""
    await conn.executemany(sql, rows)
