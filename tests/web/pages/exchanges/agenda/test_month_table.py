"""A month as a table: every day of every month once, in the column of its weekday."""

from calendar import monthrange
from datetime import date

import pytest

from web.pages.exchanges.agenda.entries import AgendaEntries, AgendaEntry, AgendaSpan, Look
from web.pages.exchanges.agenda.month_table import Cell, MonthDays, draw_table

TODAY = date(2027, 5, 10)


def draw(dated: AgendaEntries, first: date = date(2027, 5, 1), told: MonthDays | None = None) -> dict[int, Cell]:
    table = draw_table(dated, first, today=TODAY, told=told or MonthDays(since=first, days=set()))
    return {cell.day.day: cell for week in table.weeks for cell in week if cell is not None}


def make_stretch(first: int, last: int, look: Look = "agreed") -> AgendaSpan:
    line = AgendaEntry(day=date(2027, 5, first), what="Vous prêtez", href="/echanges/1", icon="agreement")
    return AgendaSpan(first=line.day, last=date(2027, 5, last), look=look, line=line)


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("year", [2023, 2024, 2026, 2027])
def test_every_day_stands_once_under_its_weekday(year: int, month: int) -> None:
    table = draw_table(AgendaEntries(), date(year, month, 1), today=TODAY, told=MonthDays(since=TODAY, days=set()))

    assert all(len(week) == 7 for week in table.weeks)
    cells = [(column, cell.day) for week in table.weeks for column, cell in enumerate(week) if cell is not None]
    assert [day.day for _, day in cells] == list(range(1, monthrange(year, month)[1] + 1))
    assert all(day.weekday() == column for column, day in cells)
    assert all(cell is not None for cell in table.weeks[1]), "its weekdays name the columns"


def test_a_day_tells_how_much_is_on_it_and_looks_like_what_is_settled() -> None:
    dated = AgendaEntries()
    dated.add(make_stretch(3, 8), make_stretch(3, 8).line)
    dated.add(make_stretch(5, 5, "waiting"), make_stretch(5, 5).line)
    dated.add(make_stretch(20, 21, "kept"), make_stretch(20, 21).line)

    cells = draw(dated)

    assert [(cells[day].count, cells[day].look) for day in (2, 3, 5, 8, 9, 21)] == [
        (0, None),
        (1, "agreed"),
        (2, "agreed"),
        (1, "agreed"),
        (0, None),
        (1, "kept"),
    ]
    assert [day for day, cell in cells.items() if cell.today] == [10]


def test_days_that_the_page_does_not_tell_lead_to_the_page_of_their_month() -> None:
    dated = AgendaEntries()
    dated.add(make_stretch(3, 12), make_stretch(3, 12).line)
    dated.add(make_stretch(20, 21), make_stretch(20, 21).line)

    cells = draw(dated, told=MonthDays(since=TODAY, days=set()))

    assert cells[4].href == "/agenda?mois=2027-05#j-2027-05-03"
    assert cells[11].href == "#en-cours"
    assert cells[20].href == cells[21].href == "/agenda?mois=2027-05#j-2027-05-20"
    assert draw(dated, told=MonthDays(since=TODAY, days={date(2027, 5, 20)}))[21].href == "#j-2027-05-20"
