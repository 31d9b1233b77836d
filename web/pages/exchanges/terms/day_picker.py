"""Days as people see them: a strip beside terms, and months of which days are chosen by plain links."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from models.exchanges import agreements
from models.exchanges.agreements import Taken, Terms
from web.pages.exchanges.month_weeks import list_weeks, next_month
from web.rendering.date_ranges import DAY, DateRange, begin_at, read_span

Freedom = Literal["free", "partly", "taken"]

ONE = Decimal(1)

STRIP = 7
"""A strip is as long as a week; a span of more than two weeks has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StripDay:
    """One day of a strip: inside the span, with an hour where it begins or ends; or taken by somebody else."""

    day: date
    inside: bool
    hour: time | None = None
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PickDay:
    """One day of a month: `href` chooses it; None where it cannot be chosen."""

    day: date
    href: str | None
    chosen: bool = False
    freedom: Freedom = "free"
    past: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month by weeks; None before its first day and after its last."""

    first: date
    weeks: list[list[PickDay | None]]


def draw_strip(terms: Terms, taken: Sequence[Taken]) -> list[StripDay]:
    """The days of the terms with one before and one after, whole weeks long."""
    span = read_span(terms.begins_at, terms.ends_at)
    if span is None:
        return []
    inside = list(span.days)
    if len(inside) > 2 * STRIP:
        return []
    shown = [span.first - DAY, *inside]
    shown += [shown[-1] + DAY * n for n in range(1, 1 + -len(shown) % STRIP)]
    return [_draw(day, span, taken) for day in shown]


def _draw(day: date, span: DateRange, taken: Sequence[Taken]) -> StripDay:
    last = span.last or span.first
    hours = {span.first: span.first_hour, last: span.last_hour or (span.first_hour if last == span.first else None)}
    inside = span.first <= day <= last
    freedom = "free" if inside else find_availability(day, taken, wanted=ONE, there=ONE)
    return StripDay(day=day, inside=inside, hour=hours.get(day) if inside else None, taken=freedom == "taken")


def find_availability(day: date, taken: Iterable[Taken], *, wanted: Decimal, there: Decimal | None) -> Freedom:
    """Whether so many are free all day, part of it, or never that day; where nobody counts, always."""
    if there is None:
        return "free"
    begin, end = begin_at(day), begin_at(day + DAY)
    ranges = [one for one in taken if one.begins_at < end and one.ends_at > begin]
    if not ranges:
        return "taken" if wanted > there else "free"
    free = [
        agreements.is_free(ranges, first, last, wanted=wanted, there=there)
        for first, last in _split_day(begin, end, ranges)
    ]
    return "free" if all(free) else "partly" if any(free) else "taken"


def _split_day(begin: datetime, end: datetime, ranges: Sequence[Taken]) -> Iterable[tuple[datetime, datetime]]:
    """The pieces of a day within which the same is taken all the time."""
    bounds = {begin, end, *(moment for one in ranges for moment in (one.begins_at, one.ends_at))}
    return pairwise(sorted(moment for moment in bounds if begin <= moment <= end))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChoice:
    """Where somebody stands who chooses days: what is chosen, today, what is taken, and the address to choose at."""

    path: str
    today: date
    first: date | None
    last: date | None
    taken: Sequence[Taken]
    wanted: Decimal
    there: Decimal | None

    def judge(self, day: date) -> Freedom:
        """Whether so many are free on this day."""
        return find_availability(day, self.taken, wanted=self.wanted, there=self.there)


def draw_months(choosing: DayChoice, first: date, *, count: int) -> list[Month]:
    """So many months from the one that begins on this day, each day with the way to choose it."""
    limit = _find_limit(choosing, next_month(first, count))
    return [_draw_month(choosing, next_month(first, step), limit) for step in range(count)]


def _find_limit(choosing: DayChoice, until: date) -> date | None:
    """The first day after the one chosen that is not wholly free: no span goes beyond it."""
    if choosing.first is None or choosing.last is not None:
        return None
    later = (choosing.first + DAY * n for n in range(1, max((until - choosing.first).days, 1)))
    return next((day for day in later if choosing.judge(day) != "free"), None)


def _draw_month(choosing: DayChoice, first: date, limit: date | None) -> Month:
    return Month(first=first, weeks=list_weeks(first, lambda day: _pick(choosing, day, limit)))


def _pick(choosing: DayChoice, day: date, limit: date | None) -> PickDay:
    first, last = choosing.first, choosing.last
    freedom = choosing.judge(day)
    past = day < choosing.today
    chosen = first is not None and (day == first if last is None else first <= day <= last)
    href = None if past or freedom == "taken" else _address(choosing, day, limit)
    return PickDay(day=day, href=href, chosen=chosen, freedom=freedom, past=past)


def _address(choosing: DayChoice, day: date, limit: date | None) -> str:
    """First the first day, then the last one; a day before the first, or behind what is taken, begins anew."""
    first = choosing.first
    month = f"&mois={day:%Y-%m}"
    if first is None or choosing.last is not None or day < first or (limit is not None and day > limit):
        return f"{choosing.path}?du={day.isoformat()}{month}"
    return f"{choosing.path}?du={first.isoformat()}&au={day.isoformat()}{month}"
