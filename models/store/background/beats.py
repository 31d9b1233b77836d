"""When to look again where nothing rings: all of a process at one moment, so that it sleeps as a whole meanwhile."""

import time

SOON = 0.25
"""Who looks so shortly before a beat has looked."""

BEHIND = 0.005
"""Timers may ring a moment early: what is due on the second is looked for behind it."""


def until_beat(every: float) -> float:
    """Seconds until the clock stands at a multiple of `every`, which is the same moment for all who ask for it."""
    left = every - time.time() % every
    return left + BEHIND + (every if left < min(SOON, every / 2) else 0)
