"""When a place is open."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from models.moments import PARIS
from models.people.opening_hours import (
    Closure,
    Hours,
    Opening,
    OpeningInterval,
    find_opening,
    make_hours,
    read_hours,
    read_time,
    write_hours,
)


def span(day: int, opens: str, closes: str) -> OpeningInterval:
    return OpeningInterval(day=day, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


WEEK = make_hours(
    [span(2, "14:00", "18:00"), span(5, "14:00", "18:00"), span(5, "10:00", "12:30")],
    [Closure(first=date(2027, 8, 1), last=date(2027, 8, 21))],
)


def at(day: int, hour: int, minute: int = 0, *, month: int = 5) -> datetime:
    """A moment in 2027, on the clock in Paris; 12 May is a Wednesday."""
    return datetime(2027, month, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("asked", "opening"),
    [
        (at(12, 14), Opening(open=True, at=at(12, 18))),
        (at(12, 17, 59), Opening(open=True, at=at(12, 18))),
        (at(12, 18), Opening(open=False, at=at(15, 10))),
        (at(15, 13), Opening(open=False, at=at(15, 14))),
        (at(15, 9), Opening(open=False, at=at(15, 10))),
        (at(31, 13, month=7), Opening(open=False, at=at(31, 14, month=7))),
        (at(31, 19, month=7), Opening(open=False, at=None)),
        (at(18, 15, month=8), Opening(open=False, at=at(25, 14, month=8))),
    ],
)
def test_it_is_open_by_the_clock_of_the_place_and_never_during_closures(asked: datetime, opening: Opening) -> None:
    assert find_opening(WEEK, asked.astimezone(UTC)) == opening


def test_hours_stay_on_the_clock_through_summer_time() -> None:
    sunday = make_hours([span(6, "01:00", "05:00")], [])

    found = find_opening(sunday, datetime(2027, 3, 28, 0, 30, tzinfo=UTC))

    assert found == Opening(open=True, at=datetime(2027, 3, 28, 3, 0, tzinfo=UTC))


def test_spans_come_in_order_and_put_together_where_they_meet() -> None:
    made = make_hours([span(0, "13:00", "17:00"), span(0, "09:00", "13:00"), span(1, "09:00", "10:00")], [])

    assert made.weekly == (span(0, "09:00", "17:00"), span(1, "09:00", "10:00"))


def test_what_is_no_hour_is_left_out_and_nothing_grows_without_bound() -> None:
    made = make_hours(
        [span(0, "18:00", "09:00"), span(9, "09:00", "10:00")]
        + [span(day % 7, f"{day // 7:02}:00", f"{day // 7:02}:30") for day in range(150)],
        [Closure(first=date(2027, 1, 1 + day % 28), last=date(2027, 2 + day // 28, 1)) for day in range(200)],
    )

    assert (len(made.weekly), len(made.closures)) == (28, 30)


@pytest.mark.parametrize("hours", [WEEK, Hours()])
def test_what_is_kept_comes_back(hours: Hours) -> None:
    assert read_hours(write_hours(hours)) == hours


@pytest.mark.parametrize(
    ("written", "read"),
    [("09:00", time(9)), ("18:30:00", time(18, 30)), ("24:00", None), ("9:00", None), ("09:00Z", None), ("", None)],
)
def test_an_hour_is_two_figures_and_two(written: str, read: Any) -> None:
    assert read_time(written) == read
