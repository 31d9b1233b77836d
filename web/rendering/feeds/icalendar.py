"""Agreements and meetings as iCalendar files (RFC 5545), which calendars on telephones and computers keep current."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from models.lazy import LazyModule
from models.moments import PARIS

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = LazyModule("icalendar")

PRODUCT = "-//Mon declic//Declic//FR"

Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]

DAY_BEFORE = timedelta(days=1)

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters that no line may hold (RFC 5545 §3.1)."""

MORNING_BEFORE = timedelta(hours=15)
"""Whole days begin at midnight: nine in the morning of the day before is when one can still do something."""

REFRESH = timedelta(hours=6)
"""How often programs that follow a calendar are asked to look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """Something with a date. `uid` stays the same for ever, `sequence` rises with each change (RFC 5545 §3.8.7.4).

    Times are half-open; from midnight to midnight here they are whole days. `end_words` name the second alarm; what is
    nobody's appointment yet `reminds` of nothing. What comes again has a `rule` (RFC 5545 RRULE) and what is `excluded`
    of it; `recurs_at` names the one time of it that this is.
    """

    uid: str
    title: str
    begins_at: datetime
    ends_at: datetime | None
    status: Status
    sequence: int
    updated_at: datetime
    place: str = ""
    description: str = ""
    url: str = ""
    end_words: str = ""
    reminds: bool = True
    rule: str = ""
    excluded: tuple[datetime, ...] = ()
    recurs_at: datetime | None = None

    @property
    def whole_days(self) -> bool:
        """Whether it goes from midnight to midnight in Paris; a day alone, with no end, is one."""
        moments = [self.begins_at, self.ends_at] if self.ends_at else [self.begins_at]
        return all(moment.astimezone(PARIS).time() == time() for moment in moments)


def write_calendar(occasions: Iterable[CalendarEvent], *, name: str = "") -> bytes:
    """One file with these occasions. With a `name` it is a calendar that programs follow, else one to be added."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("name", name)  # RFC 7986
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    shown = list(occasions)
    if any(not one.whole_days for one in shown):
        calendar.add_component(_make_zone())
    for one in shown:
        calendar.add_component(_make_event(one))
    body: bytes = calendar.to_ical()
    return body


def _make_event(one: CalendarEvent) -> "icalendar.Event":
    event = icalendar.Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("dtstamp", one.updated_at.astimezone(UTC))
    event.add("last-modified", one.updated_at.astimezone(UTC))
    event.add("status", one.status)
    event.add("summary", _clean(one.title))
    event.add("dtstart", _place(one, one.begins_at))
    if one.ends_at is not None:
        event.add("dtend", _place(one, one.ends_at))
    _add_recurrence(event, one)
    for field, text in (("location", one.place), ("description", one.description), ("url", one.url)):
        if text:
            event.add(field, _clean(text))
    if one.whole_days:
        event.add("transp", "TRANSPARENT")  # a loan of days leaves the days free
    if one.status == "CONFIRMED" and one.reminds:
        before = MORNING_BEFORE if one.whole_days else DAY_BEFORE
        event.add_component(_make_alarm(one.title, before))
        if one.ends_at is not None and one.end_words:
            event.add_component(_make_alarm(one.end_words, before, related="END"))
    return event


def _add_recurrence(event: "icalendar.Event", one: CalendarEvent) -> None:
    if one.recurs_at is not None:
        event.add("recurrence-id", _place(one, one.recurs_at))
    if one.rule:
        event.add("rrule", icalendar.vRecur.from_ical(one.rule))
        for moment in one.excluded:
            event.add("exdate", _place(one, moment))


def _clean(text: str) -> str:
    """Without what would make the whole file unreadable: others' servers may send anything."""
    return UNWRITABLE.sub("", text)


def _place(one: CalendarEvent, moment: datetime) -> object:
    local = moment.astimezone(PARIS)
    if one.whole_days:
        return local.date()
    return local if local.fold == 0 else moment.astimezone(UTC)  # the second 2:30 of an October night has no other name


def _make_alarm(words: str, before: timedelta, *, related: str = "START") -> "icalendar.Alarm":
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _clean(words))
    alarm.add("trigger", -before, parameters={"RELATED": related})
    return alarm


def _make_zone() -> "icalendar.Timezone":
    """Europe/Paris by the rule in force since 1996, in a few lines that every program reads."""
    zone = icalendar.Timezone()
    zone.add("tzid", PARIS.key)
    zone.add_component(_make_half(icalendar.TimezoneDaylight(), "CEST", datetime(1996, 3, 31, 2), since=1, to=2))
    zone.add_component(_make_half(icalendar.TimezoneStandard(), "CET", datetime(1996, 10, 27, 3), since=2, to=1))
    return zone


def _make_half(
    half: "icalendar.Component", name: str, first: datetime, *, since: int, to: int
) -> "icalendar.Component":
    half.add("dtstart", first)
    half.add("tzname", name)
    half.add("tzoffsetfrom", timedelta(hours=since))
    half.add("tzoffsetto", timedelta(hours=to))
    half.add("rrule", {"freq": "yearly", "bymonth": first.month, "byday": "-1su"})
    return half
