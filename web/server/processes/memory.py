"""What a process needs no more: what only holds itself is looked for seldom, what is free goes back to the machine."""

import asyncio
import gc
from importlib import import_module
from itertools import count
from typing import Any

from models.store.background.beats import until_beat

SELDOM = (5_000, 10, 10)
"""So many objects more than at the last look until Python looks for what only holds itself, and how many looks among
the young until one among those that stayed.

What is in the middle of being answered or processed comes to thousands of objects and is all in use: with Python's 700
it was looked through 470 times for 4,000 activities, which leave nothing to find. A page leaves some 600: with 20,000
each thirtieth reader waited 15 ms for all of them, with this each eighth one waits three."""

LOOK_SECONDS = 5.0
"""At the latest then it looks among the young all the same: a few objects can hold a large body."""

WHOLE_SECONDS = 300.0
"""And then among all but what is kept for good."""

FIRST_SECONDS = 60.0
"""After a start, which frees most of all."""

EACH_SECONDS = 1800.0
"""Often enough after big pictures and archives; it takes a few milliseconds."""

SETTINGS = {-8: 2, -3: 1 << 17, -1: 1 << 18}
"""mallopt(3): at most two arenas for all threads; what is larger than 128 kB is given back when it is free, and so is
the end of the heap from 256 kB on. glibc would raise both with the first large block that it frees, and each connection
with TLS has one of 256 kB.
"""


async def collect_regularly() -> None:
    """Look for what only holds itself as seldom as is good, until cancelled; from then on too."""
    gc.set_threshold(*SELDOM)
    for looks in count(1):
        await asyncio.sleep(until_beat(LOOK_SECONDS))
        gc.collect(1 if looks % int(WHOLE_SECONDS / LOOK_SECONDS) else 2)


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


def set_malloc() -> None:
    """Tell the C library how to hold memory; before there are threads. Only glibc can be told."""
    mallopt = getattr(import_module("ctypes").CDLL(None), "mallopt", None)
    if mallopt is not None:
        for parameter, value in SETTINGS.items():
            mallopt(parameter, value)
