"""How far a call is told, from the nearest repairers to the friend cooperatives, and when the next ones follow (pure).

A call is public from the first moment: a reach concerns nothing but whom a server tells by itself.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, get_args

from models.moments import PARIS

Reach = Literal["3km", "8km", "epci", "friends"]

REACHES: tuple[Reach, ...] = get_args(Reach)
"""From the narrowest to the widest; in the Note of a call `repair.reach`."""

URGENT = "Now"

FARTHEST = 30_000
"""Metres beyond which nobody is told of a call, whatever its reach."""

WAITS: dict[str, tuple[timedelta, timedelta, timedelta]] = {
    URGENT: (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30)),
    "Today": (timedelta(hours=1), timedelta(hours=3), timedelta(hours=6)),
}
CALM = (timedelta(hours=4), timedelta(hours=12), timedelta(hours=24))
"""How long after its beginning a call that nobody answers goes further, by its urgency; else CALM."""

UNANSWERED = timedelta(hours=24)
"""So long after the last wave its author hears that nobody came forward."""

NIGHT, MORNING = time(22), time(7)
"""Between these nothing goes further that can wait, by the clock in Paris."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where repairers live who are told: in this circle, in metres, or in the same EPCI where `epci` says so."""

    circle: float
    epci: bool = False


AREAS: dict[Reach | None, Area] = {
    None: Area(circle=5_000),
    "3km": Area(circle=3_000),
    "8km": Area(circle=8_000),
    "epci": Area(circle=8_000, epci=True),
    "friends": Area(circle=FARTHEST),
}
"""None is a call of a server that says no reach."""


def read_reach(value: object) -> Reach | None:
    """A reach as others wrote it; None for what is none."""
    return next((one for one in REACHES if one == value), None)


def widen(reach: Reach) -> Reach | None:
    """The next one; None after the last."""
    place = REACHES.index(reach) + 1
    return REACHES[place] if place < len(REACHES) else None


def list_waits(urgency: str | None) -> tuple[timedelta, timedelta, timedelta]:
    """When the second, third and fourth wave follow, from the first one on."""
    return WAITS.get(urgency or "", CALM)


def find_wait(reach: Reach, urgency: str | None) -> timedelta:
    """How long a wave has for itself."""
    if reach == REACHES[-1]:
        return UNANSWERED
    waits = (timedelta(0), *list_waits(urgency))
    place = REACHES.index(reach)
    return waits[place + 1] - waits[place]


def is_night(at: datetime) -> bool:
    """Whether nobody is disturbed for what can wait."""
    local = at.astimezone(PARIS).time()
    return local >= NIGHT or local < MORNING


def may_go_on(urgency: str | None, at: datetime) -> bool:
    """Whether the next wave may follow at this moment."""
    return urgency == URGENT or not is_night(at)


def find_next(reach: Reach, urgency: str | None, since: datetime, window_end: datetime | None = None) -> datetime:
    """When a wave that began then is looked at again: the next follows, or its author hears that nobody came.

    By day, unless it is urgent; once the time that its author named is over nothing else is worth waiting for.
    """
    due = since + find_wait(reach, urgency)
    if not may_go_on(urgency, due):
        due = _morning_after(due)
    return min(due, window_end) if window_end is not None and window_end > since else due


def _morning_after(at: datetime) -> datetime:
    local = at.astimezone(PARIS)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, PARIS).astimezone(at.tzinfo)
