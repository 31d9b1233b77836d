"""The loops that work behind the pages: what came in, what goes out, jobs and chores; each goes on whatever fails."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any

import structlog

from federation.instance import PEERS_CHANNEL, Instance
from federation.own_keys.key_pairs import KEYS_CHANNEL
from inbox.processing.processor_time import interrupt_long_steps
from models.errors import DeclicError, Entangled, Unavailable
from models.lazy import kept_for_good, lazily
from models.store.background import heartbeats
from models.store.background.beats import until_beat
from models.store.background.job_basics import CHANNEL as JOBS
from models.store.background.job_basics import Handler, JobSignal
from models.store.background.jobs import run_jobs
from models.store.background.notify import listen
from models.store.background.supervised_tasks import Background
from models.store.database import connection, relaxed_transaction
from models.traffic import backfills, queue_lengths
from web.middlewares.work_signals import CHANNELS, WorkSignal
from web.server.worker.jobs import list_handlers, list_periodic

with lazily(kept_for_good):  # read when something came in, is to go out, or was missed
    from inbox.processing import process
    from inbox.traffic import backfill
    from outbox.traffic import deliver

log = structlog.get_logger(__name__)

POLL_SECONDS = 5.0
"""Work is looked for this often even without a signal."""

BREATH_SECONDS = 0.02
"""Between two looks, so that a flood of bells does not become a flood of queries; the first one after a rest counts at
once."""

BUSY_RING_SECONDS = 0.2

BEAT_SECONDS = 5.0

READY_SECONDS = 1.0
"""After somebody did something for the first time: her page is there by then."""

DRAIN_SECONDS = 8.0
"""How long what is on its way may take after SIGTERM."""

Step = Callable[[], Awaitable[int]]


async def run_worker(instance: Instance, work_signal: WorkSignal, stopping: asyncio.Event) -> None:
    """Work until `stopping` is set, then finish what was begun, for at most DRAIN_SECONDS."""
    interrupt_long_steps()
    work, signs = Background(instance.pool, stopping), Background(instance.pool)
    work.start(
        "inbox", partial(run_loop, partial(_process, instance, work_signal, stopping), work_signal.received, stopping)
    )
    sending = partial(_deliver, instance, work_signal, stopping)
    work.start("outbox", partial(run_loop, sending, work_signal.delivery, stopping, 1))
    jobs = JobSignal()
    work.start("jobs", partial(_run_jobs, instance, work_signal, stopping, jobs))
    signs.start("heartbeat", partial(_save_heartbeats, instance, work_signal, "worker", work))
    signs.start("bells", partial(listen_for_work, instance, work_signal, jobs))
    signs.start("readiness", partial(_get_ready, instance, work_signal))
    await stopping.wait()
    work_signal.signal_here()  # so that nobody sleeps until the next look
    late = await work.finish(DRAIN_SECONDS)
    if late:
        log.warning("worker_cut_short", loops=late)
    await signs.stop()
    with suppress(Unavailable):
        async with connection(instance.pool) as conn:
            await heartbeats.end(conn, work_signal.id)


async def run_loop(step: Step, signal: asyncio.Event, stopping: asyncio.Event, place: int = 0) -> None:
    """Call `step` while it finds work; then wait for the signal, and look every few seconds without one."""
    while not stopping.is_set():
        signal.clear()
        looked = monotonic()
        found = await step()
        if not found:
            with suppress(TimeoutError):
                await asyncio.wait_for(signal.wait(), until_beat(POLL_SECONDS, place))
                await asyncio.sleep(0 if stopping.is_set() else max(0.0, looked + BREATH_SECONDS - monotonic()))


async def _process(instance: Instance, work_signal: WorkSignal, stopping: asyncio.Event) -> int:
    """A Follow leads to an Accept, a Create to an Announce: what is processed rings for what is to be delivered."""
    async with connection(instance.pool) as conn:
        if not await queue_lengths.is_received_due(conn, at=datetime.now(UTC)):
            return 0
    committed = asyncio.Event()
    ringing = [
        asyncio.create_task(_signal_deliveries(work_signal)),
        asyncio.create_task(_signal_streams(work_signal, committed)),
    ]
    try:
        found = await process.process_due(instance, wake=work_signal.received, stopping=stopping, committed=committed)
    finally:
        for one in ringing:
            one.cancel()
        if committed.is_set():
            work_signal.signal_stream()
    if found:
        work_signal.delivery.set()
    return found


async def _signal_deliveries(work_signal: WorkSignal) -> None:
    """Under a steady stream of activities `process_due` goes on for long, and Accepts need not wait for its end."""
    while True:
        await asyncio.sleep(BUSY_RING_SECONDS)
        work_signal.delivery.set()


async def _signal_streams(work_signal: WorkSignal, committed: asyncio.Event) -> None:
    """As soon as something took effect, whoever watches hears of it."""
    while True:
        await committed.wait()
        committed.clear()
        work_signal.signal_stream()


async def _deliver(instance: Instance, work_signal: WorkSignal, stopping: asyncio.Event) -> int:
    async with connection(instance.pool) as conn:
        if not await queue_lengths.is_delivery_due(conn, at=datetime.now(UTC)):
            return 0
    return await deliver.deliver_due(instance, wake=work_signal.delivery, stopping=stopping)


async def _get_ready(instance: Instance, work_signal: WorkSignal) -> None:
    """Who does something here will have something to send: what sends is read before, which takes a tenth of a second.

    Where nobody comes it is never read.
    """
    await work_signal.used.wait()
    await asyncio.sleep(READY_SECONDS)
    with suppress(DeclicError):  # the first delivery says so too
        await deliver.get_ready(instance)
    await asyncio.Event().wait()


async def _run_jobs(instance: Instance, work_signal: WorkSignal, stopping: asyncio.Event, signal: JobSignal) -> None:
    def list_signalling() -> Mapping[str, Handler]:
        return {name: _signalling(work_signal, handle) for name, handle in list_handlers(instance).items()}

    def signal_outcome() -> None:
        work_signal.signal_delivery()
        work_signal.signal_stream()

    await run_jobs(instance.pool, list_signalling, list_periodic(instance), stopping, signal, signal_outcome)


def _signalling(work_signal: WorkSignal, run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """What a job has to be delivered, or shown in streams, leaves at once and not at the next look."""

    async def run_and_signal(*arguments: object) -> object:
        try:
            return await run(*arguments)
        finally:
            work_signal.signal_delivery()
            work_signal.signal_stream()

    return run_and_signal


async def _save_heartbeats(instance: Instance, work_signal: WorkSignal, role: str, work: Background) -> None:
    """Say that this worker lives, and what of its work fails all the same. A crash may take back the last word."""
    while True:
        with suppress(Unavailable, Entangled):
            async with relaxed_transaction(instance.pool) as conn:
                away = await backfills.is_absence_over(conn)
                await heartbeats.save_heartbeat(conn, work_signal.id, role, work.failing)
            if away:
                await backfill.catch_up(instance)
        await asyncio.sleep(until_beat(BEAT_SECONDS, 3))


async def listen_for_work(instance: Instance, work_signal: WorkSignal, jobs: JobSignal | None = None) -> None:
    """Set here what other processes signalled, or may have: the one link of this process."""
    url = instance.settings.database_url
    assert url is not None, "open_instance names the database"
    async with listen(url, *CHANNELS, KEYS_CHANNEL, PEERS_CHANNEL, *([JOBS] if jobs else [])) as listener:
        while True:
            message = await listener.get()
            if jobs is not None and message is not None and message[0] == JOBS:
                jobs.notify(message[1])
                continue
            channel = message[0] if message is not None else None
            _forget(instance, channel, message)
            if channel != PEERS_CHANNEL:
                work_signal.receive(message)


def _forget(instance: Instance, channel: str | None, message: tuple[str, Any] | None) -> None:
    """What is another now than it is in memory; everything where it is not known what was told (None)."""
    if channel in {None, PEERS_CHANNEL}:
        instance.forget_peers(message[1] if message is not None else None)
    if channel in {None, KEYS_CHANNEL}:
        instance.forget_keys()
