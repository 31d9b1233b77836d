"""Quiet hours: mails and pushes wait until they are over, what cannot wait only where she wants that."""

from datetime import UTC, datetime, timedelta

import pytest

from models.moments import PARIS
from models.repairs.calls.quiet_hours import find_rest
from models.repairs.calls.watches import RepairWatch


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    """A moment in Paris, as a server says it."""
    return datetime(2027, 5, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "moment", "end"),
    [
        ((22, 7), at(23), at(7, day=11)),
        ((22, 7), at(3), at(7)),
        ((22, 7), at(7), at(7)),
        ((22, 7), at(21, 59), at(21, 59)),
        ((12, 14), at(13, 30), at(14)),
        ((12, 14), at(14), at(14)),
        ((8, 8), at(8), at(8)),
    ],
)
def test_what_comes_in_quiet_hours_waits_until_they_end(
    hours: tuple[int, int], moment: datetime, end: datetime
) -> None:
    watch = RepairWatch(by_mail=True, at_night=False, quiet_from=hours[0], quiet_until=hours[1])

    assert moment + find_rest(watch, "Now", moment) == end


def test_what_cannot_wait_comes_at_night_where_she_wants_that() -> None:
    watch = RepairWatch(by_mail=True, at_night=True)

    assert find_rest(watch, "Now", at(23)) == timedelta(0) < find_rest(watch, "Today", at(23))


def test_a_night_that_is_an_hour_shorter_ends_at_the_same_hour() -> None:
    watch = RepairWatch(by_mail=True, at_night=False)
    late = datetime(2027, 3, 27, 23, tzinfo=PARIS).astimezone(UTC)

    assert find_rest(watch, None, late) == timedelta(hours=7)
