"""The queue of what leaves: one row per activity and inbox, written with the fact itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from models.store.database import Connection, execute, fetch_all
from models.traffic.outbound.inboxes import Inbox, Queued, count_queued, schedule_to
from models.traffic.outbound.marketplaces import list_markets

DeliveryState = Literal["waiting", "done", "failed", "held", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One activity on its way to one inbox; `body` is its JSON, before a public one gets its proof.

    `private` is what is for one person alone: its lane is another than that of what is said to everybody.

    `created_at` is when it was put into the queue, the last time: its ten days count from there.
    """

    id: int
    activity_id: int
    actor_id: int
    inbox: str
    personal_inbox: str | None
    host: str
    private: bool
    priority: int
    attempts: int
    created_at: datetime
    public: bool
    body: str
    said_at: datetime


async def schedule(
    conn: Connection, *, activity_id: int, actor_id: int, named_ids: list[int], followed_ids: list[int]
) -> int:
    """Queue an activity for the inboxes of these people and of the followers of these actors; how many rows.

    One statement; one row per shared inbox (AX21), and what is for one person alone of a server to her own inbox, where
    some expect it; servers' own actors are spoken to at the server's door. A lane is an author and a host, whichever
    the inbox. People named go first. Hosts set aside get nothing, hosts that are away or paused get theirs later (HT7),
    local people, guests and whom we suspended none. What is private fails where nothing private is sent (B-52).
    """
    [queued] = await fetch_all(
        conn,
        Queued,
        """
        WITH queued AS (
            INSERT INTO delivery (activity_id, actor_id, inbox, personal_inbox, host, private, priority, state, due_at,
                error, cause, finished_at)
            SELECT $1, $2, target.inbox, target.personal_inbox, target.host, said.word,
                -- Nothing may overtake what waits in its lane, neither by its priority nor by its due time (HT9).
                greatest(target.priority, lane.priority), CASE WHEN kept.here THEN 'failed' ELSE target.state END,
                greatest(now(), lane.due_at), CASE WHEN kept.here THEN 'Nothing private is sent to this server.' END,
                CASE WHEN kept.here THEN 'withheld' END, CASE WHEN kept.here THEN now() END
            FROM (
                SELECT DISTINCT ON (a.door) a.door AS inbox,
                    CASE WHEN a.door = a.inbox THEN NULL ELSE a.inbox END AS personal_inbox, a.host,
                    CASE WHEN a.id = ANY($3::bigint[]) THEN 0::smallint ELSE 1::smallint END AS priority,
                    CASE WHEN s.holding THEN 'held' ELSE 'waiting' END AS state
                FROM (
                    SELECT p.id, p.inbox, p.host, CASE
                        WHEN p.shared_inbox IS NULL OR (cardinality($4::bigint[]) = 0
                            AND p.type NOT IN ('Application', 'Service') AND p.username <> 'instance'
                            AND count(*) OVER (PARTITION BY p.shared_inbox) = 1) THEN p.inbox
                        ELSE p.shared_inbox END AS door
                    FROM (
                        SELECT unnest($3::bigint[]) AS id
                        UNION
                        SELECT f.follower_id FROM follow f
                        WHERE f.followed_id = ANY($4::bigint[]) AND f.state = 'accepted'
                    ) AS wanted
                    JOIN actor p ON p.id = wanted.id
                    WHERE NOT p.local AND p.inbox <> '' AND p.deleted_at IS NULL AND (p.suspended_at IS NULL
                        OR p.suspended_at_home AND NOT p.suspended_with_server AND suspended_by_decision(p.id) IS NULL)
                ) AS a
                LEFT JOIN server s ON s.host = a.host
                ORDER BY a.door, CASE WHEN a.id = ANY($3::bigint[]) THEN 0 ELSE 1 END, a.id
            ) AS target
            CROSS JOIN (SELECT is_private($1) AS private, is_private_word($1) AS word OFFSET 0) AS said
            CROSS JOIN LATERAL (
                SELECT CASE WHEN said.private THEN NOT may_have_private(target.host) ELSE false END AS here
            ) AS kept
            CROSS JOIN LATERAL (
                SELECT max(e.priority) AS priority, max(e.due_at) AS due_at FROM delivery e
                WHERE e.host = target.host AND e.actor_id = $2 AND e.private = said.word AND e.state = 'waiting'
            ) AS lane
            ON CONFLICT (activity_id, inbox) DO NOTHING RETURNING host, due_at
        )
        SELECT count(*) AS rows, array_agg(DISTINCT host) FILTER (WHERE due_at > now()) AS waiting FROM queued
        """,
        activity_id,
        actor_id,
        named_ids,
        followed_ids,
    )
    return await count_queued(conn, actor_id, queued)


async def schedule_to_recipients_of(
    conn: Connection, *, activity_id: int, actor_id: int, object_uri: str, but_markets: bool = False
) -> int:
    """Queue an activity for every inbox that may hold this object: a Delete finds all copies; how many rows.

    Those to which anything about it was, or may have been, sent, and of people who answered, shared or liked it. Who
    was asked whether a note for followers may quote her hears only of its end. `but_markets`: see `marketplaces`.
    """
    holders = await fetch_all(
        conn,
        Inbox,
        """
        SELECT d.inbox, d.personal_inbox, d.host FROM delivery d JOIN activity a ON a.id = d.activity_id
        WHERE a.object_uri = $2 AND a.id <> $1 AND may_have_arrived(d.attempts, d.state, d.cause)
            AND (a.type <> 'QuoteRequest' OR (SELECT type FROM activity WHERE id = $1) = 'Delete' OR EXISTS (
                SELECT FROM post q
                WHERE q.uri = $2 AND coalesce(q.hidden_audience, q.audience) IN ('network', 'unlisted')))
        UNION
        SELECT coalesce(a.shared_inbox, a.inbox), CASE WHEN a.shared_inbox IS NULL THEN NULL ELSE a.inbox END, a.host
        FROM post p CROSS JOIN LATERAL (
            SELECT actor_id FROM share WHERE post_id = p.id
            UNION ALL SELECT actor_id FROM favourite WHERE post_id = p.id
            UNION ALL SELECT author_id FROM post WHERE in_reply_to_id = p.id AND deleted_at IS NULL
        ) AS reader JOIN actor a ON a.id = reader.actor_id
        WHERE p.uri = $2 AND coalesce(p.hidden_audience, p.audience) IN ('network', 'unlisted')
            AND NOT a.local AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        """,
        activity_id,
        object_uri,
    )
    if but_markets:
        doors = {door for market in await list_markets(conn) for door in market.inboxes}
        holders = [holder for holder in holders if holder.inbox not in doors]
    return await schedule_to(conn, holders, activity_id=activity_id, actor_id=actor_id)


async def claim(
    conn: Connection, *, worker: UUID, limit: int, at: datetime, failed_before: int | None = None
) -> list[Delivery]:
    """Take due deliveries for 30 s, in order within a lane (actor, host, for one person alone or not).

    Lanes of private words go first, then those of people named. A lane of which another worker holds an earlier row is
    left alone, so that Create stays before Update before Delete (HT9), whoever they name, while other lanes pass; one
    that waits for a retry is not due at all (see `retry`). At most 20 rows of a lane at once, and at most
    `failed_before` of lanes whose first row failed before, so that these leave room for the others. One claimer at a
    time, by an advisory lock: call it in a short transaction of its own.

    Of what is due and chosen it is asked, until there is enough, whether an earlier one waits for later: by the index
    of lanes, on which the CASE keeps PostgreSQL, which believes that nothing waits and one index is as good as another.
    """
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.delivery'))")
    claimed = await fetch_all(
        conn,
        Delivery,
        """
        UPDATE delivery SET claimed_by = $1, claimed_until = $3::timestamptz + interval '30 seconds'
        FROM (
            SELECT id, priority FROM (
                SELECT *, row_number() OVER (PARTITION BY failed ORDER BY private DESC, priority, id) AS rank FROM (
                    SELECT d.id, d.host, d.actor_id, d.private, max(d.priority) OVER lane AS priority,
                        row_number() OVER lane AS place, first_value(d.attempts) OVER lane > 0 AS failed,
                        bool_or(coalesce(d.claimed_until >= $3, false)) OVER lane AS blocked
                    FROM delivery d WHERE d.state = 'waiting' AND d.due_at <= $3
                    WINDOW lane AS (PARTITION BY d.host, d.actor_id, d.private ORDER BY d.id)
                ) AS free WHERE place <= 20 AND NOT blocked ORDER BY private DESC, priority, id OFFSET 0
            ) AS next
            WHERE (NOT failed OR rank <= $4) AND NOT EXISTS (SELECT FROM delivery e WHERE e.state = 'waiting'
                AND (e.host, e.actor_id, e.private) = (next.host, next.actor_id, next.private) AND e.id < next.id
                AND CASE WHEN e.due_at > $3 THEN true ELSE false END OFFSET 0)
            ORDER BY private DESC, priority, id LIMIT $2
        ) AS due, activity a
        WHERE delivery.id = due.id AND a.id = delivery.activity_id
        RETURNING delivery.id, delivery.activity_id, delivery.actor_id, delivery.inbox, delivery.personal_inbox,
            delivery.host, delivery.private, due.priority, delivery.attempts, a.public, a.body,
            coalesce(delivery.requeued_at, delivery.created_at) AS created_at, a.created_at AS said_at
        """,
        worker,
        limit,
        at,
        limit if failed_before is None else failed_before,
    )
    return sorted(claimed, key=lambda delivery: (not delivery.private, delivery.priority, delivery.id))


async def renew(conn: Connection, *, worker: UUID, ids: list[int], at: datetime) -> None:
    """Hold what is still being sent for another 30 s."""
    held = """
        UPDATE delivery SET claimed_until = $3::timestamptz + interval '30 seconds'
        WHERE id = ANY($2) AND claimed_by = $1 AND state = 'waiting'
        """
    await execute(conn, held, worker, ids, at)


async def release(conn: Connection, ids: list[int]) -> None:
    """Give back what was claimed and not tried."""
    released = "UPDATE delivery SET claimed_by = NULL, claimed_until = NULL WHERE id = ANY($1) AND state = 'waiting'"
    await execute(conn, released, ids)


async def succeed(conn: Connection, ids: list[int]) -> None:
    """The peers answered 2xx."""
    await execute(
        conn,
        """
        UPDATE delivery SET state = 'done', attempts = attempts + 1, finished_at = now(), error = NULL,
            cause = NULL, last_status = 202, claimed_by = NULL, claimed_until = NULL
        WHERE id = ANY($1)
        """,
        ids,
    )


async def retry(
    conn: Connection, id: int, *, status: int | None, error: str, due_at: datetime, cause: str | None = None
) -> None:
    """Try again later (HT5, HT6), and all that stands behind it in its lane then too (HT9).

    For a host that is unavailable this was the day's probe: what was tried is held again (HT7). So is what was on its
    way to a host when it was paused.
    """
    await execute(
        conn,
        """
        WITH tried AS (
            UPDATE delivery SET attempts = attempts + 1, last_status = $2, error = $3, due_at = $4, cause = $5,
                claimed_by = NULL, claimed_until = NULL,
                state = CASE WHEN EXISTS (SELECT FROM server s WHERE s.host = delivery.host
                    AND s.holding) THEN 'held' ELSE state END
            WHERE id = $1 AND state IN ('waiting', 'held') RETURNING id, host, actor_id, private
        )
        UPDATE delivery SET due_at = greatest(delivery.due_at, $4), claimed_by = NULL, claimed_until = NULL
        FROM tried
        WHERE delivery.host = tried.host AND delivery.actor_id = tried.actor_id AND delivery.private = tried.private
            AND delivery.id > tried.id AND delivery.state = 'waiting'
        """,
        id,
        status,
        error,
        due_at,
        cause,
    )


async def give_up(conn: Connection, id: int, *, status: int | None, error: str, cause: str | None = None) -> None:
    """It will not arrive; the author and the administrators see why."""
    await execute(
        conn,
        """
        UPDATE delivery SET state = 'failed', attempts = attempts + 1, last_status = $2, error = $3,
            cause = $4, finished_at = now(), claimed_by = NULL, claimed_until = NULL
        WHERE id = $1 AND state IN ('waiting', 'held')
        """,
        id,
        status,
        error,
        cause,
    )


async def cancel(conn: Connection, object_uri: str) -> int:
    """Stop sending what about this object waits (HT11: a post deleted before its delivery).

    What is in somebody's hands just now goes on; what may have arrived is told of the deletion all the same,
    see `schedule_to_recipients_of`.
    """
    return await execute(
        conn,
        """
        UPDATE delivery SET state = 'cancelled', finished_at = now() FROM activity a
        WHERE a.id = delivery.activity_id AND a.object_uri = $1 AND a.type <> 'Delete'
            AND delivery.state IN ('waiting', 'held') AND delivery.claimed_until IS NULL
        """,
        object_uri,
    )
