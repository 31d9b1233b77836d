"""Waiting for what another process does: ask until it is so, never sleep for a guessed time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


PAUSE_SECONDS = 0.05


async def eventually(check: Callable[[], Awaitable[T | None]], *, within: float = 10.0) -> T:
    """The first answer of `check` that is true, asked every 50 ms.

    Fails after as many questions as fit into `within` seconds of a machine that has nothing else to do: they are
    counted, so that one that is busy with something else, and answers late, is also asked for longer.
    """
    for _ in range(round(within / PAUSE_SECONDS)):
        found = await check()
        if found:
            return found
        await asyncio.sleep(PAUSE_SECONDS)
    found = await check()
    assert found, f"still {found!r} after {within} s"
    return found
