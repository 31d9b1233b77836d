"""When an iCalendar file says that one is busy, within a window (RFC 5545): ranges, and how much could not be read.

Whatever stands in it, no more than MOST_EVENTS are looked at, of which MOST_RULES come again, and no more than
MOST_BUSY times come out: what is more counts as not read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from inbox.repairs.bookings.calendar_lines import Part, list_parts
from models.lazy import LazyModule
from models.meetings.recurrence import find_rule, find_zone, follow_rule
from models.moments import PARIS
from models.repairs.bookings.shop_calendars import MOST_BUSY, BusyRange

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = LazyModule("icalendar")

MOST_EVENTS = 4_000
"""Of those that may touch the window."""

MOST_RULES = 300

ONE_DAY = timedelta(days=1)

UNTOUCHED = ("INTERVAL=1", "WKST=TU", "WKST=WE", "WKST=TH", "WKST=FR", "WKST=SA")
"""Parts of a rule that change nothing, or next to nothing, and that our own rules do not have."""

UNREADABLE = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError)
"""What reading one entry raises where it is not as it should be."""

Moment = datetime | date


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when until when anybody wants to know."""

    begins_at: datetime
    ends_at: datetime

    def may_touch(self, part: Part) -> bool:
        """Whether an event may lie in it, by its days alone; what comes again always may."""
        if part.kind != "VEVENT" or part.has("RRULE", "RDATE", "RECURRENCE-ID"):
            return True
        first = part.find_day("DTSTART")
        last = part.find_day("DTEND") or ("" if part.has("DURATION") else first)
        edges = (self.begins_at - 2 * ONE_DAY, self.ends_at + 2 * ONE_DAY)
        earliest, latest = (f"{edge:%Y%m%d}" for edge in edges)
        return (not last or last >= earliest) and first <= latest

    def clip(self, begins_at: datetime, ends_at: datetime) -> BusyRange | None:
        """What of a range lies in it; None for nothing."""
        begins_at, ends_at = max(begins_at, self.begins_at), min(ends_at, self.ends_at)
        return BusyRange(begins_at=begins_at, ends_at=ends_at) if begins_at < ends_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTime:
    """One time that is taken, with the name of its event."""

    busy: BusyRange
    uid: str


@dataclass(slots=True)
class _Reading:
    """What was found so far."""

    window: Window
    found: list[NamedTime] = field(default_factory=list)
    unread: int = 0
    rules: int = 0

    def add(self, uid: str, begins_at: datetime, ends_at: datetime) -> None:
        busy = self.window.clip(begins_at, ends_at)
        if busy is None:
            return
        if len(self.found) < MOST_BUSY:
            self.found.append(NamedTime(busy=busy, uid=uid))
        else:
            self.unread += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """One event as it is read; `extra` are times beside its rule, `left_out` those that are not by it after all."""

    uid: str
    first: Moment
    zone: tzinfo
    long: timedelta
    rule: str
    extra: Sequence[Any]
    left_out: frozenset[Moment]


def read_busy(body: bytes, window: Window) -> tuple[list[NamedTime], int]:
    """The times that are taken, in no order, and how many entries could not be read. Raises NoCalendar."""
    reading = _Reading(window)
    parts = [one for one in list_parts(body) if window.may_touch(one)]
    reading.unread += max(len(parts) - MOST_EVENTS, 0)
    events: list[Any] = []
    for part in parts[:MOST_EVENTS]:
        try:
            if part.kind == "VFREEBUSY":
                _add_periods(reading, part)
            else:
                events.append(icalendar.Event.from_ical(part.write()))
        except UNREADABLE:
            reading.unread += 1
    _add_events(reading, events)
    return reading.found, reading.unread


def merge(times: Iterable[BusyRange]) -> list[BusyRange]:
    """The same in the fewest ranges, by time."""
    merged: list[BusyRange] = []
    for one in sorted(times):
        if merged and one.begins_at <= merged[-1].ends_at:
            latest = max(merged[-1].ends_at, one.ends_at)
            merged[-1] = BusyRange(begins_at=merged[-1].begins_at, ends_at=latest)
        else:
            merged.append(one)
    return merged


def _add_periods(reading: _Reading, part: Part) -> None:
    """A list of times that are taken, by a server that tells no more."""
    busy = (line for _, line in part.lines if "FBTYPE=FREE" not in line.upper().partition(":")[0])
    for line in busy:
        for written in line.partition(":")[2].split(","):
            try:
                begins, ends = icalendar.vPeriod.from_ical(written.strip())  # type: ignore[no-untyped-call]  # icalendar types its other readers
                begins_at = _place(begins, UTC)
                ends_at = begins_at + ends if isinstance(ends, timedelta) else _place(ends, UTC)
            except UNREADABLE:
                reading.unread += 1
            else:
                reading.add("", begins_at, ends_at)


def _add_events(reading: _Reading, events: Sequence[Any]) -> None:
    moved = _map_moved(events)
    for event in events:
        try:
            if _is_busy(event):
                _add_event(reading, _read_event(event, moved))
        except UNREADABLE:
            reading.unread += 1


def _map_moved(events: Iterable[Any]) -> dict[str, set[datetime]]:
    """Of each event the times that stand for themselves, or are called off."""
    moved: dict[str, set[datetime]] = {}
    for event in events:
        try:
            if "RECURRENCE-ID" in event:
                moment, zone = _read_moment(event["RECURRENCE-ID"])
                moved.setdefault(_read_uid(event), set()).add(_place(moment, zone))
        except UNREADABLE:
            continue  # counted where the event itself is read
    return moved


def _is_busy(event: Any) -> bool:
    """Not called off, and not there only to be known."""
    status, transparent = (str(event.get(name, "")).strip().upper() for name in ("STATUS", "TRANSP"))
    return status != "CANCELLED" and transparent != "TRANSPARENT"


def _read_uid(event: Any) -> str:
    return str(event.get("UID", ""))[:500]


def _read_event(event: Any, moved: dict[str, set[datetime]]) -> _Event:
    """Raises ValueError and its like for what cannot be read."""
    first, zone = _read_moment(event["DTSTART"])
    uid, again = _read_uid(event), "RECURRENCE-ID" not in event
    left_out = {*_list_moments(event, "EXDATE", zone), *(moved.get(uid, ()) if again else ())}
    return _Event(
        uid=uid,
        first=first,
        zone=zone,
        long=_read_length(event, first, zone),
        rule=_read_rule(event) if again else "",
        extra=_list_values(event, "RDATE") if again else (),
        left_out=frozenset(left_out),
    )


def _read_moment(value: Any) -> tuple[Moment, tzinfo]:
    """A day, or a moment, and the clock by which it was written; that of Paris where none is known."""
    moment: Moment = value.dt
    if not isinstance(moment, datetime):
        return moment, PARIS
    if moment.tzinfo is not None:
        return moment, moment.tzinfo
    named = str(value.params.get("TZID", "")).strip("/").split("/")
    return moment, find_zone("/".join(named[-2:]))  # "/citadel.org/20210210_1/Europe/Brussels"


def _place(moment: Moment, zone: tzinfo) -> datetime:
    """The moment in UTC; a day begins at midnight in Paris. What a night in March leaves out is an hour later."""
    if not isinstance(moment, datetime):
        moment, zone = datetime.combine(moment, time()), PARIS
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def _read_length(event: Any, first: Moment, zone: tzinfo) -> timedelta:
    """How long it is: on the clocks of days for whole days, in hours for all else."""
    if "DTEND" in event:
        last, last_zone = _read_moment(event["DTEND"])
        if not isinstance(first, datetime) and not isinstance(last, datetime):
            return last - first
        return _place(last, last_zone) - _place(first, zone)
    if "DURATION" in event:
        long: timedelta = event["DURATION"].dt
        return long
    return timedelta() if isinstance(first, datetime) else ONE_DAY


def _read_rule(event: Any) -> str:
    rule = event.get("RRULE")
    if rule is None:
        return ""
    if isinstance(rule, list):
        raise ValueError("two rules")
    parts = rule.to_ical().decode().upper().split(";")
    return ";".join(part for part in parts if part not in UNTOUCHED)


def _list_values(event: Any, name: str) -> list[Any]:
    """All values of lines that may stand there several times."""
    lines = event.get(name, [])
    return [one.dt for line in (lines if isinstance(lines, list) else [lines]) for one in line.dts]


def _list_moments(event: Any, name: str, zone: tzinfo) -> Iterator[Moment]:
    """The same as moments of UTC; days as they are, since some leave out days of what has an hour."""
    for one in _list_values(event, name):
        yield _place(one, zone) if isinstance(one, datetime) else one


def _add_event(reading: _Reading, event: _Event) -> None:
    for begins_at in _list_begins(reading, event):
        local = begins_at.astimezone(PARIS if not isinstance(event.first, datetime) else event.zone)
        if begins_at not in event.left_out and local.date() not in event.left_out:
            reading.add(event.uid, begins_at, _find_end(event, begins_at, event.long))
    for one in event.extra:
        begins, ends = one if isinstance(one, tuple) else (one, event.long)
        begins_at = _place(begins, event.zone)
        long = ends if isinstance(ends, timedelta) else _place(ends, event.zone) - begins_at
        reading.add(event.uid, begins_at, _find_end(event, begins_at, long))


def _list_begins(reading: _Reading, event: _Event) -> list[datetime]:
    """When it begins, by its rule, within the window; where the rule is none of those we know, the first time alone."""
    first = _place(event.first, event.zone)
    if not event.rule:
        return [first]
    reading.rules += 1
    rule = find_rule(event.rule)
    if rule is None or reading.rules > MOST_RULES:
        reading.unread += 1
        return [first]
    window = reading.window
    since = window.begins_at - max(event.long, timedelta()) - ONE_DAY
    zone = getattr(event.zone, "key", "UTC") if isinstance(event.first, datetime) else PARIS.key
    return list(follow_rule(first, zone, rule, since, window.ends_at))


def _find_end(event: _Event, begins_at: datetime, long: timedelta) -> datetime:
    """Whole days end at a midnight, however long the nights in between were."""
    if isinstance(event.first, datetime):
        return begins_at + long
    return _place(begins_at.astimezone(PARIS).date() + long, PARIS)
