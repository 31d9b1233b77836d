"""At which times a shop takes appointments: its opening hours cut into slots, each with the room that is left. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.listings.availability import Taken
from models.moments import PARIS
from models.people.opening_hours import Hours, list_openings

MOST_SLOTS = 1_000
"""Slots that are told at once: eighty days of twelve."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Slot:
    """From a moment until before another; so many more people can come then."""

    begins_at: datetime
    ends_at: datetime
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRules:
    """How long a slot is, how many hours ahead one has to ask, and how many days ahead one may."""

    slot_minutes: int
    notice_hours: int
    ahead_days: int


def list_times(hours: Hours, rules: SlotRules, *, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Beginning and end of each slot that may be asked for now, full or not, by time.

    Slots follow one another from the opening on, and the last one ends before the closing: of a night in which the
    clocks change each is as long as any other.
    """
    soonest, latest = at + timedelta(hours=rules.notice_hours), at + timedelta(days=rules.ahead_days)
    long, day = timedelta(minutes=rules.slot_minutes), at.astimezone(PARIS).date()
    while day <= latest.astimezone(PARIS).date():
        for opens, closes in list_openings(hours, day):
            begin = opens
            while begin + long <= closes:
                if soonest <= begin <= latest:
                    yield begin, begin + long
                begin += long
        day += timedelta(days=1)


def follow_free(
    hours: Hours, rules: SlotRules, taken: Iterable[Taken], capacity: int, *, at: datetime
) -> Iterator[Slot]:
    """The slots that have room, by time. Linear in both: each is looked at once."""
    waiting = sorted(taken, key=lambda one: one.begins_at, reverse=True)
    held: list[Taken] = []
    for begins_at, ends_at in list_times(hours, rules, at=at):
        while waiting and waiting[-1].begins_at < ends_at:
            held.append(waiting.pop())
        held = [one for one in held if one.ends_at > begins_at]
        left = _count_left(held, begins_at, ends_at, capacity)
        if left > 0:
            yield Slot(begins_at=begins_at, ends_at=ends_at, left=left)


def _count_left(held: Iterable[Taken], begins_at: datetime, ends_at: datetime, capacity: int) -> int:
    """What is left when most is taken: that is at the beginning, or when something begins."""
    ranges = [one for one in held if one.begins_at < ends_at and one.ends_at > begins_at]
    moments = {max(begins_at, one.begins_at) for one in ranges}
    return capacity - max((_count_at(ranges, moment, capacity) for moment in moments), default=0)


def _count_at(ranges: Iterable[Taken], moment: datetime, capacity: int) -> int:
    """How many are taken at this moment: all where the shop keeps it."""
    held = (one.quantity for one in ranges if one.begins_at <= moment < one.ends_at)
    return sum(capacity if quantity is None else int(quantity) for quantity in held)


def is_slot(hours: Hours, rules: SlotRules, begins_at: datetime, ends_at: datetime, *, at: datetime) -> bool:
    """Whether this is one of the slots that may be asked for now."""
    if not at <= begins_at <= at + timedelta(days=rules.ahead_days):
        return False
    day: date = begins_at.astimezone(PARIS).date()
    long = timedelta(minutes=rules.slot_minutes)
    return (
        ends_at - begins_at == long
        and any(
            opens <= begins_at and ends_at <= closes and not (begins_at - opens) % long
            for opens, closes in list_openings(hours, day)
        )
        and begins_at >= at + timedelta(hours=rules.notice_hours)
    )
