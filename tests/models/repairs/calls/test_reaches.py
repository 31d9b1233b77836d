"""When a call goes further: by its urgency, by day, and no longer than its author waits."""

from datetime import datetime, timedelta

import pytest

from models.moments import PARIS
from models.repairs.calls.reaches import REACHES, Reach, find_next, may_go_on, read_reach, widen


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    """A moment in Paris."""
    return datetime(2027, 5, day, hour, minute, tzinfo=PARIS)


def test_there_are_four_reaches_and_nothing_after_the_last() -> None:
    assert [widen(one) for one in REACHES] == ["8km", "epci", "friends", None]
    assert (read_reach("epci"), read_reach("moon"), read_reach(None)) == ("epci", None, None)


@pytest.mark.parametrize(
    ("urgency", "total"),
    [
        ("Now", [5, 15, 30]),
        ("Today", [60, 180, 360]),
        ("ThisWeek", [240, 720, 1440]),
        (None, [240, 720, 1440]),
    ],
)
def test_each_wave_has_its_time(urgency: str | None, total: list[int]) -> None:
    moment, found = at(7), list[int]()
    for reach in REACHES[:3]:
        waited = find_next(reach, urgency, moment) - moment
        moment += waited
        found.append(int((moment - at(7)).total_seconds() // 60))

    assert found[0] == total[0]
    if total[-1] < 15 * 60:  # none of it falls into the night
        assert found == total


@pytest.mark.parametrize(
    ("reach", "urgency", "since", "due"),
    [
        ("3km", "Today", at(21, 30), at(7, day=11)),
        ("3km", "Today", at(1), at(7)),
        ("3km", "Now", at(23), at(23, 5)),
        ("3km", None, at(18, 30), at(7, day=11)),
        ("3km", None, at(17, 59), at(21, 59)),
        ("friends", "Today", at(12), at(12, day=11)),
        ("friends", "Now", at(23), at(23, day=11)),
    ],
)
def test_by_night_only_what_cannot_wait_goes_further(
    reach: Reach, urgency: str | None, since: datetime, due: datetime
) -> None:
    assert find_next(reach, urgency, since) == due


def test_whoever_named_a_time_is_told_when_it_is_over() -> None:
    assert find_next("3km", None, at(9), at(11)) == at(11)
    assert find_next("3km", None, at(9), at(8)) == at(13), "a time that was over before says nothing"


def test_nobody_is_disturbed_between_ten_and_seven() -> None:
    quiet = [hour for hour in range(24) if not may_go_on("Today", at(hour))]

    assert quiet == [0, 1, 2, 3, 4, 5, 6, 22, 23]
    assert all(may_go_on("Now", at(hour)) for hour in range(24))


def test_summer_time_takes_no_hour_from_anybody() -> None:
    before = datetime(2027, 3, 27, 21, 30, tzinfo=PARIS)

    assert find_next("3km", "Today", before) == datetime(2027, 3, 28, 7, tzinfo=PARIS)
    assert find_next("3km", "Now", before) - before == timedelta(minutes=5)
