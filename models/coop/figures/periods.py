"""Months, quarters and years, by the clock on the wall. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Length = Literal["month", "quarter", "year", "all"]

BEGINNING = date(1000, 1, 1)
"""Where the period of all that is counted begins: the first of all dates is another thing to the database."""

_WRITTEN = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|-T([1-4]))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Period:
    """Whole months that follow one another."""

    first: date
    length: Length

    @property
    def code(self) -> str:
        """As it stands in addresses: 2026-03, 2026-T1, 2026, tout."""
        if self.length == "all":
            return "tout"
        if self.length == "year":
            return f"{self.first.year:04d}"
        if self.length == "quarter":
            return f"{self.first.year:04d}-T{(self.first.month + 2) // 3}"
        return f"{self.first.year:04d}-{self.first.month:02d}"

    def list_months(self) -> list[date]:
        """The first day of each of its months; none of the whole, whose months are those that were counted."""
        count = {"month": 1, "quarter": 3, "year": 12, "all": 0}[self.length]
        return [date(self.first.year, self.first.month + more, 1) for more in range(count)]


ALL = Period(first=BEGINNING, length="all")


def read_period(code: str) -> Period | None:
    """The period that is written so; None where none is."""
    if code == ALL.code:
        return ALL
    found = _WRITTEN.fullmatch(code)
    if found is None or found[1] == "0000":
        return None
    year = int(found[1])
    if found[2]:
        return Period(first=date(year, int(found[2]), 1), length="month")
    if found[3]:
        return Period(first=date(year, 3 * int(found[3]) - 2, 1), length="quarter")
    return Period(first=date(year, 1, 1), length="year")


def find_next_month(month: date) -> date:
    """The first day of the month after this one."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def find_before(period: Period) -> Period | None:
    """The one of the same length that ends where this one begins; there is none of the whole."""
    months = len(period.list_months())
    if not months:
        return None
    count = 12 * period.first.year + period.first.month - 1 - months
    return Period(first=date(count // 12, count % 12 + 1, 1), length=period.length)


def list_ended(month: date) -> list[Period]:
    """The periods of which this is the last month, the month itself first."""
    ended = [Period(first=month, length="month")]
    if month.month % 3 == 0:
        ended.append(Period(first=date(month.year, month.month - 2, 1), length="quarter"))
    if month.month == 12:
        ended.append(Period(first=date(month.year, 1, 1), length="year"))
    return ended


def list_periods(months: Iterable[date]) -> list[Period]:
    """All periods that are whole once these months are counted, the latest first; the longer before its parts."""
    counted = set(months)
    ended = [one for month in counted for one in list_ended(month) if counted.issuperset(one.list_months())]
    order: dict[Length, int] = {"year": 0, "quarter": 1, "month": 2}
    return (
        [ALL, *sorted(ended, key=lambda one: (one.list_months()[-1], -order[one.length]), reverse=True)]
        if ended
        else []
    )
