"""`QueueRunner`: what was claimed from a queue, worked on side by side, the slow ones in nobody's way."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from types import TracebackType
from typing import Any, Self

RENEW_SECONDS = 10.0
"""Claims last 30 s; whoever runs a queue renews them this often."""

POLL_SECONDS = 1.0
"""New work is looked for this often while old work goes on, even when no bell rings."""

BREATH_SECONDS = 0.05
"""Until work is looked for again that may have waited behind a lane: hundreds of them end one by one."""

Work = Coroutine[Any, Any, None]


class QueueRunner:
    """Runs what it is given and calls nobody: the loop stands where the queue is known.

        async with QueueRunner(wake=wake, stopping=stopping) as runner:
            runner.start_beside(renew_claims())
            async for _ in runner.rounds():
                claimed = await claim(room)
                for lane in group(claimed):
                    runner.start(work_on(lane))
                runner.more = len(claimed) == room

    A lane is what has to be done in order, one after the other. Leaving the block cancels what still runs.
    """

    def __init__(self, *, wake: asyncio.Event, stopping: asyncio.Event) -> None:
        """`wake` is set when there may be more to claim. Once `stopping` is set there are no more rounds."""
        self.more = False
        self._wake = wake
        self._stopping = stopping
        self._lanes: dict[asyncio.Task[None], int] = {}
        self._beside: list[asyncio.Task[None]] = []
        self._failure: BaseException | None = None
        self._ended = asyncio.Event()
        self._enough = 0
        self._rings = 0
        self._behind = False
        self._soon: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._soon is not None:
            self._soon.cancel()
        left = [*self._beside, *self._lanes]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def start(self, work: Work) -> None:
        """Begin a lane. What it raises ends everything: `rounds` raises it."""
        lane = asyncio.create_task(work)
        self._lanes[lane] = self._rings
        lane.add_done_callback(self._end)

    def start_beside(self, work: Work) -> None:
        """Begin what goes on for ever, and for which nobody waits in the end. What it raises ends everything too."""
        task = asyncio.create_task(work)
        self._beside.append(task)
        task.add_done_callback(self._end)

    async def rounds(self) -> AsyncIterator[None]:
        """Each time that there is room for more, until nothing runs; `more` says that there may be some at once.

        Raises what a lane raised.
        """
        while True:
            self.more = False
            if not self._stopping.is_set():
                yield
            if not self._lanes:
                return
            await self._wait()

    async def _wait(self) -> None:
        """Until all lanes are done (or half, where there is more), somebody rang, or it is time to look again.

        Somebody who rang while a lane was under way may have meant what stands behind it: see `_end`.
        """
        self._enough = len(self._lanes) // 2 if self.more else 0
        self._ended.clear()
        if self._failure is None and len(self._lanes) > self._enough and not self._behind:
            waits = {asyncio.create_task(self._ended.wait()), asyncio.create_task(self._wake.wait())}
            try:
                await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waits:
                    one.cancel()
        self._rings += self._wake.is_set()
        self._behind = False
        self._wake.clear()
        if self._failure is not None:
            raise self._failure

    def _end(self, lane: "asyncio.Task[None]") -> None:
        """Hundreds of them end one by one, so nothing here is done for all when one ends."""
        rung = self._lanes.pop(lane, self._rings) < self._rings
        if not lane.cancelled() and lane.exception() is not None:
            self._failure = self._failure or lane.exception()
        if self._failure is not None or len(self._lanes) <= self._enough:
            self._ended.set()
        elif rung and self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(BREATH_SECONDS, self._look_behind)

    def _look_behind(self) -> None:
        self._soon, self._behind = None, True
        self._ended.set()
