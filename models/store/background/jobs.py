"""The port to PGQueuer: background work that is not federation, enqueued with the fact that causes it.

PGQueuer itself is read when there is a first job: an instance where nothing happens does without.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from models.errors import Unavailable
from models.lazy import kept_for_good, lazily
from models.store.background.beats import until_beat
from models.store.background.chores import Periodic, run_chores
from models.store.background.job_basics import SILENT, Handler, JobSignal
from models.store.database import LOST, Connection, Pool, connection, execute, fetch_value

with lazily(kept_for_good):
    from models.store.background import job_queue

KEPT_DAYS, FAILED_KEPT_DAYS = 7, 28
"""So long it is known that a job was done, and what one that failed was about."""

POLL_SECONDS = 5.0
"""New jobs are announced; retries and the jobs of the dead are found by looking."""


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
    await job_queue.insert(conn, name, [payload], [key], wait=wait, priority=priority)


async def enqueue_all(conn: Connection, name: str, payloads: Mapping[str, Any]) -> None:
    """The same for many by their keys, in one statement."""
    if payloads:
        await job_queue.insert(conn, name, list(payloads.values()), list(payloads))


async def run_jobs(
    pool: Pool,
    list_handlers: Callable[[], Mapping[str, Handler]],
    periodic: Sequence[Periodic],
    stopping: asyncio.Event,
    signal: JobSignal | None = None,
    done: Callable[[], None] = lambda: None,
) -> None:
    """Run jobs and chores until `stopping` is set; what runs then is finished first. Raises Unavailable.

    The handlers are asked for when there is a first job. Without a `signal` jobs are found by looking. `done` hears
    when chores have ended.
    """
    both = [
        asyncio.create_task(_run_due(pool, list_handlers, stopping, signal or JobSignal())),
        asyncio.create_task(run_chores(pool, periodic, stopping, done)),
    ]
    try:
        await asyncio.gather(*both)
    except LOST as error:
        raise Unavailable from error
    finally:
        for one in both:
            one.cancel()
        await asyncio.gather(*both, return_exceptions=True)


async def _run_due(
    pool: Pool, list_handlers: Callable[[], Mapping[str, Handler]], stopping: asyncio.Event, signal: JobSignal
) -> None:
    rung = asyncio.Event()

    def ring(_: object) -> None:
        rung.set()

    signal.add(ring)
    names: list[str] | None = None
    try:
        while not stopping.is_set():
            rung.clear()
            if await is_due(pool, names):
                handlers = list_handlers()
                names = list(handlers)
                await job_queue.run_while_due(pool, handlers, stopping, signal, partial(is_due, pool, names))
            await _wait({asyncio.ensure_future(rung.wait()), asyncio.ensure_future(stopping.wait())})
    finally:
        signal.remove(ring)


async def _wait(signals: "set[asyncio.Future[Any]]") -> None:
    """Until one of them, or for a while."""
    try:
        await asyncio.wait(signals, timeout=until_beat(POLL_SECONDS, 2), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in signals:
            one.cancel()


async def is_due(pool: Pool, names: Sequence[str] | None) -> bool:
    """Whether a job waits, or lost its worker; of these names, once they are known."""
    async with connection(pool) as conn:
        return bool(
            await fetch_value(
                conn,
                """
                SELECT EXISTS (SELECT FROM pgqueuer WHERE status = 'queued' AND execute_after <= now()
                        AND ($1::text[] IS NULL OR entrypoint = ANY($1)))
                    OR EXISTS (SELECT FROM pgqueuer WHERE status = 'picked' AND heartbeat < now() - $2::interval
                        AND ($1::text[] IS NULL OR entrypoint = ANY($1)))
                """,
                names,
                SILENT,
            )
        )


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
