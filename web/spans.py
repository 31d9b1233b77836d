"""From when to when, in words: whole days without hours, hours where there are some, here in the time of Paris."""

from datetime import datetime, time, timedelta

from babel.dates import format_time

from models.moments import PARIS
from web.formats import format_day, format_moment
from web.forms import Say
from web.render import N_


def tell_span(say: Say, begins_at: datetime, ends_at: datetime | None, language: str) -> str:
    """ "Du samedi 9 mai au lundi 11 mai", "Le samedi 9 mai", "Samedi 9 mai, 14:00 – 16:00"."""
    if ends_at is None:
        return _rise(format_moment(begins_at, language))
    start, end = begins_at.astimezone(PARIS), ends_at.astimezone(PARIS)
    if start.time() == time() and end.time() == time():
        last = end.date() - timedelta(days=1)
        if last <= start.date():
            return say(N_("Le %(day)s"), day=format_day(start.date(), language))
        return say(
            N_("Du %(first)s au %(last)s"), first=format_day(start.date(), language), last=format_day(last, language)
        )
    if start.date() == end.date():
        return f"{_rise(format_moment(start, language))} – {format_time(end, format='short', locale=language)}"
    return say(N_("Du %(first)s au %(last)s"), first=format_moment(start, language), last=format_moment(end, language))


def _rise(text: str) -> str:
    return text[:1].upper() + text[1:]
