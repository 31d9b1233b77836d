"""When a place is open, in the words of schema.org: a week, and closures as special hours that are none."""

from datetime import date, time

from federation.json.fields import Json, compact, each, mappings, text
from models.people.opening_hours import (
    MOST_CLOSURES,
    MOST_SPANS,
    Closure,
    Hours,
    OpeningInterval,
    make_hours,
    read_time,
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_HOURS = Hours()

_PREFIXES = ("https://schema.org/", "http://schema.org/", "schema:")
_NEVER = "00:00:00"
_SPECIFICATION = "OpeningHoursSpecification"


def read_hours(document: Json) -> Hours:
    """The hours of whoever says them; what cannot be read is left out."""
    weekly = [
        OpeningInterval(day=day, opens=opens, closes=closes)
        for one in mappings(document.get("openingHoursSpecification"), MOST_SPANS)
        for day in _read_days(one.get("dayOfWeek"))
        if (opens := _read_time(one, "opens")) is not None and (closes := _read_time(one, "closes")) is not None
    ]
    closures = [
        closure
        for one in mappings(document.get("specialOpeningHoursSpecification"), MOST_CLOSURES)
        if (closure := _read_closure(one)) is not None
    ]
    return make_hours(weekly, closures)


def _read_days(value: object) -> list[int]:
    found: list[int] = []
    for member in each(value):
        name = text(member.get("id") if isinstance(member, dict) else member, 100) or ""
        for prefix in _PREFIXES:
            name = name.removeprefix(prefix)
        if name in DAYS:
            found.append(DAYS.index(name))
    return found


def _read_time(document: Json, key: str) -> time | None:
    return read_time(text(document.get(key), 20) or "")


def _read_closure(document: Json) -> Closure | None:
    """Special hours count as closed where they open and close at once, or say no hour at all."""
    if text(document.get("opens"), 20) != text(document.get("closes"), 20):
        return None
    first = _read_day(document, "validFrom")
    last = _read_day(document, "validThrough") or first
    return None if first is None or last is None or first > last else Closure(first=first, last=last)


def _read_day(document: Json, key: str) -> date | None:
    try:
        return date.fromisoformat((text(document.get(key), 40) or "")[:10])
    except ValueError:
        return None


def write_hours(hours: Hours) -> Json:
    """The two properties, each only where there is something to say."""
    weekly = [
        {
            "type": _SPECIFICATION,
            "dayOfWeek": DAYS[one.day],
            "opens": one.opens.isoformat(timespec="seconds"),
            "closes": one.closes.isoformat(timespec="seconds"),
        }
        for one in hours.weekly
    ]
    closures = [
        {
            "type": _SPECIFICATION,
            "validFrom": one.first.isoformat(),
            "validThrough": one.last.isoformat(),
            "opens": _NEVER,
            "closes": _NEVER,
        }
        for one in hours.closures
    ]
    return compact({"openingHoursSpecification": weekly or None, "specialOpeningHoursSpecification": closures or None})
