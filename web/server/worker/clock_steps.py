"""Our own clock is set, by somebody or by itself: other servers are asked at once what they say of it."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

import structlog

from federation.discovery.clock_check import ask_clocks
from federation.instance import Instance
from models.errors import Unavailable
from models.store.background.beats import until_beat
from web.middlewares.shutdown import has_ended
from web.server.worker.health import watch_health

log = structlog.get_logger(__name__)

LOOK_SECONDS = 10.0

STEP_SECONDS = 5.0
"""A clock that the network keeps is moved slowly; what jumps so far was set."""


@dataclass(slots=True)
class OwnClock:
    """What tells that a clock was set: how far it is from one that nobody can set, since the last look that counted."""

    apart: float

    def read_step(self) -> float:
        """By how many seconds it was set since then."""
        return read_apart() - self.apart


def read_apart() -> float:
    """The clock of the wall less the seconds that go by."""
    return time.time() - time.monotonic()


async def watch_clock_regularly(instance: Instance, clock: OwnClock) -> None:
    """Every few seconds, until cancelled. While the database is away a step stays to be looked into."""
    while True:
        await asyncio.sleep(until_beat(LOOK_SECONDS))
        with suppress(Unavailable):
            await watch_clock(instance, clock)


async def watch_clock(instance: Instance, clock: OwnClock) -> None:
    """Ask others for the time if ours was set, and look whether it is right now."""
    step = clock.read_step()
    if abs(step) < STEP_SECONDS or await has_ended(instance):
        return
    log.warning("clock_was_set", seconds=round(step))
    await ask_clocks(instance)
    await watch_health(instance)
    clock.apart += step
