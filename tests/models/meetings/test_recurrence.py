"""When a meeting comes again: by the clock on the wall, and never without an end."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from models.errors import Invalid
from models.meetings.recurrence import EXCLUDED_LIMIT, MOST, find_rule, find_zone, list_starts, require_rule
from models.moments import PARIS

FIRST = datetime(2027, 1, 9, 14, tzinfo=PARIS)
FAR = datetime(2099, 1, 1, tzinfo=UTC)


def list_local(rule: str | None, *, until: datetime = FAR, excluded: list[datetime] | None = None) -> list[str]:
    found = list_starts(FIRST, "Europe/Paris", rule, excluded or [], since=FIRST, until=until)
    return [start.astimezone(PARIS).strftime("%d.%m. %H:%M") for start in found]


def test_it_stays_at_two_o_clock_over_summer_time() -> None:
    found = list_starts(FIRST, "Europe/Paris", "FREQ=MONTHLY;BYDAY=2SA;COUNT=11", [], since=FIRST, until=FAR)

    assert len(found) == 11
    assert {start.astimezone(PARIS).hour for start in found} == {14}
    assert {start.hour for start in found} == {12, 13}


def test_named_times_are_left_out_and_do_not_count_less() -> None:
    second = datetime(2027, 1, 16, 13, tzinfo=UTC)

    assert list_local("FREQ=WEEKLY;COUNT=3", excluded=[second]) == ["09.01. 14:00", "23.01. 14:00"]


def test_without_a_rule_it_is_one_time() -> None:
    assert list_local(None) == ["09.01. 14:00"]


def test_a_last_day_counts_whole() -> None:
    assert list_local("FREQ=DAILY;UNTIL=20270111") == ["09.01. 14:00", "10.01. 14:00", "11.01. 14:00"]
    assert list_local("FREQ=DAILY;UNTIL=20270110T130000Z") == ["09.01. 14:00", "10.01. 14:00"]


def test_an_hour_that_a_night_leaves_out_is_an_hour_later() -> None:
    first = datetime(2027, 3, 27, 2, 30, tzinfo=PARIS)

    found = list_starts(first, "Europe/Paris", "FREQ=DAILY;COUNT=2", [], since=first, until=FAR)

    assert found[1].astimezone(PARIS).strftime("%d.%m. %H:%M") == "28.03. 03:30"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=3",
        "FREQ=HOURLY",
        "FREQ=DAILY;COUNT=1000000000",
        "FREQ=DAILY;INTERVAL=100",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=1,31",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=15",
        "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=MONTHLY;BYMONTH=3;INTERVAL=2",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 13),
        "FREQ=WEEKLY;FREQ=WEEKLY",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20280101",
        "FREQ=WEEKLY;UNTIL=20281399",
        "COUNT=3",
        "",
        "FREQ=WEEKLY\nDTSTART:20200101",
        "FREQ=WEEKLY;" * 100,
    ],
)
def test_other_rules_are_refused(rule: str) -> None:
    with pytest.raises(Invalid):
        require_rule(rule)
    assert find_rule(rule) is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=5MO",
        "FREQ=WEEKLY;BYDAY=MO;BYMONTH=2",
        "FREQ=DAILY",
    ],
)
def test_no_rule_costs_more_than_a_moment(rule: str) -> None:
    begun = perf_counter()

    found = list_starts(FIRST, "Europe/Paris", require_rule(rule), [], since=FIRST, until=FAR)

    assert len(found) <= MOST
    assert perf_counter() - begun < 2


def test_many_exceptions_cost_no_more() -> None:
    excluded = [FIRST + timedelta(minutes=number) for number in range(EXCLUDED_LIMIT)]

    assert list_local("FREQ=WEEKLY;COUNT=2", excluded=excluded) == ["16.01. 14:00"]


def test_the_last_saturday_and_the_fifteenth_are_taken() -> None:
    assert list_local("FREQ=MONTHLY;BYDAY=SA;BYSETPOS=-1;COUNT=2") == ["30.01. 14:00", "27.02. 14:00"]
    assert list_local(require_rule("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2")) == ["15.01. 14:00", "15.02. 14:00"]


def test_a_rule_is_kept_in_one_form() -> None:
    assert require_rule(" rrule:byday=2sa;freq=monthly ") == "FREQ=MONTHLY;BYDAY=2SA"


@pytest.mark.parametrize("name", ["", None, "../../etc/passwd", "Europe", "Mars/Olympus", "/etc/localtime"])
def test_an_unknown_clock_is_that_of_paris(name: str | None) -> None:
    assert find_zone(name) == PARIS
    assert find_zone("Europe/Brussels").key == "Europe/Brussels"


@pytest.mark.parametrize("until", ["99991231T235959Z", "00010101T000000Z", "00010101", "99991231"])
def test_an_end_in_years_that_no_clock_has_is_not_taken(until: str) -> None:
    assert find_rule(f"FREQ=WEEKLY;UNTIL={until}") is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYSETPOS=3",
        "FREQ=YEARLY;BYMONTH=2;BYSETPOS=4",
        "FREQ=MONTHLY;BYDAY=1SA,TU;BYMONTH=2",
        "FREQ=MONTHLY;BYDAY=TU,5MO",
        "FREQ=YEARLY;BYDAY=MO,-5SU,4FR",
    ],
)
def test_what_the_library_would_look_for_to_the_year_9999_is_not_taken(rule: str) -> None:
    assert find_rule(rule) is None


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYDAY=1SA,3SA", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1"])
def test_what_people_mean_is_taken(rule: str) -> None:
    assert find_rule(rule) == rule and len(list_local(rule)) > 1
