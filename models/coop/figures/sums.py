"""Sums of what was counted, month by month: kept once a month is over, counted again every night, and compared."""

from dataclasses import dataclass
from datetime import date, datetime

from models.ids import make_id
from models.store.database import Connection, execute, execute_many, fetch_all, fetch_column
from models.store.statements import compose

_COUNTED = """
    SELECT month, what, commune_code, kind, mode, category, elsewhere, bucket, sum(cases)::integer AS cases,
        sum(amount) AS amount
    FROM (
        SELECT month, what, commune_code, kind, mode, category, elsewhere, bucket, 1 AS cases, amount FROM figure_event
        WHERE NOT gone
        UNION ALL
        SELECT month, what, commune_code, kind, mode, category, elsewhere, bucket, cases, amount FROM figure_gone
    ) AS counted
    WHERE month = ANY($1) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something of a closed month of which another number was kept than is counted; the one that is counted stands."""

    id: int
    month: date
    what: str
    kept: int
    counted: int
    found_at: datetime


async def list_closed(conn: Connection) -> list[date]:
    """The months that are closed, the first one first."""
    return await fetch_column(conn, "SELECT month FROM figure_month ORDER BY month")


async def find_first_month(conn: Connection) -> date | None:
    """The month to close first: January of the year of the first thing that was counted, so that its year is whole."""
    found = await fetch_column(
        conn, "SELECT min(month) FROM (SELECT month FROM figure_event UNION ALL SELECT month FROM figure_gone) AS known"
    )
    return None if found[0] is None else date(found[0].year, 1, 1)


_KEEP = compose(
    """
    INSERT INTO figure_sum (month, what, commune_code, kind, mode, category, elsewhere, bucket, cases, amount) {counted}
    """,
    counted=_COUNTED,
)


async def keep(conn: Connection, months: list[date]) -> None:
    """Keep the sums of these months as they are counted now, instead of those that were kept."""
    await execute(conn, "DELETE FROM figure_sum WHERE month = ANY($1)", months)
    await execute(conn, _KEEP, months)


async def close(conn: Connection, month: date) -> None:
    """This month is over: its sums are kept, and nothing counts in it any more."""
    await execute(conn, "INSERT INTO figure_month (month) VALUES ($1)", month)
    await keep(conn, [month])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unequal:
    month: date
    what: str
    kept: int
    counted: int


_COMPARE = compose(
    """
    SELECT coalesce(k.month, c.month) AS month, coalesce(k.what, c.what) AS what,
        coalesce(sum(k.cases), 0)::integer AS kept, coalesce(sum(c.cases), 0)::integer AS counted
    FROM (SELECT * FROM figure_sum WHERE month = ANY($1)) AS k
    FULL JOIN ({counted}) AS c USING (month, what, commune_code, kind, mode, category, elsewhere, bucket)
    WHERE k.cases IS DISTINCT FROM c.cases OR k.amount IS DISTINCT FROM c.amount
    GROUP BY 1, 2 ORDER BY 1, 2
    """,
    counted=_COUNTED,
)


async def recount(conn: Connection, months: list[date]) -> list[date]:
    """Compare what is kept of these months with what is counted, note what is not equal and put it right.

    Answers the months of which something was not.
    """
    unequal = await fetch_all(conn, _Unequal, _COMPARE, months)
    await execute_many(
        conn,
        "INSERT INTO figure_difference (id, month, what, kept, counted) VALUES ($1, $2, $3, $4, $5)",
        [(make_id(), one.month, one.what, one.kept, one.counted) for one in unequal],
    )
    wrong = sorted({one.month for one in unequal})
    if wrong:
        await keep(conn, wrong)
    return wrong


async def list_differences(conn: Connection) -> list[Difference]:
    """What was found at night and nobody has seen yet, the latest first."""
    return await fetch_all(
        conn,
        Difference,
        """
        SELECT id, month, what, kept, counted, found_at FROM figure_difference WHERE seen_at IS NULL
        ORDER BY id DESC LIMIT 100
        """,
    )


async def mark_seen(conn: Connection) -> int:
    """Somebody who administers has seen them; how many."""
    return await execute(conn, "UPDATE figure_difference SET seen_at = now() WHERE seen_at IS NULL")
