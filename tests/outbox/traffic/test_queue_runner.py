"""Working through a queue, the slow ones in nobody's way."""

import asyncio
from collections.abc import Callable

import pytest

from models.errors import Conflict
from outbox.traffic import queue_runner
from outbox.traffic.queue_runner import QueueRunner


class Source:
    """A queue of numbers; `limit` at a time. Notes what was worked on."""

    def __init__(self, items: list[int], limit: int = 3) -> None:
        self.items = items
        self.limit = limit
        self.done: list[int] = []
        self.claims = 0
        self.gate: dict[int, asyncio.Event] = {}
        self.lost = asyncio.Event()

    def claim(self) -> list[int]:
        self.claims += 1
        taken, self.items = self.items[: self.limit], self.items[self.limit :]
        return taken

    async def work(self, item: int) -> None:
        if item in self.gate:
            await self.gate[item].wait()
        if item < 0:
            raise Conflict
        self.done.append(item)

    async def renew(self) -> None:
        await self.lost.wait()
        raise Conflict

    async def run(self, wake: asyncio.Event | None = None, stopping: asyncio.Event | None = None) -> None:
        async with QueueRunner(wake=wake or asyncio.Event(), stopping=stopping or asyncio.Event()) as runner:
            runner.start_beside(self.renew())
            async for _ in runner.rounds():
                taken = self.claim()
                for item in taken:
                    runner.start(self.work(item))
                runner.more = len(taken) == self.limit


async def test_everything_is_worked_through() -> None:
    source = Source(list(range(20)))

    await source.run()

    assert sorted(source.done) == list(range(20))


async def test_what_was_rung_for_while_its_lane_was_busy_is_begun_when_that_lane_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue_runner, "POLL_SECONDS", 3600)  # nobody looks for it by chance
    source, wake = Source([1, 2]), asyncio.Event()
    source.gate = {1: asyncio.Event(), 2: asyncio.Event()}
    running = asyncio.create_task(source.run(wake))
    await wait_for(lambda: source.claims == 1)
    wake.set()  # for 3, which stands behind 2: no claim gives it yet
    await wait_for(lambda: source.claims == 2)
    source.items.append(3)

    source.gate[2].set()

    await wait_for(lambda: source.done == [2, 3])
    source.gate[1].set()
    await running
    assert source.claims <= 4


async def test_lanes_that_end_cost_no_look_when_nobody_rang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_runner, "POLL_SECONDS", 3600)
    monkeypatch.setattr(queue_runner, "BREATH_SECONDS", 0)
    source = Source([*range(40)], limit=100)
    source.gate[39] = asyncio.Event()
    running = asyncio.create_task(source.run())
    await wait_for(lambda: len(source.done) == 39)
    await asyncio.sleep(0)

    source.gate[39].set()
    await running

    assert source.claims == 2, "one that gave all, and one that found nothing more"


async def wait_for(reached: Callable[[], bool]) -> None:
    """Let the others go on until it is so."""
    async with asyncio.timeout(10):
        while not reached():
            await asyncio.sleep(0.001)


async def test_what_comes_while_something_is_slow_is_done_at_the_bell() -> None:
    source, wake = Source([1, 2]), asyncio.Event()
    source.gate[1] = asyncio.Event()
    running = asyncio.create_task(source.run(wake))
    while source.done != [2]:
        await asyncio.sleep(0)

    source.items.append(3)
    wake.set()
    for _ in range(100):  # turns of the loop, in which no time passes: nobody looks again, it is told
        await asyncio.sleep(0)
    assert source.done == [2, 3]

    source.gate[1].set()
    await running
    assert source.done == [2, 3, 1]


async def test_what_comes_while_something_is_slow_is_found_without_a_bell_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_runner, "POLL_SECONDS", 0.01)
    source = Source([1, 2])
    source.gate[1] = asyncio.Event()
    running = asyncio.create_task(source.run())
    await wait_for(lambda: source.done == [2])

    source.items.append(3)  # as what becomes due: nobody rings for it

    await wait_for(lambda: source.done == [2, 3])
    source.gate[1].set()
    await running


async def test_what_one_raises_ends_the_others() -> None:
    source = Source([1, -1])
    source.gate[1] = asyncio.Event()

    with pytest.raises(Conflict):
        await source.run()

    assert source.done == []


async def test_when_it_is_time_to_stop_what_was_begun_is_finished() -> None:
    source, stopping = Source([1, 2, 3, 4, 5], limit=2), asyncio.Event()
    source.gate[1] = asyncio.Event()
    running = asyncio.create_task(source.run(stopping=stopping))
    while 2 not in source.done:
        await asyncio.sleep(0)

    stopping.set()
    source.gate[1].set()
    await running

    assert 1 in source.done and len(source.done) < 5


async def test_what_cannot_be_held_any_more_is_worked_on_no_longer() -> None:
    source = Source([1, 2])
    source.gate[1] = asyncio.Event()
    running = asyncio.create_task(source.run())
    while source.done != [2]:
        await asyncio.sleep(0)

    source.lost.set()

    with pytest.raises(Conflict):
        await running
    source.gate[1].set()
    await asyncio.sleep(0)
    assert source.done == [2]


async def test_what_was_begun_ends_with_whoever_runs_it() -> None:
    source, before = Source([1]), asyncio.all_tasks()
    source.gate[1] = asyncio.Event()
    running = asyncio.create_task(source.run())
    while not source.claims:
        await asyncio.sleep(0)

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert asyncio.all_tasks() == before
    assert source.done == []
