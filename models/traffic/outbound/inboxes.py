"""Inboxes of others, and how something is queued for those that a question found."""

from dataclasses import dataclass

from models.store.database import Connection, fetch_all
from models.traffic.outbound.host_recovery import retry_lanes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Where something goes; `personal_inbox` is tried when a shared one is not there (HT5)."""

    inbox: str
    personal_inbox: str | None
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """How many rows were queued, and the hosts for which they stand behind something that waits."""

    rows: int
    waiting: list[str] | None


async def schedule_to(conn: Connection, inboxes: list[Inbox], *, activity_id: int, actor_id: int) -> int:
    """Queue an activity for these inboxes, once for each, behind what waits in their lanes (HT9); how many rows.

    Somebody whose server gets it at its shared inbox does not get it at her own as well.
    """
    reached = {one.personal_inbox for one in inboxes if one.personal_inbox is not None}
    inboxes = [one for one in inboxes if one.personal_inbox is not None or one.inbox not in reached]
    [queued] = await fetch_all(
        conn,
        Queued,
        """
        WITH queued AS (
            INSERT INTO delivery (activity_id, actor_id, inbox, personal_inbox, host, priority, private, state, due_at)
            SELECT $1, $2, target.inbox, target.personal_inbox, target.host, 1, said.private,
                CASE WHEN s.holding THEN 'held' ELSE 'waiting' END, greatest(now(), lane.due_at)
            FROM (
                SELECT DISTINCT ON (inbox) inbox, personal_inbox, host
                FROM unnest($3::text[], $4::text[], $5::text[]) AS given (inbox, personal_inbox, host)
                ORDER BY inbox, personal_inbox
            ) AS target
            LEFT JOIN server s ON s.host = target.host
            CROSS JOIN (SELECT is_private_word($1) AS private OFFSET 0) AS said
            CROSS JOIN LATERAL (
                SELECT max(due_at) AS due_at FROM (
                    SELECT due_at FROM delivery e
                    WHERE e.host = target.host AND e.actor_id = $2 AND e.private = said.private AND e.state = 'waiting'
                    OFFSET 0) AS ahead  -- read by lane: the last one due of all would be looked for otherwise
            ) AS lane
            WHERE target.inbox <> '' AND is_welcome(target.host)
            ON CONFLICT (activity_id, inbox) DO NOTHING RETURNING host, due_at
        )
        SELECT count(*) AS rows, array_agg(DISTINCT host) FILTER (WHERE due_at > now()) AS waiting FROM queued
        """,
        activity_id,
        actor_id,
        [one.inbox for one in inboxes],
        [one.personal_inbox for one in inboxes],
        [one.host for one in inboxes],
    )
    return await count_queued(conn, actor_id, queued)


async def count_queued(conn: Connection, actor_id: int, queued: Queued) -> int:
    """How many rows; those behind something that waits do not wait for as long as that had to when it failed."""
    if queued.waiting:
        await retry_lanes(conn, actor_id, queued.waiting)
    return queued.rows
