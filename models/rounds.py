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
    lanes: set[asyncio.Task[None]] = set()
    renewing = asyncio.create_task(_renew(queue))
    try:
        while True:
            more = False
            if not stopping.is_set():
                fresh, more = await queue.claim()
                lanes.update(asyncio.create_task(queue.work(lane)) for lane in fresh)
            if not lanes:
                return
            await _wait(lanes, wake, enough=max(len(lanes) // 2, 1) if more else len(lanes))
            for lane in [lane for lane in lanes if lane.done()]:
                lanes.remove(lane)
                lane.result()
            if renewing.done():
                renewing.result()
    finally:
        for task in (renewing, *lanes):
            task.cancel()
        await asyncio.gather(renewing, *lanes, return_exceptions=True)


async def _wait(lanes: set["asyncio.Task[None]"], wake: asyncio.Event, *, enough: int) -> None:
    """Until so many lanes are done, somebody rang, or it is time to look again."""
    woken = asyncio.create_task(wake.wait())
    loop = asyncio.get_running_loop()
    end = loop.time() + POLL_SECONDS
    try:
        while sum(lane.done() for lane in lanes) < enough and not wake.is_set() and loop.time() < end:
            waiting = {lane for lane in lanes if not lane.done()}
            await asyncio.wait({woken, *waiting}, timeout=end - loop.time(), return_when=asyncio.FIRST_COMPLETED)
    finally:
        woken.cancel()
        wake.clear()


async def _renew(queue: Queue[Lane]) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        await queue.renew()
