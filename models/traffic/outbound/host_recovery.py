"""Hosts that are back: what waits for them is due at once, and in its order, instead of when its old wait is over.

A success proves that a host is there: all that waits for it becomes due. A verified word from it does not, since its
inbox may be what is broken: it makes a few deliveries due, whose success is the proof. Both happen once in a while
only, so that neither a host that comes and goes nor one that talks all day is asked all the time. A peer that asked
for patience (429) is given it.
"""

from datetime import datetime

from models.servers.servers import save_seen
from models.store.database import Connection, execute
from models.traffic.outbound import held_deliveries

SOUNDINGS = 8
"""So many deliveries ask whether a host is back, each at another inbox."""


async def retry_waiting(conn: Connection, hosts: list[str], *, at: datetime) -> int:
    """These answer again: what waits for them is due, but for inboxes that still count as failing; how many.

    What failed often while the host was away is tried again soon, should it fail once more. That it was tried is
    remembered: it may have arrived.
    """
    return await execute(
        conn,
        """
        UPDATE delivery SET due_at = $2, attempts = least(delivery.attempts, 1)
        FROM server s
        WHERE s.host = ANY($1) AND NOT s.holding AND delivery.host = s.host AND delivery.state = 'waiting'
            AND delivery.due_at > $2 AND delivery.claimed_until IS NULL AND delivery.inbox <> ALL(s.failing_inboxes)
            AND NOT EXISTS (SELECT FROM delivery e WHERE e.host = delivery.host AND e.actor_id = delivery.actor_id
                AND e.private = delivery.private AND e.state = 'waiting' AND e.cause = 'too_many_requests'
                AND e.due_at > $2)
        """,
        hosts,
        at,
    )


async def probe_waiting(conn: Connection, hosts: list[str], *, at: datetime) -> int:
    """These may be back: the first that waits for each of their inboxes is due, private words first; how many."""
    return await execute(
        conn,
        """
        UPDATE delivery SET due_at = $2
        FROM (
            SELECT id, row_number() OVER (PARTITION BY host ORDER BY private DESC, id) AS place
            FROM (
                SELECT DISTINCT ON (d.host, d.inbox) d.id, d.host, d.private FROM delivery d
                WHERE d.host = ANY($1) AND d.state = 'waiting' AND d.due_at > $2 AND d.claimed_until IS NULL
                    AND d.cause IS DISTINCT FROM 'too_many_requests'
                    AND NOT EXISTS (SELECT FROM delivery e WHERE e.host = d.host AND e.actor_id = d.actor_id
                        AND e.private = d.private AND e.state = 'waiting' AND e.id < d.id)
                ORDER BY d.host, d.inbox, d.private DESC, d.id
            ) AS one
        ) AS first
        WHERE delivery.id = first.id AND first.place <= $3
        """,
        hosts,
        at,
        SOUNDINGS,
    )


async def note_activity(conn: Connection, hosts: list[str], *, at: datetime) -> None:
    """Verified requests came from these hosts: those for which something waits are asked whether they are back."""
    heard = await save_seen(conn, hosts)
    if heard:
        await held_deliveries.probe(conn, at=at)
        await probe_waiting(conn, heard, at=at)


async def retry_lanes(conn: Connection, actor_id: int, hosts: list[str]) -> int:
    """Something new stands in lanes of this actor that wait: they are tried two minutes after the last failure.

    Whoever writes waits for no lane that is in somebody's hands just now.
    """
    return await execute(
        conn,
        """
        UPDATE delivery SET due_at = late.soon
        FROM (
            SELECT d.id, s.soon FROM (
                SELECT host, greatest(now(), last_failure_at + interval '2 minutes') AS soon FROM server
                WHERE host = ANY($2) AND NOT holding AND last_failure_at IS NOT NULL
            ) AS s
            JOIN delivery d ON d.host = s.host AND d.actor_id = $1
            WHERE d.state = 'waiting' AND d.due_at > s.soon AND d.claimed_until IS NULL
                AND NOT EXISTS (SELECT FROM delivery e WHERE e.host = d.host AND e.actor_id = d.actor_id
                    AND e.private = d.private AND e.state = 'waiting' AND e.cause = 'too_many_requests'
                    AND e.due_at > now())
            FOR UPDATE OF d SKIP LOCKED
        ) AS late
        WHERE delivery.id = late.id
        """,
        actor_id,
        hosts,
    )
