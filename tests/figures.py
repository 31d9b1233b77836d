"""A cooperative of which there is something to count: exchanges on given days, closed and decided."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from models.coop.figures import closing
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.store.database import Connection, execute
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
    for year in await closing.list_undecided(conn):
        sums = await closing.load_year(conn, year)
        await closing.save_year(conn, sums, closing.decide(sums))
    await closing.save_whole(conn)
