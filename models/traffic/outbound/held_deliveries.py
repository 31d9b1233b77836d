"""Deliveries kept back: of hosts that fail for days, probed daily (HT7), and of those that somebody paused by hand."""

from datetime import datetime

from models.store.database import Connection, execute


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
    """These hosts answer again: everything held for them is due, unless somebody paused them.

    An inbox that still counts as failing is asked again a day later: only its own success proves it (HT7).
    """
    return await execute(
        conn,
        """
        UPDATE delivery SET state = 'waiting',
            due_at = CASE WHEN delivery.inbox = ANY(s.failing_inboxes) THEN now() + interval '1 day' ELSE now() END
        FROM server s
        WHERE s.host = delivery.host AND NOT s.holding AND delivery.host = ANY($1) AND delivery.state = 'held'
        """,
        hosts,
    )


async def pause(conn: Connection, host: str) -> int:
    """Hold by hand what is for this host, and what will be; how many were waiting."""
    await execute(
        conn,
        """
        INSERT INTO server (host, paused_at) VALUES ($1, now())
        ON CONFLICT (host) DO UPDATE SET paused_at = coalesce(server.paused_at, excluded.paused_at)
        """,
        host,
    )
    return await hold(conn, host)


async def resume(conn: Connection, host: str) -> int:
    """Hold it no longer by hand; how many may go now: all of them, or none while the host does not answer."""
    await execute(conn, "UPDATE server SET paused_at = NULL WHERE host = $1", host)
    return await reopen(conn, [host])


async def retry_now(conn: Connection, host: str, *, at: datetime) -> int:
    """Try now what waits for this host, or for one that is unavailable its oldest delivery; how many are due."""
    await execute(conn, "UPDATE server SET probe_at = $2 WHERE host = $1 AND unavailable_since IS NOT NULL", host, at)
    probes = await probe(conn, at=at)
    due = await execute(
        conn,
        """
        UPDATE delivery SET due_at = least(due_at, $2)
        WHERE host = $1 AND state = 'waiting' AND claimed_until IS NULL
        """,
        host,
        at,
    )
    return max(due, probes)


async def probe(conn: Connection, *, at: datetime) -> int:
    """Let the oldest held delivery go to each unavailable host whose probe is due (HT7); how many."""
    return await execute(
        conn,
        """
        WITH asked AS (
            UPDATE server SET probe_at = $1::timestamptz + interval '1 day'
            WHERE unavailable_since IS NOT NULL AND paused_at IS NULL AND probe_at <= $1 RETURNING host
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
    """Fail what was held for so long: the author sees that it did not arrive (HT7)."""
    return await execute(
        conn,
        """
        UPDATE delivery SET state = 'failed', finished_at = now(),
            error = coalesce(error, (SELECT s.failure FROM server s WHERE s.host = delivery.host)),
            cause = coalesce(cause, (SELECT s.failure_cause FROM server s WHERE s.host = delivery.host))
        WHERE state = 'held'
            AND coalesce(requeued_at, created_at) < $2::timestamptz - make_interval(days => $1)
        """,
        days,
        at,
    )
