"""Calendar files: what other programs read from them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from icalendar import Calendar

from web.rendering.feeds.icalendar import CalendarEvent, write_calendar

PARIS = ZoneInfo("Europe/Paris")

LOAN = CalendarEvent(
    uid="https://henin.test/users/bob/activities/1",
    title="Tente 4 places, facile à monter ; piquets\\maillet",
    begins_at=datetime(2027, 3, 27, tzinfo=PARIS),
    ends_at=datetime(2027, 3, 30, tzinfo=PARIS),
    status="CONFIRMED",
    sequence=3,
    updated_at=datetime(2027, 3, 1, 9, 30, tzinfo=UTC),
    place="12 rue de la Gare, Lomme",
    description="Avec Léonie.\nSéchée avant d’être rendue ; " + "é" * 200,
    url="https://lomme.test/echanges/12",
    end_words="À rendre : la tente",
)


def read_event(body: bytes) -> icalendar.Event:
    calendar = Calendar.from_ical(body)
    [event] = calendar.walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return event


def test_a_loan_of_days_is_read_back_as_it_was() -> None:
    body = write_calendar([LOAN])

    event = read_event(body)
    assert (event["uid"], event["sequence"], event["status"]) == (LOAN.uid, 3, "CONFIRMED")
    assert (event["summary"], event["location"], event["description"]) == (LOAN.title, LOAN.place, LOAN.description)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2027, 3, 27), date(2027, 3, 30))
    assert event.decoded("dtstamp") == LOAN.updated_at
    assert b"DTSTART;VALUE=DATE:20270327\r\n" in body and b"VTIMEZONE" not in body


def test_a_day_without_hours_or_end_is_a_whole_one() -> None:
    event = read_event(write_calendar([replace(LOAN, begins_at=datetime(2027, 3, 28, tzinfo=PARIS), ends_at=None)]))

    assert event.decoded("dtstart") == date(2027, 3, 28) and "dtend" not in event
    assert [alarm.decoded("trigger") for alarm in event.walk("VALARM")] == [-timedelta(hours=15)]


@pytest.mark.parametrize(
    "begins",
    [
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ],
)
def test_an_hour_in_the_nights_when_clocks_change_is_that_very_moment(begins: datetime) -> None:
    body = write_calendar([replace(LOAN, begins_at=begins, ends_at=begins + timedelta(hours=2))])

    event = read_event(body)
    assert event.decoded("dtstart").astimezone(UTC) == begins
    assert event.decoded("dtend").astimezone(UTC) == begins + timedelta(hours=2)


def test_lines_are_folded_and_commas_are_escaped_as_the_rule_says() -> None:
    body = write_calendar([LOAN])

    lines = body.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert rb"LOCATION:12 rue de la Gare\, Lomme" in lines
    assert rb"SUMMARY:Tente 4 places\, facile" in body and rb"\; piquets\\maillet" in body.replace(b"\r\n ", b"")


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        (datetime(2027, 3, 27, 18, tzinfo=PARIS), datetime(2027, 3, 28, 18, tzinfo=PARIS), 23),
        (datetime(2027, 10, 30, 18, tzinfo=PARIS), datetime(2027, 10, 31, 18, tzinfo=PARIS), 25),
        (datetime(2027, 7, 1, 8, tzinfo=UTC), datetime(2027, 7, 1, 10, tzinfo=UTC), 2),
    ],
)
def test_hours_are_the_same_over_the_change_of_summer_time(begins: datetime, ends: datetime, hours: int) -> None:
    body = write_calendar([replace(LOAN, begins_at=begins, ends_at=ends)])

    event = read_event(body)
    start, end = event.decoded("dtstart"), event.decoded("dtend")
    assert (start, end) == (begins.astimezone(PARIS), ends.astimezone(PARIS))
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)
    assert b"DTSTART;TZID=Europe/Paris:" + f"{begins.astimezone(PARIS):%Y%m%dT%H%M%S}".encode() in body


@pytest.mark.parametrize("moment", [datetime(year, *rest) for year in (2026, 2027, 2035) for rest in (
    (1, 15, 12), (3, 25, 12), (3, 31, 12), (7, 1, 12), (10, 24, 12), (10, 31, 23), (12, 31, 12))])  # fmt: skip
def test_the_zone_in_the_file_is_the_one_on_the_wall(moment: datetime) -> None:
    body = write_calendar([replace(LOAN, begins_at=LOAN.begins_at + timedelta(hours=9))])

    [zone] = Calendar.from_ical(body).walk("VTIMEZONE")
    assert isinstance(zone, icalendar.Timezone)
    read = zone.to_tz(lookup_tzid=False)
    assert moment.replace(tzinfo=read).utcoffset() == moment.replace(tzinfo=PARIS).utcoffset()


def test_whole_days_over_the_change_of_summer_time_stay_whole_days() -> None:
    kept = replace(LOAN, begins_at=datetime(2027, 3, 26, 23, tzinfo=UTC), ends_at=datetime(2027, 3, 28, 22, tzinfo=UTC))

    event = read_event(write_calendar([kept]))

    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2027, 3, 27), date(2027, 3, 29))


def test_both_days_are_announced_the_morning_before() -> None:
    event = read_event(write_calendar([LOAN]))

    alarms = [one for one in event.subcomponents if isinstance(one, icalendar.Alarm)]
    assert [(one.decoded("trigger"), one["trigger"].params["RELATED"]) for one in alarms] == [
        (timedelta(hours=-15), "START"),
        (timedelta(hours=-15), "END"),
    ]
    assert [str(one["description"]) for one in alarms] == [LOAN.title, "À rendre : la tente"]


def test_what_is_cancelled_says_so_under_the_same_name_and_rings_no_more() -> None:
    event = read_event(write_calendar([replace(LOAN, status="CANCELLED", sequence=4)]))

    assert (event["uid"], event["status"], event["sequence"]) == (LOAN.uid, "CANCELLED", 4)
    assert event.subcomponents == []


def test_an_hour_without_an_end_has_none() -> None:
    begins_at = datetime(2027, 3, 27, 18, tzinfo=PARIS)
    event = read_event(write_calendar([replace(LOAN, begins_at=begins_at, ends_at=None)]))

    assert event.decoded("dtstart") == begins_at and "dtend" not in event
    assert len(event.subcomponents) == 1


def test_a_calendar_to_follow_has_a_name_and_an_empty_one_is_one() -> None:
    body = write_calendar([], name="Mes accords, La Remise")

    calendar = Calendar.from_ical(body)
    assert (calendar["x-wr-calname"], calendar["version"]) == ("Mes accords, La Remise", "2.0")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in body
    assert calendar.walk("VEVENT") == []
