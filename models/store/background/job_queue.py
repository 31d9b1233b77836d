"""PGQueuer at work on our pool: jobs are taken, tried again when they fail, and put aside in the end."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import timedelta
from functools import lru_cache
from typing import Any

import orjson
import structlog
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.core.qm import QueueManager
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.models import Job
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.queries import Queries

from models.store.background.job_basics import ATTEMPTS, CHANNEL, SILENT, Handler, JobSignal
from models.store.database import Connection, Pool, connection, execute

log = structlog.get_logger(__name__)

FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)

POLL = timedelta(seconds=5)
"""New jobs are announced; retries and the jobs of the dead are found by looking."""

CALM_SECONDS = 10.0
"""How often it is asked whether there is nothing to do: then it ends, since at work it wakes ten times a second."""


async def insert(
    conn: Connection,
    name: str,
    payloads: Sequence[Any],
    keys: Sequence[str | None],
    *,
    wait: timedelta | None = None,
    priority: int = 0,
) -> None:
    """Put jobs of one name in the queue, in the caller's transaction and in one statement; none whose key is in it."""
    await Queries(_OurDriver(conn)).enqueue(  # type: ignore[arg-type] # a pool's connection is a proxy of the one it asks for
        [name] * len(payloads),
        [orjson.dumps(payload) for payload in payloads],
        priority=[priority] * len(payloads),
        execute_after=[wait] * len(payloads),
        dedupe_key=list(keys),
        on_conflict="skip",
    )


async def run_while_due(
    pool: Pool,
    handlers: Mapping[str, Handler],
    stopping: asyncio.Event,
    signal: JobSignal,
    is_due: Callable[[], Awaitable[bool]],
) -> None:
    """Do what is due, and what comes meanwhile, until there is nothing or `stopping` is set; what runs is finished."""
    queue, suspects = QueueManager(Queries(_PoolDriver(pool, signal))), asyncio.Lock()
    for name, handler in handlers.items():
        queue.entrypoint(name, on_failure="hold", executor_factory=_make_executor)(_run_with(pool, handler, suspects))
    stopper = asyncio.create_task(_stop_when_calm(queue, stopping, is_due))
    try:
        await queue.run(dequeue_timeout=POLL, batch_size=10, max_concurrent_tasks=20, heartbeat_timeout=SILENT)
    finally:
        stopper.cancel()


async def _stop_when_calm(queue: QueueManager, stopping: asyncio.Event, is_due: Callable[[], Awaitable[bool]]) -> None:
    try:
        while not stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), CALM_SECONDS)
            if not queue.job_context and not await is_due():
                break
    finally:
        queue.shutdown.set()


class _OurDriver(AsyncpgDriver):
    """PGQueuer on one of our connections, whose jsonb arguments are values and not text (models/store/database)."""

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return [dict(row) for row in await self._connection.fetch(query, *_as_values(query, args))]

    async def execute(self, query: str, *args: object) -> str:
        return str(await self._connection.execute(query, *_as_values(query, args)))


def _as_values(query: str, args: Sequence[object]) -> list[object]:
    """PGQueuer writes JSON as text, and our connections take values."""
    places = _find_json(query)
    return [_read_json(arg) if number in places else arg for number, arg in enumerate(args, 1)]


@lru_cache
def _find_json(query: str) -> frozenset[int]:
    """The numbers of the values that are JSON, as PGQueuer says in its statements.

    To prepare each for that would leave one on the server each time: asyncpg closes none that it also keeps for itself.
    """
    return frozenset(int(number) for number in re.findall(r"\$(\d+)::jsonb", query, re.IGNORECASE))


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
