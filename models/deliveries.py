"""The queue of what leaves: one row per activity and inbox, written with the fact itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from models.database import Connection, execute, fetch_all

DeliveryState = Literal["waiting", "done", "failed", "held", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One activity on its way to one inbox; `body` is what is signed and sent."""

    id: int
    activity_id: int
    actor_id: int
    inbox: str
    personal_inbox: str | None
    host: str
    attempts: int
    created_at: datetime
    body: str


async def schedule(
    conn: Connection, *, activity_id: int, actor_id: int, named_ids: list[int], followed_ids: list[int]
) -> int:
    """Queue an activity for the inboxes of these people and of the followers of these actors; how many rows.

    One statement; one row per shared inbox (AX21); people named go first. Hosts set aside get nothing, hosts that
    are unavailable get theirs later (HT7). Local people need no delivery.
    """
    return await execute(
        conn,
        """
        INSERT INTO delivery (activity_id, actor_id, inbox, personal_inbox, host, priority, state)
        SELECT DISTINCT ON (coalesce(a.shared_inbox, a.inbox))
            $1, $2, coalesce(a.shared_inbox, a.inbox),
            CASE WHEN a.shared_inbox IS NULL THEN NULL ELSE a.inbox END, a.host,
            CASE WHEN a.id = ANY($3::bigint[]) THEN 0 ELSE 1 END,
            CASE WHEN s.unavailable_since IS NULL THEN 'waiting' ELSE 'held' END
        FROM actor a LEFT JOIN server s ON s.host = a.host
        WHERE a.id IN (
                SELECT unnest($3::bigint[])
                UNION
                SELECT f.follower_id FROM follow f WHERE f.followed_id = ANY($4::bigint[]) AND f.state = 'accepted'
            )
            AND NOT a.local AND a.deleted_at IS NULL AND a.suspended_at IS NULL
            AND coalesce(s.level, 'reader') <> 'aside'
        ORDER BY coalesce(a.shared_inbox, a.inbox), CASE WHEN a.id = ANY($3::bigint[]) THEN 0 ELSE 1 END
        ON CONFLICT (activity_id, inbox) DO NOTHING
        """,
        activity_id,
        actor_id,
        named_ids,
        followed_ids,
    )


async def schedule_to_recipients_of(conn: Connection, *, activity_id: int, actor_id: int, object_uri: str) -> int:
    """Queue an activity for every inbox that ever was to get one about this object: a Delete finds all copies."""
    return await execute(
        conn,
        """
        INSERT INTO delivery (activity_id, actor_id, inbox, personal_inbox, host, priority, state)
        SELECT DISTINCT ON (d.inbox) $1::bigint, $2::bigint, d.inbox, d.personal_inbox, d.host, 1::smallint,
            CASE WHEN s.unavailable_since IS NULL THEN 'waiting' ELSE 'held' END
        FROM delivery d JOIN activity a ON a.id = d.activity_id LEFT JOIN server s ON s.host = d.host
        WHERE a.object_uri = $3 AND a.id <> $1 AND coalesce(s.level, 'reader') <> 'aside'
        ORDER BY d.inbox, d.id
        ON CONFLICT (activity_id, inbox) DO NOTHING
        """,
        activity_id,
        actor_id,
        object_uri,
    )


async def claim(conn: Connection, *, worker: UUID, limit: int, at: datetime) -> list[Delivery]:
    """Take due deliveries for 30 s, those of people named first, in order within a lane (actor, host).

    A lane whose earlier row waits for a retry or is in another worker's hands is left alone, so that Create stays
    before Update before Delete (HT9), while other lanes pass. One claimer at a time, by an advisory lock.
    """
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.delivery'))")
    return await fetch_all(
        conn,
        Delivery,
        """
        UPDATE delivery SET claimed_by = $1, claimed_until = $3::timestamptz + interval '30 seconds'
        FROM (
            SELECT d.id FROM delivery d
            WHERE d.state = 'waiting' AND d.due_at <= $3 AND (d.claimed_until IS NULL OR d.claimed_until < $3)
                AND NOT EXISTS (SELECT FROM delivery e WHERE e.state = 'waiting' AND e.host = d.host
                    AND e.actor_id = d.actor_id AND e.id < d.id AND (e.due_at > $3 OR e.claimed_until >= $3))
            ORDER BY d.priority, d.id LIMIT $2
        ) AS due, activity a
        WHERE delivery.id = due.id AND a.id = delivery.activity_id
        RETURNING delivery.id, delivery.activity_id, delivery.actor_id, delivery.inbox, delivery.personal_inbox,
            delivery.host, delivery.attempts, delivery.created_at, a.body
        """,
        worker,
        limit,
        at,
    )


async def renew(conn: Connection, *, worker: UUID, ids: list[int], at: datetime) -> None:
    """Hold what is still being sent for another 30 s."""
    await execute(
        conn,
        """
        UPDATE delivery SET claimed_until = $3::timestamptz + interval '30 seconds'
        WHERE id = ANY($2) AND claimed_by = $1 AND state = 'waiting'
        """,
        worker,
        ids,
        at,
    )


async def release(conn: Connection, ids: list[int]) -> None:
    """Give back what was claimed and not tried."""
    await execute(
        conn,
        "UPDATE delivery SET claimed_by = NULL, claimed_until = NULL WHERE id = ANY($1) AND state = 'waiting'",
        ids,
    )


async def succeed(conn: Connection, ids: list[int]) -> None:
    """The peers answered 2xx."""
    await execute(
        conn,
        """
        UPDATE delivery SET state = 'done', attempts = attempts + 1, finished_at = now(), error = NULL,
            last_status = 202, claimed_by = NULL, claimed_until = NULL
        WHERE id = ANY($1)
        """,
        ids,
    )


async def retry(conn: Connection, id: int, *, status: int | None, error: str, due_at: datetime) -> None:
    """Try again later (HT5, HT6)."""
    await execute(
        conn,
        """
        UPDATE delivery SET attempts = attempts + 1, last_status = $2, error = $3, due_at = $4,
            claimed_by = NULL, claimed_until = NULL
        WHERE id = $1
        """,
        id,
        status,
        error,
        due_at,
    )


async def redirect_to_personal(conn: Connection, id: int, *, status: int) -> None:
    """The shared inbox is not there: try the personal one, once (HT5)."""
    await execute(
        conn,
        """
        UPDATE delivery SET inbox = personal_inbox, personal_inbox = NULL, attempts = attempts + 1,
            last_status = $2, due_at = now(), claimed_by = NULL, claimed_until = NULL
        WHERE id = $1 AND personal_inbox IS NOT NULL
            AND NOT EXISTS (SELECT FROM delivery o WHERE o.activity_id = delivery.activity_id
                AND o.inbox = delivery.personal_inbox)
        """,
        id,
        status,
    )


async def give_up(conn: Connection, id: int, *, status: int | None, error: str) -> None:
    """It will not arrive; the author and the administrators see why."""
    await execute(
        conn,
        """
        UPDATE delivery SET state = 'failed', attempts = attempts + 1, last_status = $2, error = $3,
            finished_at = now(), claimed_by = NULL, claimed_until = NULL
        WHERE id = $1
        """,
        id,
        status,
        error,
    )


async def hold(conn: Connection, host: str) -> int:
    """The host is unavailable: keep everything for it, send nothing but one probe a day (HT7)."""
    return await execute(conn, "UPDATE delivery SET state = 'held' WHERE host = $1 AND state = 'waiting'", host)


async def reopen(conn: Connection, host: str) -> int:
    """The host answers again: everything held for it is due."""
    return await execute(
        conn, "UPDATE delivery SET state = 'waiting', due_at = now() WHERE host = $1 AND state = 'held'", host
    )


async def cancel(conn: Connection, object_uri: str) -> int:
    """Drop what about this object was not sent yet (HT11: a post deleted before its delivery)."""
    return await execute(
        conn,
        """
        UPDATE delivery SET state = 'cancelled', finished_at = now()
        FROM activity a
        WHERE a.id = delivery.activity_id AND a.object_uri = $1 AND a.type <> 'Delete'
            AND delivery.state IN ('waiting', 'held') AND delivery.attempts = 0 AND delivery.claimed_until IS NULL
        """,
        object_uri,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Where one activity went: one host and how it fared there."""

    host: str
    type: str
    state: DeliveryState
    attempts: int
    error: str | None
    due_at: datetime
    finished_at: datetime | None


async def list_passages(conn: Connection, object_uri: str) -> list[Passage]:
    """For the author: the newest delivery about this object to each host, failures first (nothing is silent)."""
    return await fetch_all(
        conn,
        Passage,
        """
        SELECT host, type, state, attempts, error, due_at, finished_at FROM (
            SELECT DISTINCT ON (d.host) d.host, a.type, d.state, d.attempts, d.error, d.due_at, d.finished_at
            FROM activity a JOIN delivery d ON d.activity_id = a.id
            WHERE a.object_uri = $1 AND d.state <> 'cancelled'
            ORDER BY d.host, d.id DESC
        ) AS newest ORDER BY state = 'done', host
        """,
        object_uri,
    )


async def prune(conn: Connection, *, days: int = 60) -> int:
    """Forget finished deliveries when nobody asks for them any more."""
    return await execute(
        conn,
        """
        DELETE FROM delivery WHERE state IN ('done', 'failed', 'cancelled')
            AND finished_at < now() - make_interval(days => $1)
        """,
        days,
    )
