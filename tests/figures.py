"""A cooperative of which there is something to count: exchanges on given days, closed and decided."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from models import preferences
from models.coop.figures import closing
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.store.database import Connection, execute, execute_many
from tests.factories import make_agreement, make_listing


async def make_exchange(
    conn: Connection,
    owner: Actor,
    partner: Actor,
    day: date,
    *,
    answered: timedelta | None = timedelta(hours=1),
    done: bool = True,
    quantity: int = 1,
    hours: int | None = None,
    **details: Any,
) -> Agreement:
    """A listing that somebody asked for that day at noon: answered, agreed and done within hours."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    listing = await make_listing(conn, owner, post={"published_at": at}, **details)
    agreed = await make_agreement(conn, listing, partner, state="done" if done else "agreed")
    await execute(
        conn,
        """
        UPDATE agreement SET created_at = $2, agreed_at = $2, ended_at = CASE WHEN $3 THEN $2::timestamptz END,
            quantity = $4, begins_at = CASE WHEN $5::integer IS NOT NULL THEN $2 END,
            ends_at = $2 + make_interval(hours => $5) WHERE id = $1
        """,
        agreed.id,
        at,
        done,
        quantity,
        hours,
    )
    await execute(conn, "UPDATE exchange SET created_at = $2 WHERE id = $1", agreed.exchange_id, at)
    await execute(conn, "DELETE FROM exchange_event WHERE exchange_id = $1", agreed.exchange_id)
    if answered is not None:
        await execute(
            conn,
            """
            INSERT INTO exchange_event (id, exchange_id, agreement_id, actor_id, kind, created_at)
            SELECT 1 + coalesce(max(id), 0), $1, $2, $3, 'agreed', $4 FROM exchange_event
            """,
            agreed.exchange_id,
            agreed.id,
            owner.id,
            at + answered,
        )
    return agreed


async def close_months(conn: Connection, today: date) -> None:
    """What is done at night: all of it within the transaction of a test."""
    await closing.close_due(conn, today)
    await closing.recount(conn)
    await decide_years(conn)


async def decide_years(conn: Connection) -> None:
    """What is shown of each year, and of all of them."""
    for year in await closing.list_undecided(conn):
        sums = await closing.load_year(conn, year)
        await closing.save_year(conn, sums, closing.decide(sums))
    await closing.save_whole(conn)


async def add_sample_figures(conn: Connection) -> None:
    """Fifteen months of sums, published: the last of them is March 2026. One difference was found at night."""
    months = [date(2025 + number // 12, number % 12 + 1, 1) for number in range(15)]
    rows = [
        (month, what, commune, mode, elsewhere, (3 + weight) * (1 + place % 3) + place)
        for place, month in enumerate(months)
        for what in ("listings", "agreed", "done", "objects")
        for commune, weight in (("59355", 9), ("59350", 2), ("59328", -2))
        for mode, elsewhere in (("loan", False), ("gift", True))
    ]
    await execute_many(
        conn,
        """
        INSERT INTO figure_sum (month, what, commune_code, kind, mode, category, elsewhere, bucket, cases, amount)
        VALUES ($1, $2, $3, 'offer', $4, '', $5, 0, $6::integer, $6::integer)
        """,
        rows,
    )
    await execute_many(conn, "INSERT INTO figure_month (month) VALUES ($1)", [(month,) for month in months])
    await decide_years(conn)
    await execute(
        conn,
        """
        INSERT INTO figure_difference (id, month, what, kept, counted) VALUES (1, '2026-02-01', 'done', 41, 40)
        """,
    )
    chosen = await preferences.load(conn)
    await preferences.save(conn, replace(chosen, figures_published=True))
