"""Our own clock is set, by somebody or by itself: other servers are asked at once what they say of it.

So they are after a start, since nobody knows what happened before it.
"""

import asyncio
import math
import time
from contextlib import suppress
from dataclasses import dataclass

import structlog

from federation.discovery.clock_check import ask_clocks
from federation.instance import Instance
from models.errors import Entangled, Unavailable
from models.store.background.beats import until_beat
from web.middlewares.shutdown import has_ended
from web.server.worker.health import watch_health

log = structlog.get_logger(__name__)

LOOK_SECONDS = 10.0

STEP_SECONDS = 5.0
"""A clock that the network keeps is moved slowly; what jumps so far was set."""

AGAIN_SECONDS = 60.0

MOST_AGAIN = 10
"""So often others are asked once more while too few answer: the network may be away. What they say later, whenever it
is, tells as well."""


@dataclass(slots=True)
class OwnClock:
    """What tells that a clock was set: how far it is from one that nobody can set, since the last look that counted.

    Nothing counted before the first one. Others are asked `again` so many times, from `again_at` on.
    """

    apart: float = -math.inf
    again: int = 0
    again_at: float = 0.0

    def was_set(self) -> bool:
        """Whether it was set since then, as far as is known."""
        return abs(read_apart() - self.apart) >= STEP_SECONDS

    def is_asked_again(self) -> bool:
        """Whether too few answered, a while ago."""
        return self.again > 0 and read_steady() >= self.again_at

    def put_off(self, left: int) -> None:
        """Others are to be asked so many times more, the next time in a while."""
        self.again, self.again_at = left, read_steady() + AGAIN_SECONDS


def read_steady() -> float:
    """The seconds that go by, where the system says so also those in which the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def read_apart() -> float:
    """The clock of the wall less the seconds that go by."""
    return time.time() - read_steady()


async def watch_clock_regularly(instance: Instance, clock: OwnClock) -> None:
    """At once, and every few seconds until cancelled. While the database is away a step stays to be looked into."""
    while True:
        with suppress(Unavailable, Entangled):
            await watch_clock(instance, clock)
        await asyncio.sleep(until_beat(LOOK_SECONDS))


async def watch_clock(instance: Instance, clock: OwnClock) -> None:
    """Ask others for the time if ours was set, or too few answered then, and look whether it is right now.

    At a start there is enough to do: the chores look soon.
    """
    was_set, starting = clock.was_set(), clock.apart == -math.inf
    if not (was_set or clock.is_asked_again()) or await has_ended(instance):
        return
    apart = read_apart()
    if was_set and not starting:
        log.warning("clock_was_set", seconds=round(apart - clock.apart))
    enough = await ask_clocks(instance, anew=was_set)
    left = MOST_AGAIN if was_set else clock.again - 1
    clock.put_off(0 if enough else left)
    if was_set:
        clock.apart = apart
    if not starting:
        await watch_health(instance)
