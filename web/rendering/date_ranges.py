"""From when until when: days and hours as people say them here, half-open moments as the database keeps them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.exchanges.points import Currency
from models.moments import PARIS
from web.rendering.formats import format_day, format_hour
from web.rendering.i18n import Say
from web.rendering.render import N_

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRange:
    """The first and the last day, both included, with hours where they matter; no last day where the end is open."""

    first: date
    first_hour: time | None = None
    last: date | None = None
    last_hour: time | None = None

    @property
    def days(self) -> Iterator[date]:
        """Every day of it."""
        last = self.last or self.first
        return (self.first + DAY * number for number in range((last - self.first).days + 1))


def begin_at(day: date, hour: time | None = None) -> datetime:
    """The moment at which a span begins: midnight here, or the hour."""
    return datetime.combine(day, hour or time(), tzinfo=PARIS).astimezone(UTC)


def end_at(day: date, hour: time | None = None) -> datetime:
    """The moment before which it ends: the midnight after its last day, or the hour."""
    return begin_at(day + DAY) if hour is None else begin_at(day, hour)


def read_span(begins_at: datetime | None, ends_at: datetime | None = None) -> DateRange | None:
    """Moments as days and hours; midnights are the bounds of whole days."""
    if begins_at is None:
        return None
    begin = begins_at.astimezone(PARIS)
    first_hour = begin.time() if begin.time() != time() else None
    if ends_at is None:
        return DateRange(first=begin.date(), first_hour=first_hour)
    end = ends_at.astimezone(PARIS)
    if end.time() == time():
        return DateRange(first=begin.date(), first_hour=first_hour, last=end.date() - DAY)
    return DateRange(first=begin.date(), first_hour=first_hour, last=end.date(), last_hour=end.time())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLocale:
    """How one reader is spoken to: sentences and dates of her language, and what points are called here."""

    say: Say
    language: str
    currency: Currency | None = None


def describe(span: DateRange, locale: ReaderLocale) -> str:
    """In words: "Du mercredi 13 mai, 10 h, au dimanche 17 mai, 18 h"."""
    say, language = locale.say, locale.language
    first = format_day(span.first, language)
    first_hour, last_hour = (format_hour(hour, language) if hour else "" for hour in (span.first_hour, span.last_hour))
    if span.last is None or span.last == span.first:
        return say(_choose(bool(first_hour), bool(last_hour)), day=first, start=first_hour, end=last_hour)
    begin = f"{first}, {first_hour}," if first_hour else first
    last = format_day(span.last, language)
    return say(N_("Du %(start)s au %(end)s"), start=begin, end=f"{last}, {last_hour}" if last_hour else last)


def describe_moments(say: Say, begins_at: datetime, ends_at: datetime | None, language: str) -> str:
    """The same from moments."""
    span = read_span(begins_at, ends_at)
    assert span is not None
    return describe(span, ReaderLocale(say=say, language=language))


def _choose(begins: bool, ends: bool) -> str:
    if begins and ends:
        return N_("Le %(day)s, de %(start)s à %(end)s")
    if begins:
        return N_("Le %(day)s, à partir de %(start)s")
    return N_("Le %(day)s, jusqu’à %(end)s") if ends else N_("Le %(day)s")
