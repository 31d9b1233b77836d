"""A month that is over is closed, and what may be shown of its year is decided: what every page and file reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from models.coop.figures import events, sums
from models.coop.figures.answers import AnswerSum, describe_answers
from models.coop.figures.deciding import MADE_OF_DONE, OBJECTS, TABLES, Figure, MonthSum, decide_year, list_allowed
from models.coop.figures.periods import BEGINNING, find_next_month
from models.store.database import Connection, execute, execute_many, fetch_all, fetch_column


async def close_due(conn: Connection, today: date) -> list[date]:
    """Count what there is, and close each month that is over, the first one first; which were closed now."""
    await events.keep_sums_of_gone(conn)
    await events.forget_untrue(conn)
    await events.collect(conn)
    closed = await sums.list_closed(conn)
    month = find_next_month(closed[-1]) if closed else await sums.find_first_month(conn)
    due: list[date] = []
    while month is not None and month < today.replace(day=1):
        await sums.close(conn, month)
        due.append(month)
        month = find_next_month(month)
    return due


async def recount(conn: Connection) -> list[date]:
    """Count the closed months again; those of which something else was kept are put right and decided anew."""
    wrong = await sums.recount(conn, await sums.list_closed(conn))
    await execute(conn, "UPDATE figure_month SET decided = false WHERE month = ANY($1)", wrong)
    return wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSums:
    """What is kept of the closed months of a year."""

    year: int
    months: Sequence[date]
    things: Sequence["_Sum"]
    answers: Sequence[AnswerSum]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sum(MonthSum):
    what: str


async def list_undecided(conn: Connection) -> list[int]:
    """Years of which it has to be decided what is shown."""
    return await fetch_column(
        conn, "SELECT DISTINCT extract(year FROM month)::integer FROM figure_month WHERE NOT decided ORDER BY 1"
    )


async def load_year(conn: Connection, year: int) -> YearSums:
    """What is kept of a year, each commune with its EPCI."""
    begins, ends = date(year, 1, 1), date(year + 1, 1, 1)
    return YearSums(
        year=year,
        months=[one for one in await sums.list_closed(conn) if one.year == year],
        things=await fetch_all(
            conn,
            _Sum,
            """
            SELECT s.what, s.month, s.commune_code, coalesce(c.epci_code, '') AS epci_code, s.kind, s.mode, s.elsewhere,
                sum(s.cases)::integer AS cases, sum(s.amount) AS amount
            FROM figure_sum s LEFT JOIN commune c ON c.code = s.commune_code
            WHERE s.month >= $1 AND s.month < $2 AND s.what <> ALL ('{answered,unanswered}')
            GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
            """,
            begins,
            ends,
        ),
        answers=await _load_answers(conn, begins, ends),
    )


async def _load_answers(conn: Connection, begins: date, ends: date) -> list[AnswerSum]:
    return await fetch_all(
        conn,
        AnswerSum,
        """
        SELECT s.month, s.commune_code, coalesce(c.epci_code, '') AS epci_code, s.kind, s.mode,
            s.what = 'answered' AS answered, s.bucket, sum(s.cases)::integer AS cases
        FROM figure_sum s LEFT JOIN commune c ON c.code = s.commune_code
        WHERE s.month >= $1 AND s.month < $2 AND s.what IN ('answered', 'unanswered')
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        """,
        begins,
        ends,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure as it is shown: of what is hidden there is no amount."""

    figure: Figure
    what: str
    amount: Decimal | None


def decide(year: YearSums) -> list[Cell]:
    """What is shown of this year. Takes its time, with hundreds of communes some seconds: not for where others wait."""
    by_thing = {what: list(some) for what, some in groupby(year.things, lambda one: one.what)}
    cells: list[Cell] = []
    for what in TABLES:
        decided = decide_year(by_thing.get(what, []), year.months, what)
        cells += _make_cells(what, decided)
        if what == "done":
            for made in MADE_OF_DONE:
                allowed = list_allowed(made, decided)
                cells += _make_cells(made, decide_year(by_thing.get(made, []), year.months, made, allowed=allowed))
    for what, figure in describe_answers(year.answers, year.months):
        cells.append(Cell(figure=figure, what=what, amount=figure.amount))
    return cells


def _make_cells(what: str, decided: Iterable[tuple[Figure, bool]]) -> list[Cell]:
    return [
        Cell(figure=figure, what=what, amount=figure.amount if shown else None)
        for figure, shown in decided
        if figure.slice != OBJECTS
    ]


async def save_year(conn: Connection, year: YearSums, cells: Sequence[Cell]) -> None:
    """Show from now on what was decided of this year, and what it makes together with all others."""
    await execute(
        conn,
        "DELETE FROM figure_cell WHERE length <> 'all' AND first >= $1 AND first < $2",
        date(year.year, 1, 1),
        date(year.year + 1, 1, 1),
    )
    await _insert(conn, cells)
    await execute(conn, "UPDATE figure_month SET decided = true WHERE month = ANY($1)", list(year.months))


async def save_whole(conn: Connection) -> None:
    """What all years that are shown make together: it says nothing that does not follow from them.

    With it all is decided, and the last month says when: files that were made before are made anew.
    """
    await execute(conn, "DELETE FROM figure_cell WHERE length = 'all'")
    await execute(
        conn,
        """
        INSERT INTO figure_cell (first, length, what, commune_code, epci_code, kind, mode, side, amount, partial)
        SELECT $1, 'all', what, commune_code, epci_code, kind, mode, side, sum(amount),
            bool_or(amount IS NULL)
        FROM figure_cell c
        WHERE what NOT IN ('median', 'unanswered') AND (amount IS NOT NULL OR length = 'month') AND NOT EXISTS (
            SELECT FROM figure_cell w WHERE w.what = c.what AND w.amount IS NOT NULL
                AND (w.commune_code, w.epci_code, w.kind, w.mode, w.side)
                    = (c.commune_code, c.epci_code, c.kind, c.mode, c.side)
                AND (w.length = 'year' AND c.length <> 'year' AND w.first = date_trunc('year', c.first)
                    OR w.length = 'quarter' AND c.length = 'month' AND w.first = date_trunc('quarter', c.first)))
        GROUP BY what, commune_code, epci_code, kind, mode, side
        """,
        BEGINNING,
    )
    answers = await _load_answers(conn, BEGINNING, date(9999, 1, 1))
    whole = [Cell(figure=figure, what=what, amount=figure.amount) for what, figure in describe_answers(answers, None)]
    await _insert(conn, whole)
    await execute(
        conn,
        """
        UPDATE figure_month SET closed_at = clock_timestamp()
        WHERE month = (SELECT max(month) FROM figure_month WHERE decided)
        """,
    )


async def _insert(conn: Connection, cells: Sequence[Cell]) -> None:
    await execute_many(
        conn,
        """
        INSERT INTO figure_cell (first, length, what, commune_code, epci_code, kind, mode, side, amount)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        [
            (
                one.figure.period.first,
                one.figure.period.length,
                one.what,
                one.figure.slice.commune_code,
                one.figure.slice.epci_code,
                one.figure.slice.kind,
                one.figure.slice.mode,
                one.figure.slice.side,
                one.amount,
            )
            for one in cells
        ],
    )
