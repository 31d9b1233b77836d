"""The address and the hours of a place in its profile form: a line for each day, pairs of days for closures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta

from models.people.actors import Actor
from models.people.opening_hours import MOST_CLOSURES, Closure, Hours, OpeningInterval, make_hours, read_hours
from web.forms.date_field import read_day
from web.forms.form import Form

STREET_LIMIT = 200
LINE_LIMIT = 100
MORE = 2
"""Empty pairs of days below the closures there are."""

DAYS = range(7)

_HOUR = r"(\d{1,2})\s*(?:[h:]\s*([0-5]\d)?)?"
_SPAN = re.compile(rf"{_HOUR}\s*(?:-|–|à|to)\s*{_HOUR}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDetails:
    """What a place tells about itself beyond its commune; None of `point` is the middle of the commune."""

    street: str | None
    point: tuple[float, float] | None
    hours: Hours


def read_hours_form(form: Form) -> Hours:
    """The week and the closures that were typed; what is wrong is noted at its field."""
    weekly = [span for day in DAYS for span in _read_line(form, day)]
    return make_hours(weekly, list(_read_closures(form)))


def _read_line(form: Form, day: int) -> list[OpeningInterval]:
    """ "10h-12h30, 14h-18h"; an empty line is a day on which it is closed."""
    name = f"hours_{day}"
    typed = form.text(name, limit=LINE_LIMIT)
    found: list[OpeningInterval] = []
    for part in re.split(r"[,;/]| et | and ", typed):
        if not part.strip():
            continue
        match = _SPAN.fullmatch(part.strip())
        opens, closes = (_time(*match.group(1, 2)), _time(*match.group(3, 4))) if match else (None, None)
        if opens is None or closes is None or opens >= closes:
            form.fail(name, "Écrivez des heures comme 10h-12h30, 14h-18h, ou rien si c’est fermé.")
            return []
        found.append(OpeningInterval(day=day, opens=opens, closes=closes))
    return found


def _time(hour: str, minute: str | None) -> time | None:
    """Midnight at the end of a day is its last minute."""
    if (hour, minute or "00") == ("24", "00"):
        return time(23, 59)
    return time(int(hour), int(minute or 0)) if int(hour) < 24 else None


def _read_closures(form: Form) -> Iterator[Closure]:
    for number in range(MOST_CLOSURES):
        first = read_day(form, f"closed_from_{number}")
        last = read_day(form, f"closed_until_{number}") or first
        if first is None or last is None:
            continue
        if last < first or last - first > timedelta(days=366):
            form.fail(f"closed_until_{number}", "Cette date vient avant le début, ou plus d’un an après.")
            continue
        yield Closure(first=first, last=last)


def fill_in_hours(actor: Actor) -> dict[str, str]:
    """What stands in the form."""
    return {"street": actor.street or ""} | fill_in_week(read_hours(actor.hours))


def fill_in_week(hours: Hours) -> dict[str, str]:
    """The week and the closures as they are typed."""
    values: dict[str, str] = {}
    for day in DAYS:
        spans = [f"{one.opens:%-Hh%M}-{one.closes:%-Hh%M}" for one in hours.weekly if one.day == day]
        values[f"hours_{day}"] = ", ".join(span.replace("h00", "h") for span in spans)
    for number, one in enumerate(hours.closures):
        values |= {f"closed_from_{number}": one.first.isoformat(), f"closed_until_{number}": one.last.isoformat()}
    return values


def list_pairs(form: Form) -> list[int]:
    """The numbers of the pairs of days that the form shows: those filled in, and some more."""
    filled = [n for n in range(MOST_CLOSURES) if form.typed(f"closed_from_{n}") or form.typed(f"closed_until_{n}")]
    return list(range(min((filled[-1] + 1 if filled else 0) + MORE, MOST_CLOSURES)))


def read_place_details(form: Form, point: tuple[float, float] | None) -> PlaceDetails:
    """The street, the exact point and the hours of a place."""
    street = form.text("street", limit=STREET_LIMIT)
    return PlaceDetails(street=street or None, point=point, hours=read_hours_form(form))
