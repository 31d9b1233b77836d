"""A month on a page: its weeks from Monday to Sunday, and the months around it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

WEEK = 7

Cell = TypeVar("Cell")


def next_month(first: date, step: int) -> date:
    """The first day of the month so many months later."""
    month = first.year * 12 + first.month - 1 + step
    return date(month // 12, month % 12 + 1, 1)


def list_weeks(first: date, draw: Callable[[date], Cell]) -> list[list[Cell | None]]:
    """The month that begins on this day, each of its days drawn; None before its first day and after its last."""
    days = [first + timedelta(days=n) for n in range((next_month(first, 1) - first).days)]
    cells: list[Cell | None] = [None] * first.weekday()
    cells += [draw(day) for day in days]
    cells += [None] * (-len(cells) % WEEK)
    return [cells[n : n + WEEK] for n in range(0, len(cells), WEEK)]
