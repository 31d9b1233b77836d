"""Days and hours here, moments in the database: the same both ways, also in the nights when clocks are changed."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.moments import PARIS
from web.rendering.date_ranges import DateRange, ReaderLocale, begin_at, describe, end_at, read_span

DAYS = some.dates(date(2026, 1, 1), date(2035, 12, 31))

HOURS = some.none() | some.builds(time, some.integers(4, 23), some.integers(0, 59))


def say(sentence: str, /, **values: Any) -> str:
    return sentence % values


def tell(span: DateRange) -> str:
    return describe(span, ReaderLocale(say=say, language="fr")).replace("\u00a0", " ")


@given(first=DAYS, length=some.integers(0, 400))
def test_whole_days_go_from_midnight_to_midnight_whenever_clocks_change(first: date, length: int) -> None:
    last = first + timedelta(days=length)

    begins_at, ends_at = begin_at(first), end_at(last)

    local = begins_at.astimezone(PARIS), ends_at.astimezone(PARIS)
    assert [moment.time() for moment in local] == [time(), time()]
    assert (local[1].date() - local[0].date()).days == length + 1
    assert read_span(begins_at, ends_at) == DateRange(first=first, last=last)


@given(first=DAYS, first_hour=HOURS, length=some.integers(1, 30), last_hour=HOURS)
def test_days_and_hours_are_read_as_they_were_written(
    first: date, first_hour: time | None, length: int, last_hour: time | None
) -> None:
    last = first + timedelta(days=length)

    span = read_span(begin_at(first, first_hour), end_at(last, last_hour))

    assert span == DateRange(first=first, first_hour=first_hour, last=last, last_hour=last_hour)


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25), (date(2027, 5, 1), 24)])
def test_a_day_is_as_long_as_it_is_here(day: date, hours: int) -> None:
    assert end_at(day) - begin_at(day) == timedelta(hours=hours)


def test_an_hour_that_the_clock_skips_is_the_one_after_it() -> None:
    moment = begin_at(date(2027, 3, 28), time(2, 30))

    assert moment.astimezone(PARIS) == datetime(2027, 3, 28, 3, 30, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (DateRange(first=date(2027, 5, 13), last=date(2027, 5, 13)), "Le jeudi 13 mai 2027"),
        (DateRange(first=date(2027, 5, 13), last=date(2027, 5, 17)), "Du jeudi 13 mai 2027 au lundi 17 mai 2027"),
        (
            DateRange(first=date(2027, 5, 13), first_hour=time(10), last=date(2027, 5, 17), last_hour=time(18, 30)),
            "Du jeudi 13 mai 2027, 10 h, au lundi 17 mai 2027, 18 h 30",
        ),
        (
            DateRange(first=date(2027, 5, 13), first_hour=time(10), last=date(2027, 5, 13), last_hour=time(12)),
            "Le jeudi 13 mai 2027, de 10 h à 12 h",
        ),
        (DateRange(first=date(2027, 5, 13), first_hour=time(10)), "Le jeudi 13 mai 2027, à partir de 10 h"),
        (
            DateRange(first=date(2027, 5, 13), last=date(2027, 5, 13), last_hour=time(9)),
            "Le jeudi 13 mai 2027, jusqu’à 9 h",
        ),
    ],
)
def test_a_span_in_words(span: DateRange, words: str) -> None:
    assert tell(span) == words


def test_without_a_beginning_there_is_no_span() -> None:
    assert read_span(None, None) is None
