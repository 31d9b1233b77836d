"""`work_through`: what is due in a queue, taken by claims and worked on side by side, the slow ones in nobody's way."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Lane = TypeVar("Lane")

RENEW_SECONDS = 10.0
"""Claims last 30 s; they are renewed this often while their lanes run."""

POLL_SECONDS = 1.0
"""New work is looked for this often while old work goes on, even when no bell rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Generic[Lane]):
    """How to work through one queue. A lane is what has to be done in order, one after the other.

    `claim` takes what there is room for and tells whether there may be more; `work` does one lane; `renew` holds what
    is still claimed.
    """

    claim: Callable[[], Awaitable[tuple[Iterable[Lane], bool]]]
    work: Callable[[Lane], Coroutine[Any, Any, None]]
    renew: Callable[[], Awaitable[None]]


async def work_through(queue: Queue[Lane], *, wake: asyncio.Event, stopping: asyncio.Event) -> None:
    """Work until nothing is due, looking for more whenever there is room or `wake` is set.

    Once `stopping` is set nothing more is claimed. What a lane raises ends everything: what was claimed is free
    again after 30 s.
    """
    running = _Running()
    renewing = asyncio.create_task(_renew(queue))
    renewing.add_done_callback(running.end)
    try:
        while True:
            more = False
            if not stopping.is_set():
                fresh, more = await queue.claim()
                for lane in fresh:
                    running.start(queue.work(lane))
            if not running.lanes:
                return
            await running.wait(wake, half=more)
    finally:
        renewing.cancel()
        await running.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


class _Running:
    """The lanes that run now. Hundreds of them end one by one, so nothing here is done for all when one ends."""

    def __init__(self) -> None:
        self.lanes: set[asyncio.Task[None]] = set()
        self.failure: BaseException | None = None
        self._ended = asyncio.Event()
        self._enough = 0

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        lane = asyncio.create_task(work)
        self.lanes.add(lane)
        lane.add_done_callback(self.end)

    def end(self, lane: "asyncio.Task[None]") -> None:
        self.lanes.discard(lane)
        if not lane.cancelled() and lane.exception() is not None:
            self.failure = self.failure or lane.exception()
        if self.failure is not None or len(self.lanes) <= self._enough:
            self._ended.set()

    async def wait(self, wake: asyncio.Event, *, half: bool) -> None:
        """Until all are done (or half), somebody rang, or it is time to look again. Raises what a lane raised."""
        self._enough = len(self.lanes) // 2 if half else 0
        self._ended.clear()
        if self.failure is None and len(self.lanes) > self._enough:
            waits = {asyncio.create_task(self._ended.wait()), asyncio.create_task(wake.wait())}
            try:
                await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waits:
                    one.cancel()
        wake.clear()
        if self.failure is not None:
            raise self.failure

    async def cancel(self) -> None:
        lanes = list(self.lanes)
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)


async def _renew(queue: Queue[Lane]) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        await queue.renew()
