"""Inboxes of others, and how something is queued for those that a question found."""

from dataclasses import dataclass

from models.database import Connection, execute


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Where something goes; `personal_inbox` is tried when a shared one is not there (HT5)."""

    inbox: str
    personal_inbox: str | None
    host: str


async def schedule_to(conn: Connection, inboxes: list[Inbox], *, activity_id: int, actor_id: int) -> int:
    """Queue an activity for these inboxes, once for each, behind what waits in their lanes (HT9); how many rows."""
    return await execute(
        conn,
        """
        INSERT INTO delivery (activity_id, actor_id, inbox, personal_inbox, host, priority, state, due_at)
        SELECT $1, $2, target.inbox, target.personal_inbox, target.host, 1,
            CASE WHEN s.holding THEN 'held' ELSE 'waiting' END, greatest(now(), lane.due_at)
        FROM (
            SELECT DISTINCT ON (inbox) inbox, personal_inbox, host
            FROM unnest($3::text[], $4::text[], $5::text[]) AS given (inbox, personal_inbox, host)
            ORDER BY inbox, personal_inbox
        ) AS target
        LEFT JOIN server s ON s.host = target.host
        CROSS JOIN LATERAL (
            SELECT max(e.due_at) AS due_at FROM delivery e
            WHERE e.host = target.host AND e.actor_id = $2 AND e.state = 'waiting'
        ) AS lane
        WHERE target.inbox <> '' AND is_welcome(target.host)
        ON CONFLICT (activity_id, inbox) DO NOTHING
        """,
        activity_id,
        actor_id,
        [one.inbox for one in inboxes],
        [one.personal_inbox for one in inboxes],
        [one.host for one in inboxes],
    )
