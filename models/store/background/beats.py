"""When to look again where nothing rings: all of a process at one moment, so that it sleeps as a whole meanwhile."""

import time
import zlib

SOON = 0.25
"""Who looks so shortly before a beat has looked."""

BEHIND = 0.005
"""Timers may ring a moment early: what is due on the second is looked for behind it."""

BETWEEN = 0.03
"""Those who ask the database do it one after the other, so that one connection does for all."""

ROUND = 60.0
"""The longest time between two beats; the others fit into it."""

_offset = 0.0


def set_apart(host: str) -> None:
    """The beats of this instance, in all its processes, are not those of the other instances of the world.

    Else all of them would ask each other, and the machine that several share, at the same moment.
    """
    global _offset
    _offset = zlib.crc32(host.encode()) % int(ROUND * 1000) / 1000


def until_beat(every: float, place: int = 0) -> float:
    """Seconds until the clock stands at our moment of `every`, the same for all who ask for it, by places."""
    left = every - (time.time() - _offset) % every
    return left + BEHIND + place * BETWEEN + (every if left < min(SOON, every / 2) else 0)
