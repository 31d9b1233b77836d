"""Deliveries to hosts that have been failing for days: kept, probed daily, sent when the host is back (HT7)."""

from datetime import datetime

from models.database import Connection, execute


async def hold(conn: Connection, host: str) -> int:
    """The host is unavailable: keep everything for it, send nothing but one probe a day (HT7)."""
    return await execute(
        conn,
        """
        UPDATE delivery SET state = 'held', claimed_by = NULL, claimed_until = NULL
        WHERE host = $1 AND state = 'waiting'
        """,
        host,
    )


async def reopen(conn: Connection, hosts: list[str]) -> int:
    """These hosts answer again: everything held for them is due."""
    return await execute(
        conn,
        "UPDATE delivery SET state = 'waiting', due_at = now() WHERE host = ANY($1) AND state = 'held'",
        hosts,
    )


async def probe(conn: Connection, *, at: datetime) -> int:
    """Let the oldest held delivery go to each unavailable host whose probe is due (HT7); how many."""
    return await execute(
        conn,
        """
        WITH asked AS (
            UPDATE server SET probe_at = $1::timestamptz + interval '1 day'
            WHERE unavailable_since IS NOT NULL AND probe_at <= $1 RETURNING host
        )
        UPDATE delivery SET state = 'waiting', due_at = $1
        FROM (
            SELECT DISTINCT ON (d.host) d.id FROM delivery d JOIN asked ON asked.host = d.host
            WHERE d.state = 'held' ORDER BY d.host, d.id
        ) AS oldest WHERE delivery.id = oldest.id
        """,
        at,
    )


async def give_up_held(conn: Connection, *, days: int, at: datetime) -> int:
    """Fail what was held for so long: the author sees that it did not arrive (P6)."""
    return await execute(
        conn,
        """
        UPDATE delivery SET state = 'failed', finished_at = now()
        WHERE state = 'held' AND created_at < $2::timestamptz - make_interval(days => $1)
        """,
        days,
        at,
    )
