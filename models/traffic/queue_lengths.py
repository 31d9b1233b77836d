"""What waits in the queues: whether something is due, and how much there is and for how long."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_one, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLengths:
    """Rows that wait, and seconds for which the first that is due has been waiting.

    `deliveries_failed` and `jobs_failed` are what was given up and is still known.
    """

    inbox_waiting: int
    inbox_held: int
    inbox_age: float
    deliveries_waiting: int
    deliveries_held: int
    deliveries_failed: int
    deliveries_age: float
    jobs_queued: int
    jobs_picked: int
    jobs_failed: int
    jobs_age: float


async def measure(conn: Connection) -> QueueLengths:
    """As it is now; only rows that are not done are read, which have indexes of their own."""
    found = await fetch_one(
        conn,
        QueueLengths,
        """
        SELECT inbox.waiting AS inbox_waiting, inbox.age AS inbox_age,
            (SELECT count(*) FROM received WHERE state = 'held') AS inbox_held,
            outbox.waiting AS deliveries_waiting, outbox.age AS deliveries_age,
            (SELECT count(*) FROM delivery WHERE state = 'held') AS deliveries_held,
            (SELECT count(*) FROM delivery WHERE state = 'failed') AS deliveries_failed,
            jobs.queued AS jobs_queued, jobs.picked AS jobs_picked, jobs.failed AS jobs_failed, jobs.age AS jobs_age
        FROM (
            SELECT count(*) AS waiting,
                coalesce(max(extract(epoch FROM now() - due_at)) FILTER (WHERE due_at <= now()), 0)::float8 AS age
            FROM received WHERE state = 'waiting'
        ) AS inbox, (
            SELECT count(*) AS waiting,
                coalesce(max(extract(epoch FROM now() - due_at)) FILTER (WHERE due_at <= now()), 0)::float8 AS age
            FROM delivery WHERE state = 'waiting'
        ) AS outbox, (
            SELECT count(*) FILTER (WHERE status = 'queued') AS queued,
                count(*) FILTER (WHERE status = 'picked') AS picked,
                count(*) FILTER (WHERE status = 'failed') AS failed,
                coalesce(max(extract(epoch FROM now() - execute_after))
                    FILTER (WHERE status = 'queued' AND execute_after <= now()), 0)::float8 AS age
            FROM pgqueuer
        ) AS jobs
        """,
    )
    assert found is not None
    return found


async def is_received_due(conn: Connection, *, at: datetime) -> bool:
    """Whether there may be something that came in to claim: asked before what works through it is read."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM received
                WHERE state = 'waiting' AND due_at <= $1 AND (claimed_until IS NULL OR claimed_until < $1))
            """,
            at,
        )
    )


async def is_delivery_due(conn: Connection, *, at: datetime) -> bool:
    """Whether there may be something to deliver."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM delivery
                WHERE state = 'waiting' AND due_at <= $1 AND (claimed_until IS NULL OR claimed_until < $1))
            """,
            at,
        )
    )
