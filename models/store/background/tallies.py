"""`Tallies`: what happened in this process since it started, counted and timed; read by whoever watches it run.

Nothing of it is about anybody, and the words are few: kinds and outcomes, never a host or a name.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: what took so long at most is counted together."""


@dataclass(slots=True)
class Times:
    """How long something took: how often up to each of the BOUNDS and above, and all together."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0


class Tallies:
    """Of one process: by what it was, and how it ended."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.times: dict[tuple[str, ...], Times] = {}

    def count(self, *what: str, times: int = 1) -> None:
        """It happened."""
        self.counts[what] += times

    def time(self, seconds: float, *what: str) -> None:
        """It happened, and took so long."""
        found = self.times.setdefault(what, Times())
        found.counts[bisect_left(BOUNDS, seconds)] += 1
        found.total += seconds
