"""What this machine can do at best, measured beside each part, and the targets that follow from it.

A target is written as it was set on one machine (`REFERENCE`). On another one, or on one that is busy, it is as much
higher or lower as the limit that it hangs on (its yardstick): so a target turns red by what the code does alone.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Rates a second, but for two that are milliseconds: a statement of one row, and a sum of 100,000 numbers.

    `hello_work` is the processor time of one request to a bare aiohttp, generator and all, `verify_work` that of one
    signature: milliseconds too, but not those that others took meanwhile.
    """

    verifies: float
    signs: float
    handshakes: float
    hellos: float
    commits: float
    commits_together: float
    statement: float
    sum: float
    verify_work: float
    hello_work: float


REFERENCE = Limits(
    verifies=49_400,
    signs=4_050,
    handshakes=1_150,
    hellos=19_700,
    commits=4_100,
    commits_together=15_000,
    statement=0.092,
    sum=9.1,
    verify_work=0.0202,
    hello_work=0.052,
)
"""On the machine on which the targets were set version 89e42f5 takes in 522 of the mixed activities a second, and
works 2.8 ms on each. It is not at hand. These are the limits of another one at rest, on which the same harness finds
477 and 540 a second with that version, and 2.66 and 3.03 ms (November 2026).
"""

YARDSTICKS: Mapping[str, Callable[[Limits], float]] = MappingProxyType(
    {
        # One request and one signature after the other: the least that taking in one activity can be. The disk has no
        # part in it: many share a commit, and while it is waited for others are taken in.
        "bare intake": lambda at: 1 / (1 / at.hellos + 1 / at.verifies),
        "bare work": lambda at: at.hello_work + at.verify_work,
        "bare page": lambda at: 1000 / at.hellos + at.statement,
        "sum": lambda at: at.sum,
        "200 bare deliveries": lambda at: 200 * (1 / at.signs + 1 / at.hellos),
        "200 first deliveries": lambda at: 200 * (1 / at.signs + 1 / at.hellos + 1 / at.handshakes),
    }
)
"""What targets hang on, by the name that stands beside the figure."""

MEASURED: ContextVar[Limits] = ContextVar("MEASURED")
"""The limits as they were measured just before the part that runs."""


def scale(target: float, yardstick: str) -> float:
    """A target of the reference machine, as it is on this one now."""
    measure = YARDSTICKS[yardstick]
    return target * measure(MEASURED.get()) / measure(REFERENCE)


def measure_against(value: float, yardstick: str) -> float:
    """How many times the yardstick of this machine a figure is."""
    return value / YARDSTICKS[yardstick](MEASURED.get())
