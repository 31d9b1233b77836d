"""Deliveries that were given up and are sent again, because their author or an administrator asks for it."""

from collections.abc import Sequence
from datetime import datetime

from models.store.database import Connection, execute, fetch_column


async def catch_up(conn: Connection, host: str, *, since: datetime, at: datetime) -> int:
    """Queue again what failed for this host since then; how many deliveries."""
    failed = await fetch_column(
        conn,
        "SELECT id FROM delivery WHERE host = $1 AND state = 'failed' AND created_at >= $2 ORDER BY id",
        host,
        since,
    )
    return await _requeue(conn, failed, at=at)


async def send_post_again(conn: Connection, object_uri: str, *, at: datetime) -> int:
    """Queue again what failed about a post of ours, and try now what waits; how many deliveries."""
    failed = await fetch_column(
        conn,
        """
        SELECT d.id FROM activity a JOIN delivery d ON d.activity_id = a.id
        WHERE a.object_uri = $1 AND d.state = 'failed' ORDER BY d.id
        """,
        object_uri,
    )
    waiting = await fetch_column(
        conn,
        """
        SELECT d.id FROM activity a JOIN delivery d ON d.activity_id = a.id
        WHERE a.object_uri = $1 AND d.state = 'waiting' AND d.due_at > $2
        """,
        object_uri,
        at,
    )
    return await _requeue(conn, failed, at=at) + await _make_due(conn, waiting, at=at)


async def send_act_again(
    conn: Connection, *, actor_id: int, object_uri: str, types: Sequence[str], at: datetime
) -> int:
    """Queue again what failed of what this actor of ours did to somebody or something, or took back; how many.

    `types` are those of the activities, such as Follow. What waits is tried now.
    """
    acts = await fetch_column(
        conn,
        """
        WITH act AS (
            SELECT id, uri FROM activity WHERE actor_id = $1 AND object_uri = $2 AND type = ANY($3)
        )
        SELECT id FROM act
        UNION
        SELECT a.id FROM act JOIN activity a ON a.object_uri = act.uri AND a.actor_id = $1 AND a.type = 'Undo'
        """,
        actor_id,
        object_uri,
        list(types),
    )
    failed = await fetch_column(
        conn, "SELECT id FROM delivery WHERE activity_id = ANY($1) AND state = 'failed' ORDER BY id", acts
    )
    waiting = await fetch_column(
        conn, "SELECT id FROM delivery WHERE activity_id = ANY($1) AND state = 'waiting' AND due_at > $2", acts, at
    )
    return await _requeue(conn, failed, at=at) + await _make_due(conn, waiting, at=at)


async def _requeue(conn: Connection, ids: list[int], *, at: datetime) -> int:
    """Send these again, with ten new days.

    What was deleted or undone meanwhile stays where it is: sent now, it would come back to life over there; what only
    another server was told to take away, as marketplaces are, is no such thing. What is private stays too, while
    nothing private is sent to that server (B-52). A Create takes along the Updates that arrived after it had failed,
    which the peer may have dropped.
    """
    return await execute(
        conn,
        """
        WITH failed AS (
            SELECT d.id, d.host, a.id AS activity_id, a.type, a.object_uri
            FROM delivery d JOIN activity a ON a.id = d.activity_id
            WHERE d.id = ANY($1) AND d.state = 'failed' AND NOT EXISTS (
                SELECT FROM activity later
                WHERE later.object_uri IN (a.object_uri, a.uri) AND later.id > a.id AND a.type <> 'Delete'
                    AND (later.type = 'Delete' AND (
                            NOT EXISTS (SELECT FROM post p WHERE p.uri = a.object_uri AND p.deleted_at IS NULL)
                            OR EXISTS (SELECT FROM delivery o WHERE o.activity_id = later.id AND o.host = d.host))
                        OR (later.type = 'Undo' AND later.actor_id = a.actor_id
                        AND strpos(later.body, a.uri) > 0)))
        ), again AS (
            SELECT id FROM failed
            UNION
            SELECT d.id FROM failed f
            JOIN activity a ON a.object_uri = f.object_uri AND a.type = 'Update' AND a.id > f.activity_id
            JOIN delivery d ON d.activity_id = a.id AND d.host = f.host AND d.state = 'done'
            WHERE f.type = 'Create'
        )
        UPDATE delivery SET state = CASE WHEN s.holding THEN 'held' ELSE 'waiting' END, attempts = 0, due_at = $2,
            requeued_at = $2, error = CASE WHEN d.cause = 'withheld' THEN NULL ELSE d.error END,
            cause = nullif(d.cause, 'withheld'), finished_at = NULL, claimed_by = NULL, claimed_until = NULL
        FROM again JOIN delivery d ON d.id = again.id LEFT JOIN server s ON s.host = d.host
        WHERE delivery.id = again.id AND is_welcome(d.host)
            AND (may_have_private(d.host) OR NOT is_private(d.activity_id))
        """,
        ids,
        at,
    )


async def _make_due(conn: Connection, ids: list[int], *, at: datetime) -> int:
    """Try these now, and with them all that waits before or behind them in their lanes (HT9)."""
    return await execute(
        conn,
        """
        UPDATE delivery SET due_at = least(delivery.due_at, $2)
        FROM (SELECT DISTINCT host, actor_id FROM delivery WHERE id = ANY($1)) AS lane
        WHERE delivery.host = lane.host AND delivery.actor_id = lane.actor_id AND delivery.state = 'waiting'
            AND delivery.claimed_until IS NULL
        """,
        ids,
        at,
    )
