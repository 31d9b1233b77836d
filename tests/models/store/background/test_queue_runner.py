"""Working through a queue, the slow ones in nobody's way."""

import asyncio
from collections.abc import Iterable

import pytest

from models.errors import Conflict
from models.store.background.queue_runner import Queue, work_through


class Source:
    """A queue of numbers; `limit` at a time. Notes what was worked on."""

    def __init__(self, items: list[int], limit: int = 3) -> None:
        self.items = items
        self.limit = limit
        self.done: list[int] = []
        self.claims = 0
        self.gate: dict[int, asyncio.Event] = {}

    async def claim(self) -> tuple[Iterable[int], bool]:
        self.claims += 1
        taken, self.items = self.items[: self.limit], self.items[self.limit :]
        return taken, len(taken) == self.limit

    async def work(self, item: int) -> None:
        if item in self.gate:
            await self.gate[item].wait()
        if item < 0:
            raise Conflict
        self.done.append(item)

    async def renew(self) -> None:
        pass

    async def run(self, wake: asyncio.Event | None = None, stopping: asyncio.Event | None = None) -> None:
        queue = Queue(claim=self.claim, work=self.work, renew=self.renew)
        await work_through(queue, wake=wake or asyncio.Event(), stopping=stopping or asyncio.Event())


async def test_everything_is_worked_through() -> None:
    source = Source(list(range(20)))

    await source.run()

    assert sorted(source.done) == list(range(20))


async def test_what_comes_while_something_is_slow_is_done_at_the_bell() -> None:
    source, wake = Source([1, 2]), asyncio.Event()
    source.gate[1] = asyncio.Event()
    running = asyncio.create_task(source.run(wake))
    while source.done != [2]:
        await asyncio.sleep(0)

    source.items.append(3)
    wake.set()
    async with asyncio.timeout(0.5):
        while source.done != [2, 3]:
            await asyncio.sleep(0.001)

    source.gate[1].set()
    await running
    assert source.done == [2, 3, 1]


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
