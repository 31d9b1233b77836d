"""The port to PGQueuer: background work that is not federation, enqueued with the fact that causes it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
import structlog
from pgqueuer.core.applications import PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.db import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.domain.models import Job, Schedule
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.queries import Queries

from models import chores
from models.database import LOST, Connection, execute, fetch_value
from models.errors import Unavailable

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


async def run_jobs(
    dsn: str, handlers: Mapping[str, Handler], periodic: Sequence[Periodic], stopping: asyncio.Event
) -> None:
    """Run jobs and chores until `stopping` is set; what runs then is finished first. Raises Unavailable.

    The pool is its own, because PGQueuer holds a connection for listening and reads jsonb as text.
    """
    try:
        await _run_queue(dsn, handlers, periodic, stopping)
    except LOST as error:
        raise Unavailable from error


async def _run_queue(
    dsn: str, handlers: Mapping[str, Handler], periodic: Sequence[Periodic], stopping: asyncio.Event
) -> None:
    async with asyncpg.create_pool(
        dsn, min_size=1, max_size=3, server_settings={"application_name": "declic jobs"}
    ) as pool:
        queue, suspects = PgQueuer(_PoolDriver(pool)), asyncio.Lock()
        for name, handler in handlers.items():
            queue.entrypoint(name, on_failure="hold", executor_factory=_make_executor)(
                _run_with(pool, handler, suspects)
            )
        for item in periodic:
            queue.schedule(item.name, item.cron)(_run_chore(pool, item))
        stopper = asyncio.create_task(_stop(stopping, queue))
        try:
            await queue.run(
                dequeue_timeout=POLL,
                batch_size=10,
                max_concurrent_tasks=20,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=HEARTBEAT,
            )
        finally:
            stopper.cancel()


async def prune(conn: Connection, *, days: int = 7) -> int:
    """Forget what PGQueuer wrote about finished jobs, which it never does itself, and jobs that failed long ago."""
    gone = await execute(conn, "DELETE FROM pgqueuer_log WHERE created < now() - make_interval(days => $1)", days)
    await execute(conn, "DELETE FROM pgqueuer_statistics WHERE created < now() - make_interval(days => $1)", days)
    await execute(
        conn, "DELETE FROM pgqueuer WHERE status = 'failed' AND updated < now() - make_interval(days => $1)", 4 * days
    )
    return gone


async def count_waiting(conn: Connection) -> int:
    """How many jobs wait or run."""
    return int(await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked')"))


class _OurDriver(AsyncpgDriver):
    """PGQueuer on one of our connections, whose jsonb arguments are values and not text (models/database)."""

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        *others, headers = args
        assert isinstance(headers, list)
        return await super().fetch(query, *others, [orjson.loads(text) for text in headers])


class _PoolDriver(AsyncpgPoolDriver):
    """A pool that says nothing before PGQueuer listens.

    PGQueuer asks itself every ten seconds whether it hears, the first time while it is still asking to listen. When
    the question came first, nobody heard it, and everything was stopped and started again.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(pool)
        self._listening = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await super().add_listener(channel, callback)
        self._listening.set()

    async def notify(self, channel: str, payload: str) -> None:
        await self._listening.wait()
        await super().notify(channel, payload)


def _make_executor(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    return DatabaseRetryEntrypointExecutor(
        parameters,
        max_attempts=ATTEMPTS * 2,  # each try counts twice: before it runs, see _run_with, and when it fails
        initial_delay=FIRST_DELAY,
        max_delay=LONGEST_DELAY,
        backoff_multiplier=1.5,
    )


def _run_with(pool: asyncpg.Pool, handler: Handler, suspects: asyncio.Lock) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        if job.attempts > ATTEMPTS * 2:
            log.error("job_given_up", job=job.entrypoint, id=job.id)
            raise RuntimeError("this job was tried too often")
        # What was tried before runs alone among its like: one that kills its worker must not use up their tries too.
        async with suspects if job.attempts else nullcontext():
            # Counted before it runs: a job that kills its worker would otherwise come back for ever.
            await pool.execute("UPDATE pgqueuer SET attempts = attempts + 1 WHERE id = $1", job.id)
            await handler(orjson.loads(job.payload or b"null"))

    return run


def _run_chore(pool: asyncpg.Pool, item: Periodic) -> Callable[[Schedule], Awaitable[None]]:
    async def run(_: Schedule) -> None:
        try:
            await item.chore()
        except Exception as error:
            cause = chores.tell_cause(error)
            log.error("chore_failed", chore=item.name, cause=cause)
            with suppress(*LOST):  # the database may be what is away
                async with pool.acquire() as conn:
                    await chores.note_failure(conn, item.name, cause)
            raise
        async with pool.acquire() as conn:
            await chores.note_success(conn, item.name)

    return run


async def _stop(stopping: asyncio.Event, queue: PgQueuer) -> None:
    await stopping.wait()
    queue.shutdown.set()
