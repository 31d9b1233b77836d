"""Waiting for what another process does: ask until it is so, never sleep for a guessed time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(check: Callable[[], Awaitable[T | None]], *, within: float = 10.0) -> T:
    """The first answer of `check` that is true, asked every 50 ms; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        found = await check()
        if found:
            return found
        assert time.monotonic() < deadline, f"still {found!r} after {within} s"
        await asyncio.sleep(0.05)
