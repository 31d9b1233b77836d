"""Repairs as files of open data have them: without anybody's name or place, read some at a time."""

from dataclasses import dataclass
from datetime import date, datetime

from models.repairs.results.results import Barrier, Outcome
from models.store.database import Connection, fetch_all, fetch_column
from models.store.statements import compose


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRepair:
    """One repair. `problem`, `brand` and `parts` are as they were typed: whoever publishes them scrubs them first."""

    id: int
    bike_type: str
    organ: str
    outcome: Outcome
    barrier: Barrier | None
    minutes: int | None
    parts: list[str]
    problem: str
    brand: str
    repaired_on: date
    noted_at: datetime


_COLUMNS = "id, bike_type, organ, outcome, barrier, minutes, parts, problem, brand, repaired_on, noted_at"

_ELECTRIC = "(bike_type = 'ebike' OR organ IN ('electric', 'lights'))"
"""What the Open Repair Data Standard is about; the rest of a bike is not in its scope."""

_LIST_ELECTRIC, _LIST_OTHERS = (
    compose(text, columns=_COLUMNS, electric=_ELECTRIC)
    for text in (
        "SELECT {columns} FROM counted_repair WHERE id > $1 AND {electric} ORDER BY id LIMIT $2",
        "SELECT {columns} FROM counted_repair WHERE id > $1 AND NOT {electric} ORDER BY id LIMIT $2",
    )
)


async def list_repairs(conn: Connection, *, electric: bool, after: int, limit: int) -> list[OpenRepair]:
    """Repairs with anything electric about them, or all others; by number, after one."""
    return await fetch_all(conn, OpenRepair, _LIST_ELECTRIC if electric else _LIST_OTHERS, after, limit)


async def list_names(conn: Connection) -> list[str]:
    """What people are called here, or were whose exchanges are kept: nothing of it may stand in an open file."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT word FROM (
            SELECT name AS word FROM actor WHERE local AND type = 'Person' AND name <> ''
            UNION ALL SELECT username FROM actor WHERE local AND type = 'Person'
            UNION ALL SELECT a.name FROM actor a WHERE NOT a.local AND a.type = 'Person' AND a.name <> ''
                AND EXISTS (SELECT FROM repair_result r WHERE a.id IN (r.repairer_id, r.cyclist_id, r.author_id))
        ) AS known
        """,
    )
