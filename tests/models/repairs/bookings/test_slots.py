"""Opening hours cut into slots: closures, notice, the nights in which clocks change, and what is left of each."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from models.listings.availability import Taken
from models.moments import PARIS
from models.people.opening_hours import Closure, Hours, OpeningInterval, make_hours
from models.repairs.bookings.slots import SlotRules, follow_free, is_slot, list_times

MONDAY = datetime(2027, 5, 3, 8, tzinfo=PARIS)
HOURLY = SlotRules(slot_minutes=60, notice_hours=2, ahead_days=7)


def open_on(*spans: tuple[int, str, str], closures: tuple[Closure, ...] = ()) -> Hours:
    intervals = (
        OpeningInterval(day=day, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
        for day, opens, closes in spans
    )
    return make_hours(intervals, closures)


def taken(hour: int, quantity: int | None = 1, *, minutes: int = 60) -> Taken:
    begins_at = MONDAY.replace(hour=hour)
    return Taken(
        begins_at=begins_at.astimezone(UTC),
        ends_at=(begins_at + timedelta(minutes=minutes)).astimezone(UTC),
        quantity=None if quantity is None else Decimal(quantity),
        agreement_id=None,
    )


def in_paris(times: list[tuple[datetime, datetime]]) -> list[str]:
    return [f"{begin.astimezone(PARIS):%a %H:%M}" for begin, _ in times]


def test_slots_follow_one_another_from_the_opening_and_end_before_it_closes() -> None:
    hours = open_on((0, "09:00", "12:30"), (0, "14:00", "15:00"))

    assert in_paris(list(list_times(hours, HOURLY, at=MONDAY))) == ["Mon 10:00", "Mon 11:00", "Mon 14:00"]


def test_days_of_closure_have_none_and_the_horizon_ends_them() -> None:
    closed = (Closure(first=date(2027, 5, 4), last=date(2027, 5, 4)),)
    hours = open_on((1, "09:00", "10:00"), (2, "09:00", "10:00"), closures=closed)
    rules = SlotRules(slot_minutes=60, notice_hours=0, ahead_days=9)

    assert in_paris(list(list_times(hours, rules, at=MONDAY))) == ["Wed 09:00", "Tue 09:00"]


@pytest.mark.parametrize(
    ("sunday", "expected"),
    [
        (date(2027, 3, 28), ["01:00", "03:00", "04:00"]),
        (date(2027, 10, 31), ["01:00", "02:00", "02:00", "03:00", "04:00"]),
    ],
)
def test_in_a_night_in_which_the_clocks_change_each_is_as_long_as_any_other(sunday: date, expected: list[str]) -> None:
    hours = open_on((6, "01:00", "05:00"))
    at = datetime.combine(sunday - timedelta(days=1), time(12), PARIS)
    times = list(list_times(hours, SlotRules(slot_minutes=60, notice_hours=0, ahead_days=2), at=at))

    assert [f"{begin.astimezone(PARIS):%H:%M}" for begin, _ in times] == expected
    assert {end - begin for begin, end in times} == {timedelta(hours=1)}
    assert all(is_slot(hours, SlotRules(slot_minutes=60, notice_hours=0, ahead_days=2), *one, at=at) for one in times)


def test_what_is_left_is_counted_when_most_is_taken() -> None:
    hours = open_on((0, "09:00", "15:00"))
    held = [taken(10), taken(10, minutes=30), taken(11, 2), taken(12, None), taken(13, minutes=30)]

    found = [*follow_free(hours, HOURLY, held, 2, at=MONDAY)]

    assert [(one.begins_at.astimezone(PARIS).hour, one.left) for one in found] == [(13, 1), (14, 2)]


def test_a_long_appointment_takes_each_slot_that_it_touches() -> None:
    hours = open_on((0, "09:00", "15:00"))

    found = [*follow_free(hours, HOURLY, [taken(10, minutes=150)], 1, at=MONDAY)]

    assert [one.begins_at.astimezone(PARIS).hour for one in found] == [13, 14]


@pytest.mark.parametrize(
    ("hour", "minute", "minutes", "offered"),
    [(11, 0, 60, True), (11, 30, 60, False), (11, 0, 30, False), (9, 0, 60, False), (12, 0, 60, False)],
)
def test_only_a_slot_is_one(hour: int, minute: int, minutes: int, offered: bool) -> None:
    hours = open_on((0, "09:00", "12:30"))
    begin = MONDAY.replace(hour=hour, minute=minute).astimezone(UTC)

    assert is_slot(hours, HOURLY, begin, begin + timedelta(minutes=minutes), at=MONDAY) is offered


def test_a_slot_beyond_the_horizon_or_years_ahead_is_none() -> None:
    hours = open_on((0, "09:00", "12:30"))
    begin = (MONDAY + timedelta(days=14)).replace(hour=11).astimezone(UTC)

    assert not is_slot(hours, HOURLY, begin, begin + timedelta(hours=1), at=MONDAY)
