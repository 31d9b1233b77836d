"""No activity takes more of the processor than it may, wherever it takes it."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from threading import Event

import pytest

from inbox.errors import TookTooLong
from inbox.posts import remote_posts
from inbox.posts.sets import new_posts
from inbox.posts.translation import read_new_post
from inbox.processing import process, processor_time
from inbox.processing.process import process_due
from inbox.processing.processor_time import interrupt_long_steps, limit_processor_time
from models.people.actors import Actor
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def be_busy(rounds: int) -> int:
    """Work in small steps, waiting between them."""
    for _ in range(rounds):
        sum(range(20_000))
        await asyncio.sleep(0)
    return rounds


async def be_stuck() -> None:
    """Work without ever waiting."""
    for _ in itertools.count():
        pass


async def test_what_it_returns_and_raises_passes() -> None:
    assert await limit_processor_time(be_busy(3)) == 3
    with pytest.raises(ZeroDivisionError):
        await limit_processor_time(fail())


async def fail() -> None:
    """Fail after a wait."""
    await asyncio.sleep(0)
    raise ZeroDivisionError


async def test_waiting_costs_nothing() -> None:
    await limit_processor_time(asyncio.sleep(0.05), budget=0.01)


async def test_what_ends_soon_asks_for_no_time_of_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask() -> float:
        raise AssertionError("the clock was enough")

    monkeypatch.setattr(processor_time, "thread_time", ask)

    assert await limit_processor_time(be_busy(3), budget=1_000) == 3


async def test_a_machine_that_is_busy_with_others_spends_nothing_of_the_budget() -> None:
    async def be_kept_waiting() -> int:
        for _ in range(5):
            Event().wait(0.01)
            await asyncio.sleep(0)
        return 5

    assert await limit_processor_time(be_kept_waiting(), budget=0.02) == 5


async def test_many_small_steps_end_at_the_budget() -> None:
    with pytest.raises(TookTooLong):
        await limit_processor_time(be_busy(1_000_000), budget=0.05)


async def test_one_long_step_ends_soon_after_the_budget() -> None:
    interrupt_long_steps()

    with pytest.raises(TookTooLong):
        await limit_processor_time(be_stuck(), budget=0.05)


async def test_what_has_no_budget_is_not_interrupted() -> None:
    interrupt_long_steps()

    sum(range(30_000_000))


async def test_cancelling_reaches_what_runs() -> None:
    ended = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async def run() -> None:
        await limit_processor_time(wait())

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_costly_activity_is_set_aside_and_the_next_one_takes_effect(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_long_steps()
    await desk.follow(alice, bob)
    costly, next_one = desk.note(bob, content="<p>costly</p>"), desk.note(bob)
    make_costly(monkeypatch)

    await desk.take(bob, desk.create(bob, costly), desk.create(bob, next_one))

    assert await desk.states() == [("failed", "This takes more processor time than an activity may."), ("done", None)]
    assert await process_due(desk.instance) == 0


def make_costly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one note takes for ever, and activities may take a twentieth of a second."""

    read: Callable[..., object] = read_new_post
    limit: Callable[..., Awaitable[None]] = limit_processor_time

    def read_for_ever(author: Actor, object: object, known: dict[str, int]) -> object:
        if getattr(object, "content", "") == "<p>costly</p>":
            for _ in itertools.count():
                pass
        return read(author, object, known)

    for module in (remote_posts, new_posts):
        monkeypatch.setattr(module, "read_new_post", read_for_ever)
    for module in (process,):
        monkeypatch.setattr(module, "limit_processor_time", lambda work: limit(work, budget=0.1))


async def test_what_is_cancelled_over_its_budget_is_cancelled_all_the_same() -> None:
    ready = asyncio.Event()

    async def work() -> None:
        sum(range(2_000_000))
        ready.set()
        await asyncio.sleep(60)

    async def run() -> None:
        await limit_processor_time(work(), budget=0.000_001)

    task = asyncio.create_task(run())
    while not ready.is_set():
        await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
