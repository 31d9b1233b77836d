"""The loops that work behind the pages: what came in, what goes out, jobs and chores; each goes on whatever fails."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import structlog

from federation.instance import Instance
from federation.key_pairs import KEYS_CHANNEL
from inbox.backfill import catch_up
from inbox.process import process_due
from inbox.processor_time import interrupt_long_steps
from models import heartbeats
from models.database import connection
from models.errors import Unavailable
from models.events import listen
from models.jobs import run_jobs
from outbox.deliver import deliver_due
from web.jobs import list_handlers, list_periodic
from web.wake import CHANNELS, Waker

log = structlog.get_logger(__name__)

POLL_SECONDS = 5.0
"""Work is looked for this often even when no bell rang."""

BREATH_SECONDS = 0.02
"""Between two looks that bells asked for, so that a flood of bells does not become a flood of queries."""

BUSY_RING_SECONDS = 0.2

RETRY_SECONDS = 1.0

BEAT_SECONDS = 5.0

DRAIN_SECONDS = 8.0
"""How long what is on its way may take after SIGTERM."""

Step = Callable[[], Awaitable[int]]


async def run_worker(instance: Instance, waker: Waker, stopping: asyncio.Event, *, role: str = "worker") -> None:
    """Work until `stopping` is set, then finish what was begun, for at most DRAIN_SECONDS."""
    interrupt_long_steps()
    tasks = [
        asyncio.create_task(coroutine, name=name)
        for name, coroutine in {
            "inbox": loop("inbox", partial(_process, instance, waker, stopping), waker.received, stopping),
            "outbox": loop("outbox", partial(_deliver, instance, waker, stopping), waker.delivery, stopping),
            "jobs": _run_jobs(instance, stopping),
        }.items()
    ]
    signs = [
        asyncio.create_task(_beat(instance, waker, role), name="heartbeat"),
        asyncio.create_task(hear(instance, waker), name="bells"),
    ]
    await stopping.wait()
    waker.ring_here()  # so that nobody sleeps until the next look
    _, late = await asyncio.wait(tasks, timeout=DRAIN_SECONDS)
    if late:
        log.warning("worker_cut_short", loops=sorted(task.get_name() for task in late))
    for task in (*late, *signs):
        task.cancel()
    await asyncio.gather(*tasks, *signs, return_exceptions=True)
    with suppress(Unavailable):
        async with connection(instance.pool) as conn:
            await heartbeats.end(conn, waker.id)


async def loop(name: str, step: Step, bell: asyncio.Event, stopping: asyncio.Event) -> None:
    """Call `step` while it finds work; then wait for the bell, and look every few seconds without one."""
    away = False
    while not stopping.is_set():
        bell.clear()
        try:
            found = await step()
        except Unavailable as error:  # the database goes and comes: normal, and said once
            if not away:
                log.warning("worker_waits_for_database", loop=name, cause=str(error.__cause__ or error))
            away = True
            await sleep_until(stopping, RETRY_SECONDS)
            continue
        except Exception:
            log.exception("worker_step_failed", loop=name)
            await sleep_until(stopping, RETRY_SECONDS)
            continue
        if away:
            log.info("worker_goes_on", loop=name)
            away = False
        if not found:
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), POLL_SECONDS)
            await asyncio.sleep(BREATH_SECONDS if not stopping.is_set() else 0)


async def sleep_until(stopping: asyncio.Event, seconds: float) -> None:
    """Sleep, unless it is time to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)


async def _process(instance: Instance, waker: Waker, stopping: asyncio.Event) -> int:
    """A Follow leads to an Accept, a Create to an Announce: what is processed rings for what is to be delivered."""
    ringing = asyncio.create_task(_ring_now_and_then(waker))
    try:
        found = await process_due(instance, wake=waker.received, stopping=stopping, done=waker.ring_stream)
    finally:
        ringing.cancel()
    if found:
        waker.delivery.set()
    return found


async def _ring_now_and_then(waker: Waker) -> None:
    """Under a steady stream of activities `process_due` goes on for long, and Accepts need not wait for its end."""
    while True:
        await asyncio.sleep(BUSY_RING_SECONDS)
        waker.delivery.set()


async def _deliver(instance: Instance, waker: Waker, stopping: asyncio.Event) -> int:
    return await deliver_due(instance, wake=waker.delivery, stopping=stopping)


async def _run_jobs(instance: Instance, stopping: asyncio.Event) -> None:
    """PGQueuer, started again a moment after it lost the database or failed otherwise."""
    url = instance.settings.database_url
    assert url is not None, "open_instance names the database"
    while not stopping.is_set():
        try:
            await run_jobs(url, list_handlers(instance), list_periodic(instance), stopping)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("jobs_interrupted", cause=str(error) or type(error).__name__)
            await sleep_until(stopping, RETRY_SECONDS)


async def _beat(instance: Instance, waker: Waker, role: str) -> None:
    while True:
        with suppress(Unavailable):
            await catch_up(instance)
            async with connection(instance.pool) as conn:
                await heartbeats.beat(conn, waker.id, role)
        await asyncio.sleep(BEAT_SECONDS)


async def hear(instance: Instance, waker: Waker) -> None:
    """Ring here when another process rang, and whenever rings may have been missed."""
    url = instance.settings.database_url
    assert url is not None, "open_instance names the database"
    async with listen(url, *CHANNELS, KEYS_CHANNEL) as listener:
        while True:
            message = await listener.get()
            if message is None or message[0] == KEYS_CHANNEL:
                instance.forget_keys()
            waker.hear(message)
