"""Statements that took long: noticed where they are asked, written down a moment later, shown by the doctor."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from models.store.database import Connection, Pool, execute, fetch_one, transaction

KEPT_DAYS = 30

TEXT_LIMIT = 400
"""So much of a statement tells which it is."""

MOST_A_DAY = 50
"""So many different ones are written down of a day, and kept in memory until then."""

PAUSE_SECONDS = 5.0
"""What is slow now is slow again soon: they are written down together."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """How often one was slow, and the seconds of the slowest time."""

    times: int
    longest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowStatement:
    """What was slow most often within a day."""

    statement: str
    times: int
    longest: float


class SlowStatements:
    """Those of one process that are not written down yet."""

    def __init__(self) -> None:
        self._noticed: dict[str, Noticed] = {}
        self._there = asyncio.Event()

    def notice(self, sql: str, seconds: float) -> None:
        """This took so long. What it was asked with is not kept."""
        self._add(" ".join(sql.split())[:TEXT_LIMIT], Noticed(1, seconds))

    def _add(self, text: str, more: Noticed) -> None:
        before = self._noticed.get(text, Noticed(0, 0.0))
        if text in self._noticed or len(self._noticed) < MOST_A_DAY:
            self._noticed[text] = Noticed(before.times + more.times, max(before.longest, more.longest))
        self._there.set()

    async def keep(self, pool: Pool) -> None:
        """Write down what comes, until cancelled. What could not be written down is not lost: the next try does it."""
        while True:
            await self._there.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            self._there.clear()
            found, self._noticed = self._noticed, {}
            try:
                async with transaction(pool) as conn:
                    await save(conn, found)
            except BaseException:
                for text, one in found.items():
                    self._add(text, one)
                raise


async def save(conn: Connection, found: Mapping[str, Noticed]) -> None:
    """Add these to those of today, of which there are only so many different ones; one process after the other does."""
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('slow_statement'))")
    await execute(
        conn,
        """
        INSERT INTO slow_statement AS known (statement, times, longest)
        SELECT statement, times, longest FROM (
            SELECT found.*, s.day IS NULL AS new,
                row_number() OVER (PARTITION BY s.day IS NULL ORDER BY found.times DESC, found.longest DESC) AS place
            FROM unnest($1::text[], $2::integer[], $3::float8[]) AS found (statement, times, longest)
            LEFT JOIN slow_statement s ON s.day = current_date AND s.statement = found.statement
        ) AS one
        WHERE NOT new OR place <= $4 - (SELECT count(*) FROM slow_statement WHERE day = current_date)
        ON CONFLICT (day, statement) DO UPDATE SET times = known.times + excluded.times,
            longest = greatest(known.longest, excluded.longest), last_at = now()
        """,
        list(found),
        [one.times for one in found.values()],
        [one.longest for one in found.values()],
        MOST_A_DAY,
    )


async def find_worst(conn: Connection) -> SlowStatement | None:
    """The one that was slow most often since yesterday."""
    return await fetch_one(
        conn,
        SlowStatement,
        """
        SELECT statement, sum(times)::integer AS times, max(longest) AS longest FROM slow_statement
        WHERE last_at > now() - interval '1 day' GROUP BY statement ORDER BY times DESC, longest DESC LIMIT 1
        """,
    )


async def forget_old(conn: Connection) -> int:
    """Forget those of more than a month ago; how many there were."""
    return await execute(conn, "DELETE FROM slow_statement WHERE day < current_date - $1::integer", KEPT_DAYS)
