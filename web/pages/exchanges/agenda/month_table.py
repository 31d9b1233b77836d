"""A month as a table: what lasts on each of its days, and where on the page it is told."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date

from web.pages.exchanges.agenda.entries import AgendaEntries, AgendaSpan, Look
from web.pages.exchanges.month_weeks import list_weeks

ORDER: tuple[Look, ...] = ("agreed", "waiting", "kept")
"""What a day looks like on which there are several things: as the first of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day: how many things there are on it, what it looks like, and the place that tells them."""

    day: date
    today: bool
    count: int = 0
    look: Look | None = None
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTable:
    """A month by weeks; None before its first day and after its last."""

    first: date
    weeks: list[list[Cell | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDays:
    """What the page tells below the table: from which day on, and the days that have lines there."""

    since: date
    days: Set[date]


def draw_table(dated: AgendaEntries, first: date, *, today: date, told: MonthDays) -> MonthTable:
    """The month that begins on this day."""
    return MonthTable(first=first, weeks=list_weeks(first, lambda day: _draw(day, dated, told, today=today)))


def _draw(day: date, dated: AgendaEntries, told: MonthDays, *, today: date) -> Cell:
    over = [one for one in dated.stretches if one.first <= day <= one.last]
    begun = any(line.day == day for line in dated.lines)
    if not over and not begun:
        return Cell(day=day, today=day == today)
    return Cell(
        day=day,
        today=day == today,
        count=max(len(over), 1),
        look=_find_look(over),
        href=_find_place(day, day if begun else _begin_of(over), told),
    )


def _find_look(over: Sequence[AgendaSpan]) -> Look:
    """What a day looks like on which these last; one on which something only begins looks kept."""
    looks: set[Look] = {one.look for one in over} or {"kept"}
    return next(look for look in ORDER if look in looks)


def _begin_of(over: Sequence[AgendaSpan]) -> date:
    return max(one.first for one in over)


def _find_place(day: date, line_day: date, told: MonthDays) -> str:
    """Where its line is: on this page, or on the one of its whole month."""
    if day >= told.since and line_day in told.days:
        return f"#j-{line_day.isoformat()}"
    if day >= told.since > line_day:
        return "#en-cours"
    anchor = f"j-{line_day.isoformat()}" if line_day >= day.replace(day=1) else "en-cours"
    return f"/agenda?mois={day:%Y-%m}#{anchor}"
