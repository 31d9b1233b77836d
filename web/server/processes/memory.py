"""What a process freed goes back to the machine, where the C library would keep it for later."""

import asyncio
from importlib import import_module
from typing import Any

FIRST_SECONDS = 60.0
"""After a start, which frees most of all."""

EACH_SECONDS = 1800.0
"""Often enough after big pictures and archives; it takes a few milliseconds."""


async def trim_regularly() -> None:
    """Give back what is free, again and again until cancelled. Only glibc has to be asked (malloc_trim(3))."""
    trim = find_malloc_trim()
    await asyncio.sleep(FIRST_SECONDS)
    while trim is not None:
        trim(0)
        await asyncio.sleep(EACH_SECONDS)


def find_malloc_trim() -> Any:
    """`malloc_trim` of the C library that this process uses; None where it has none."""
    return getattr(import_module("ctypes").CDLL(None), "malloc_trim", None)
