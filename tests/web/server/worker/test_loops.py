"""The loops behind the pages: they go on whatever fails, wake at once, and stop when told."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from itertools import count

import pytest

from federation.instance import Instance
from federation.own_keys.key_pairs import KEYS_CHANNEL
from inbox.processing import process
from models.errors import Unavailable
from models.store.background import stream_events, supervised_tasks
from models.store.background.jobs import enqueue
from models.store.background.notify import announce, listen
from models.store.background.supervised_tasks import Background
from models.store.database import Pool, connection, transaction
from models.traffic import queue_lengths
from outbox.traffic import deliver
from tests.eventually import eventually
from tests.fediverse import make_signer
from tests.web.small_app import make_instance
from web.middlewares.work_signals import CHANNEL, WorkSignal, notify_work
from web.server.processes.serve import run_until, work_until
from web.server.worker import loops
from web.server.worker.handlers import HANDLERS
from web.server.worker.jobs import PERIODIC_TASKS, list_handlers, list_periodic
from web.server.worker.loops import run_loop, run_worker
from web.server.worker.nightly_sweep import SWEEPS


class Steps:
    """A step of a loop that answers with what it is given, then finds nothing."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.taken = 0
        self.idle = asyncio.Event()

    async def __call__(self) -> int:
        self.taken += 1
        if not self.answers:
            self.idle.set()
            return 0
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def looping(step: Steps) -> AsyncIterator[asyncio.Event]:
    """The bell of a loop that runs with this step."""
    bell, stopping = asyncio.Event(), asyncio.Event()
    work = Background(None, stopping)
    work.start("test", partial(run_loop, step, bell, stopping))
    try:
        yield bell
    finally:
        stopping.set()
        bell.set()
        assert await work.finish(2) == []


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for seconds here."""
    monkeypatch.setattr(supervised_tasks, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervised_tasks, "AWAY_PAUSE", 0.01)
    monkeypatch.setattr(loops, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(loops, "READY_SECONDS", 0)


async def test_a_loop_goes_on_after_any_failure() -> None:
    step = Steps(3, ZeroDivisionError("a bug"), Unavailable(), Unavailable(), 2)

    async with looping(step):
        await asyncio.wait_for(step.idle.wait(), 60)

    assert step.taken == 6


async def test_a_bell_wakes_a_loop_at_once_after_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLL_SECONDS", "BREATH_SECONDS"):
        monkeypatch.setattr(loops, name, 3600.0)
    monkeypatch.setattr(loops, "monotonic", partial(next, count(0.0, 3601.0)))  # it rested for an hour
    step = Steps()
    async with looping(step) as bell:
        await asyncio.wait_for(step.idle.wait(), 60)
        step.idle.clear()
        bell.set()

        await asyncio.wait_for(step.idle.wait(), 60)


async def test_a_loop_looks_by_itself_when_no_bell_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "POLL_SECONDS", 0.01)
    step = Steps()
    async with looping(step):
        async with asyncio.timeout(60):
            while step.taken < 3:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def working(pool: Pool, url: str) -> AsyncIterator[WorkSignal]:
    """A whole worker of a process."""
    instance = make_instance(pool, database_url=url)
    work_signal, stopping = WorkSignal(pool), asyncio.Event()
    task = asyncio.create_task(run_worker(instance, work_signal, stopping))
    try:
        yield work_signal
    finally:
        stopping.set()
        await asyncio.wait_for(task, 10)


async def test_what_sends_is_read_once_somebody_does_something_here_and_for_no_chore(
    pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = asyncio.Event()

    async def get_ready(_: Instance) -> None:
        read.set()

    monkeypatch.setattr(deliver, "get_ready", get_ready)
    async with working(pool, database_url) as work_signal:
        await until(work_signal.stream.is_set)  # the link is there
        work_signal.stream.clear()
        for channel, sender in ((CHANNEL, str(work_signal.id)), (stream_events.CHANNEL, None)):
            async with transaction(pool) as conn:
                await announce(conn, channel, sender)
        await until(work_signal.stream.is_set)
        assert not read.is_set()
        await notify_work(pool)
        await asyncio.wait_for(read.wait(), 60)


async def count_heartbeats(pool: Pool) -> int:
    """How many there are; none that could be seen over a connection of our own pool that was cut as well."""
    try:
        async with connection(pool) as conn:
            return int(await conn.fetchval("SELECT count(*) FROM heartbeat"))
    except Unavailable:
        return 0


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_worker_beats_while_it_works_and_says_goodbye(pool: Pool, database_url: str) -> None:
    async with working(pool, database_url):
        async with asyncio.timeout(5):
            while await count_heartbeats(pool) == 0:
                await asyncio.sleep(0.01)

    assert await count_heartbeats(pool) == 0


async def test_a_ring_of_another_process_is_heard_and_our_own_is_not_repeated(
    pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(WorkSignal, "signal_here", lambda work_signal: heard.append("ring"))
    monkeypatch.setattr(loops, "POLL_SECONDS", 0.1)
    async with working(pool, database_url) as work_signal:
        await until(lambda: heard)  # the link is up
        heard.clear()

        await notify_work(pool, work_signal.id)
        await notify_work(pool)

        await until(lambda: heard)
        assert heard == ["ring"]


async def test_a_process_that_only_serves_hears_of_new_keys(pool: Pool, database_url: str) -> None:
    instance = make_instance(pool, database_url=database_url)
    work_signal, stopping = WorkSignal(pool), asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(run_until(stopping, instance, listener, work_signal=work_signal, work=False))
        await until(work_signal.received.is_set)  # the link is up
        instance.signers.keep((1, "rsa"), make_signer("https://lomme.test/users/alice#main-key"))
        instance.proven.keep((1, "{}"), "{}")

        async with transaction(pool) as conn:
            await announce(conn, KEYS_CHANNEL, 1)

        await until(lambda: not len(instance.signers) and not len(instance.proven))
        stopping.set()
        await asyncio.wait_for(serving, 10)


async def test_a_process_that_only_works_rings_for_the_streams_of_others(pool: Pool, database_url: str) -> None:
    instance = make_instance(pool, database_url=database_url)
    work_signal, stopping = WorkSignal(pool), asyncio.Event()
    async with listen(database_url, stream_events.CHANNEL) as listener:
        assert await listener.get(5) is None  # the link is up
        working = asyncio.create_task(work_until(stopping, instance, work_signal))

        work_signal.signal_stream()

        assert await listener.get(5) == (stream_events.CHANNEL, str(work_signal.id))
        stopping.set()
        await asyncio.wait_for(working, 10)


async def always(*_: object, **__: object) -> bool:
    return True


@pytest.mark.parametrize("waits", [True, False])
async def test_streams_hear_of_each_activity_that_took_effect_also_of_the_last(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    work_signal, heard = WorkSignal(pool), []

    async def process_due(*_: object, committed: asyncio.Event, **__: object) -> int:
        committed.set()
        if waits:
            async with asyncio.timeout(2):
                await work_signal.stream.wait()
            heard.append("while others are processed")
            work_signal.stream.clear()
            committed.set()
        return 1

    monkeypatch.setattr(process, "process_due", process_due)
    monkeypatch.setattr(queue_lengths, "is_received_due", always)

    await loops._process(make_instance(pool), work_signal, asyncio.Event())

    assert work_signal.stream.is_set()
    assert bool(heard) is waits


async def test_many_rings_become_few_announcements(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[list[str]] = []

    async def record(pool: Pool, sender: object, channels: list[str]) -> None:
        announced.append(channels)

    monkeypatch.setattr("web.middlewares.work_signals.notify_work", record)
    work_signal = WorkSignal(pool)
    task = asyncio.create_task(work_signal.announce_signals())
    for _ in range(100):
        work_signal.signal_received()
        work_signal.signal_stream()
        await asyncio.sleep(0)
    await asyncio.sleep(0.12)
    task.cancel()

    assert 1 <= len(announced) <= 3
    assert {channel for channels in announced for channel in channels} == {CHANNEL, stream_events.CHANNEL}


async def test_a_worker_survives_that_all_its_connections_are_cut(pool: Pool, database_url: str) -> None:
    async with working(pool, database_url):
        async with asyncio.timeout(5):
            while await count_heartbeats(pool) == 0:
                await asyncio.sleep(0.01)
        async with connection(pool) as conn:
            await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await eventually(partial(forget_heartbeats, pool))

        await eventually(partial(count_heartbeats, pool))


async def forget_heartbeats(pool: Pool) -> bool:
    """Done; False as long as this pool still hands out a connection that was cut."""
    try:
        async with connection(pool) as conn:
            await conn.execute("DELETE FROM heartbeat")
    except Unavailable:
        return False
    return True


async def test_what_a_job_has_to_be_delivered_or_shown_is_looked_for_at_once(
    pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    async def look(*_: object, **__: object) -> bool:
        looks.append("delivery")
        return False

    async def run_test_job(_: Instance, payload: str) -> None:
        looks.append(payload)
        if payload == "fails":
            raise Unavailable

    monkeypatch.setattr(loops, "POLL_SECONDS", 3600.0)
    monkeypatch.setattr(queue_lengths, "is_delivery_due", look)
    monkeypatch.setitem(HANDLERS, "test", run_test_job)
    async with working(pool, database_url) as work_signal:
        await until(lambda: looks[-1:] == ["delivery"])
        for payload in ("works", "fails"):
            work_signal.stream.clear()
            looks.clear()
            async with transaction(pool) as conn:
                await enqueue(conn, "test", payload)

            await until(lambda: payload in looks and looks[-1] == "delivery")  # noqa: B023 - called in this turn
            assert work_signal.stream.is_set()


async def test_every_job_and_chore_can_be_run(pool: Pool) -> None:
    instance = make_instance(pool)

    assert set(list_handlers(instance)) == set(HANDLERS)
    assert [periodic.name for periodic in list_periodic(instance)] == list(PERIODIC_TASKS)
    assert all(callable(forget) for forget in SWEEPS.values())
