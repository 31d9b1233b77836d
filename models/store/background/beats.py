"""When to look again where nothing rings: all of a process at one moment, so that it sleeps as a whole meanwhile."""

import time

SOON = 0.25
"""Who looks so shortly before a beat has looked."""

BEHIND = 0.005
"""Timers may ring a moment early: what is due on the second is looked for behind it."""


BETWEEN = 0.03
"""Those who ask the database do it one after the other, so that one connection does for all."""


def until_beat(every: float, place: int = 0) -> float:
    """Seconds until the clock stands at a multiple of `every`, one moment for all who ask for it, by places."""
    left = every - time.time() % every
    return left + BEHIND + place * BETWEEN + (every if left < min(SOON, every / 2) else 0)
