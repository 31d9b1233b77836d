"""Answers of our people to one person each that are no words, as that a follow holds: queued for many at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.store.database import Connection, fetch_all
from models.traffic.outbound.inboxes import Queued, count_queued


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTo:
    """An activity that is kept, who says it, and to whom."""

    activity_id: int
    actor_id: int
    named_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _QueuedOfActor:
    actor_id: int
    rows: int
    waiting: list[str] | None


async def schedule_each(conn: Connection, answers: Sequence[AnswerTo]) -> int:
    """Queue each for the inbox of whom it answers, as `deliveries.schedule` does for one; how many rows.

    In few statements, however many they are. None of them is about a post of ours or terms: nothing here asks whether
    it is private.
    """
    queued = await fetch_all(
        conn,
        _QueuedOfActor,
        """
        WITH queued AS (
            INSERT INTO delivery (activity_id, actor_id, inbox, personal_inbox, host, private, priority, state, due_at)
            SELECT said.activity_id, said.actor_id, target.door,
                CASE WHEN target.door = p.inbox THEN NULL ELSE p.inbox END, p.host, false,
                greatest(0::smallint, lane.priority), CASE WHEN s.holding THEN 'held' ELSE 'waiting' END,
                greatest(now(), lane.due_at)
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
                WITH ORDINALITY AS said (activity_id, actor_id, named_id, place)
            JOIN actor p ON p.id = said.named_id
            CROSS JOIN LATERAL (
                SELECT CASE WHEN p.shared_inbox IS NULL OR (p.type NOT IN ('Application', 'Service')
                    AND p.username <> 'instance') THEN p.inbox ELSE p.shared_inbox END AS door
            ) AS target
            LEFT JOIN server s ON s.host = p.host
            CROSS JOIN LATERAL (
                SELECT max(e.priority) AS priority, max(e.due_at) AS due_at FROM delivery e
                WHERE e.host = p.host AND e.actor_id = said.actor_id AND NOT e.private AND e.state = 'waiting' OFFSET 0
            ) AS lane
            WHERE NOT p.local AND p.inbox <> '' AND p.deleted_at IS NULL AND (p.suspended_at IS NULL
                OR p.suspended_at_home AND NOT p.suspended_with_server AND suspended_by_decision(p.id) IS NULL)
            ORDER BY said.place
            ON CONFLICT (activity_id, inbox) DO NOTHING RETURNING actor_id, host, due_at
        )
        SELECT actor_id, count(*) AS rows, array_agg(DISTINCT host) FILTER (WHERE due_at > now()) AS waiting
        FROM queued GROUP BY actor_id
        """,
        [one.activity_id for one in answers],
        [one.actor_id for one in answers],
        [one.named_id for one in answers],
    )
    for of_actor in queued:
        await count_queued(conn, of_actor.actor_id, Queued(rows=of_actor.rows, waiting=of_actor.waiting))
    return sum(of_actor.rows for of_actor in queued)
