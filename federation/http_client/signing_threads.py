"""Requests are signed in threads, several at a time: RSA lets the event loop go on, and few hand-overs disturb it."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Result = TypeVar("Result")

TOGETHER = 8
"""So many are signed one after the other before the event loop hears of them: some 2 ms."""

Signing = tuple[Callable[[], Result], "asyncio.Future[Result]"]
End = tuple["asyncio.Future[Result]", Result | Exception]


class SigningThreads(Generic[Result]):
    """As many threads as there are cores. What is asked for in one round of the event loop is handed over together."""

    def __init__(self) -> None:
        """Starts no thread before there is something to sign."""
        self._threads = ThreadPoolExecutor(max_workers=os.cpu_count() or 2, thread_name_prefix="sign")
        self._waiting: list[Signing[Result]] = []
        self._asked: set[asyncio.Future[Result]] = set()

    async def sign(self, make: Callable[[], Result]) -> Result:
        """What `make` returns, or raises, in one of the threads."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._hand_over, loop)
        done: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((make, done))
        self._asked.add(done)
        done.add_done_callback(self._asked.discard)
        return await done

    def close(self) -> None:
        """Begin nothing more; whoever still waits is cut off."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for done in list(self._asked):
            done.cancel()

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        waiting, self._waiting = self._waiting, []
        for begin in range(0, len(waiting), TOGETHER):
            some = waiting[begin : begin + TOGETHER]
            try:
                self._threads.submit(_sign, some, loop)
            except RuntimeError as error:  # closed meanwhile
                _settle(list[End[Result]]((done, error) for _, done in some))


def _sign(some: list[Signing[Result]], loop: asyncio.AbstractEventLoop) -> None:
    ends = [(done, _make(make)) for make, done in some]
    if not loop.is_closed():
        loop.call_soon_threadsafe(_settle, ends)


def _make(make: Callable[[], Result]) -> Result | Exception:
    try:
        return make()
    except Exception as error:
        return error


def _settle(ends: list[End[Result]]) -> None:
    for done, end in ends:
        if done.done():  # whoever waited was cut off
            continue
        if isinstance(end, Exception):
            done.set_exception(end)
        else:
            done.set_result(end)
