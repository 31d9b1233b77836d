"""The port to PGQueuer: background work that is not federation, enqueued with the fact that causes it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
import structlog
from pgqueuer.core.applications import PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.models import Job, Schedule
from pgqueuer.domain.settings import db_settings
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.queries import Queries

from models.errors import Unavailable
from models.store.background import periodic_tasks
from models.store.database import LOST, Connection, Pool, connection, execute

KEPT_DAYS, FAILED_KEPT_DAYS = 7, 28
"""So long it is known that a job was done, and what one that failed was about."""

log = structlog.get_logger(__name__)

Handler = Callable[[Any], Awaitable[None]]
"""Takes the payload; running it twice must do no harm, since a killed worker's job runs again."""

Chore = Callable[[], Awaitable[object]]

ATTEMPTS = 8
"""Tries before a job is put aside as failed; with the delays below, about two hours."""

FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)

POLL = timedelta(seconds=5)
"""New jobs are announced; retries and the jobs of the dead are found by looking."""

HEARTBEAT = timedelta(seconds=20)
"""A job whose worker died is taken again after this: nothing waits longer than half a minute for it."""


BETWEEN_SECONDS = 0.1
"""Chores of the same minute begin one after the other: all at once they would open a connection each."""

CHANNEL = str(db_settings().channel)
"""Where PGQueuer announces new jobs."""


class JobSignal:
    """What was announced on CHANNEL, handed on by whoever holds the link: one of its own would be one more connection.

    A signal that is lost costs no job: they are looked for every few seconds.
    """

    def __init__(self) -> None:
        self._callbacks: list[NotifyCallback] = []

    def notify(self, payload: Any) -> None:
        """This was announced, on the link or in this process."""
        for callback in list(self._callbacks):
            callback(orjson.dumps(payload))

    def add(self, callback: NotifyCallback) -> None:
        """PGQueuer wants to hear."""
        self._callbacks.append(callback)

    def remove(self, callback: NotifyCallback) -> None:
        """PGQueuer wants to hear no more."""
        with suppress(ValueError):
            self._callbacks.remove(callback)


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """A chore that one of all workers runs at each time that the cron expression names (UTC)."""

    name: str
    cron: str
    chore: Chore


async def enqueue(
    conn: Connection,
    name: str,
    payload: Any = None,
    *,
    key: str | None = None,
    wait: timedelta | None = None,
    priority: int = 0,
) -> None:
    """Put a job in the queue, in the caller's transaction: it exists if and only if the fact does.

    `payload` is small and JSON-able: ids, never keys or passwords. While a job with the same `key` waits or
    runs, nothing is added. `wait` puts it off; a higher `priority` goes first.
    """
    await Queries(_OurDriver(conn)).enqueue(  # type: ignore[arg-type] # a pool's connection is a proxy of the one it asks for
        name,
        orjson.dumps(payload),
        priority=priority,
        execute_after=wait,
        dedupe_key=key,
        on_conflict="skip",
    )


async def enqueue_all(conn: Connection, name: str, payloads: Mapping[str, Any]) -> None:
    """The same for many by their keys, in one statement."""
    if not payloads:
        return
    await Queries(_OurDriver(conn)).enqueue(  # type: ignore[arg-type] # as in `enqueue`
        [name] * len(payloads),
        [orjson.dumps(payload) for payload in payloads.values()],
        priority=[0] * len(payloads),
        execute_after=[None] * len(payloads),
        dedupe_key=list(payloads),
        on_conflict="skip",
    )


async def run_jobs(
    pool: Pool,
    handlers: Mapping[str, Handler],
    periodic: Sequence[Periodic],
    stopping: asyncio.Event,
    signal: JobSignal | None = None,
) -> None:
    """Run jobs and chores until `stopping` is set; what runs then is finished first. Raises Unavailable.

    Without a `signal` jobs are found by looking.
    """
    try:
        await _run_queue(pool, handlers, periodic, stopping, signal or JobSignal())
    except LOST as error:
        raise Unavailable from error


async def _run_queue(
    pool: Pool,
    handlers: Mapping[str, Handler],
    periodic: Sequence[Periodic],
    stopping: asyncio.Event,
    signal: JobSignal,
) -> None:
    queue, suspects = PgQueuer(_PoolDriver(pool, signal)), asyncio.Lock()
    for name, handler in handlers.items():
        queue.entrypoint(name, on_failure="hold", executor_factory=_make_executor)(_run_with(pool, handler, suspects))
    for number, item in enumerate(periodic):
        queue.schedule(item.name, item.cron)(_run_chore(pool, item, number * BETWEEN_SECONDS))
    stopper = asyncio.create_task(_stop(stopping, queue))
    try:
        await queue.run(dequeue_timeout=POLL, batch_size=10, max_concurrent_tasks=20, heartbeat_timeout=HEARTBEAT)
    finally:
        stopper.cancel()


async def prune(conn: Connection) -> int:
    """Forget what PGQueuer wrote about finished jobs, which it never does itself, and jobs that failed long ago."""
    gone = await execute(conn, "DELETE FROM pgqueuer_log WHERE created < now() - make_interval(days => $1)", KEPT_DAYS)
    await execute(conn, "DELETE FROM pgqueuer_statistics WHERE created < now() - make_interval(days => $1)", KEPT_DAYS)
    await execute(
        conn,
        "DELETE FROM pgqueuer WHERE status = 'failed' AND updated < now() - make_interval(days => $1)",
        FAILED_KEPT_DAYS,
    )
    return gone


class _OurDriver(AsyncpgDriver):
    """PGQueuer on one of our connections, whose jsonb arguments are values and not text (models/store/database)."""

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return [
            dict(row) for row in await self._connection.fetch(query, *await _as_values(self._connection, query, args))
        ]

    async def execute(self, query: str, *args: object) -> str:
        return str(await self._connection.execute(query, *await _as_values(self._connection, query, args)))


async def _as_values(conn: Connection, query: str, args: tuple[object, ...]) -> list[object]:
    """PGQueuer writes JSON as text, and our connections take values."""
    if "jsonb" not in query.lower():
        return list(args)
    statement = await conn.prepare(query)
    return [
        _read_json(arg) if "jsonb" in kind.name else arg
        for arg, kind in zip(args, statement.get_parameters(), strict=True)
    ]


def _read_json(argument: object) -> object:
    if isinstance(argument, list):
        return [_read_json(one) for one in argument]
    return orjson.loads(argument) if isinstance(argument, str) else argument


class _PoolDriver(AsyncpgDriver):
    """PGQueuer on our pool: a connection for each statement, and the link that the whole process listens on.

    Every ten seconds PGQueuer asks itself whether it hears. The answer stays in this process: whether the link is up is
    the business of whoever holds it. Its statements go one by one, over one connection.
    """

    def __init__(self, pool: Pool, signal: JobSignal) -> None:
        self._shutdown = asyncio.Event()
        self._lock = asyncio.Lock()
        self._pool = pool
        self._signal = signal

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        async with self._lock, connection(self._pool) as conn:
            return await _OurDriver(conn).fetch(query, *args)  # type: ignore[arg-type] # as in `enqueue`

    async def execute(self, query: str, *args: object) -> str:
        async with self._lock, connection(self._pool) as conn:
            return await _OurDriver(conn).execute(query, *args)  # type: ignore[arg-type] # as in `enqueue`

    async def notify(self, channel: str, payload: str) -> None:
        value = orjson.loads(payload)
        if value.get("type") == "health_check_event":
            self._signal.notify(value)
        else:
            await self.execute("SELECT pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        assert channel == CHANNEL, "the signal is for one channel"
        self._signal.add(callback)

    async def remove_listener(self, channel: str, callback: NotifyCallback) -> None:
        self._signal.remove(callback)


def _make_executor(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    return DatabaseRetryEntrypointExecutor(
        parameters,
        max_attempts=ATTEMPTS * 2,  # each try counts twice: before it runs, see _run_with, and when it fails
        initial_delay=FIRST_DELAY,
        max_delay=LONGEST_DELAY,
        backoff_multiplier=1.5,
    )


def _run_with(pool: Pool, handler: Handler, suspects: asyncio.Lock) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        if job.attempts > ATTEMPTS * 2:
            log.error("job_given_up", job=job.entrypoint, id=job.id)
            raise RuntimeError("this job was tried too often")
        # What was tried before runs alone among its like: one that kills its worker must not use up their tries too.
        async with suspects if job.attempts else nullcontext():
            # Counted before it runs: a job that kills its worker would otherwise come back for ever.
            async with connection(pool) as conn:
                await execute(conn, "UPDATE pgqueuer SET attempts = attempts + 1 WHERE id = $1", job.id)
            await handler(orjson.loads(job.payload or b"null"))

    return run


def _run_chore(pool: Pool, item: Periodic, wait: float) -> Callable[[Schedule], Awaitable[None]]:
    async def run(_: Schedule) -> None:
        await asyncio.sleep(wait)
        try:
            await item.chore()
        except Exception as error:
            cause = periodic_tasks.describe_cause(error)
            log.error("chore_failed", chore=item.name, cause=cause)
            with suppress(Unavailable):  # the database may be what is away
                async with connection(pool) as conn:
                    await periodic_tasks.note_failure(conn, item.name, cause)
            raise
        async with connection(pool) as conn:
            await periodic_tasks.note_success(conn, item.name)

    return run


async def _stop(stopping: asyncio.Event, queue: PgQueuer) -> None:
    await stopping.wait()
    queue.shutdown.set()
