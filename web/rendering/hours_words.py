"""When the cooperative is open, in words: a row for each day on which it is, a line for each closure to come."""

from datetime import date, datetime
from typing import Any

from models.moments import PARIS
from models.people.opening_hours import Closure, read_hours
from web.rendering.formats import format_hour, format_short_day, format_start
from web.rendering.i18n import N_, Say

DAYS = (N_("Lundi"), N_("Mardi"), N_("Mercredi"), N_("Jeudi"), N_("Vendredi"), N_("Samedi"), N_("Dimanche"))

Kept = dict[str, Any] | None
"""Hours as settings have them (`models/people/opening_hours.write_hours`)."""


def list_hour_rows(kept: Kept, say: Say, language: str) -> list[tuple[str, str]]:
    """Each day on which it opens, and from when until when."""
    hours = read_hours(kept)
    spoken: dict[int, list[str]] = {}
    for one in hours.weekly:
        opens, closes = format_hour(one.opens, language), format_hour(one.closes, language)
        spoken.setdefault(one.day, []).append(say(N_("de %(opens)s à %(closes)s"), opens=opens, closes=closes))
    return [(say(DAYS[day]), ", ".join(spans)) for day, spans in spoken.items()]


def list_closure_lines(kept: Kept, say: Say, language: str, *, today: date | None = None) -> list[str]:
    """When it is closed all the same, today and later."""
    day = today or datetime.now(PARIS).date()
    return [_tell_closure(one, say, language, day) for one in read_hours(kept).closures if one.last >= day]


def _tell_closure(one: Closure, say: Say, language: str, today: date) -> str:
    end = format_short_day(one.last, language, today=today)
    if one.first == one.last:
        return say(N_("Fermé le %(day)s"), day=end)
    return say(N_("Fermé du %(start)s au %(end)s"), start=format_start(one.first, one.last, language), end=end)


def list_hour_lines(kept: Kept, say: Say, language: str) -> list[str]:
    """All of it, a line each."""
    rows = [
        say(N_("%(label)s : %(value)s"), label=day, value=spans) for day, spans in list_hour_rows(kept, say, language)
    ]
    return [*rows, *list_closure_lines(kept, say, language)]
