"""Members who are about to leave: when, which of their listings wait meanwhile, and who still is to be told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_column, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionRequest:
    """Somebody leaves at `due_at`; `paused_ids` are her listings that were open until she said so."""

    actor_id: int
    asked_at: datetime
    due_at: datetime
    reminded_at: datetime | None
    paused_ids: list[int]


async def begin(conn: Connection, actor_id: int, *, after: timedelta, paused_ids: list[int]) -> None:
    """She leaves after this time, unless she changes her mind."""
    await execute(
        conn,
        "INSERT INTO departure (actor_id, due_at, paused_ids) VALUES ($1, now() + $2::interval, $3)",
        actor_id,
        after,
        paused_ids,
    )


async def find(conn: Connection, actor_id: int) -> DeletionRequest | None:
    """When somebody leaves, if she does."""
    return await fetch_one(
        conn,
        DeletionRequest,
        "SELECT actor_id, asked_at, due_at, reminded_at, paused_ids FROM departure WHERE actor_id = $1",
        actor_id,
    )


async def end(conn: Connection, actor_id: int) -> None:
    """She stays."""
    await execute(conn, "DELETE FROM departure WHERE actor_id = $1", actor_id)


async def postpone(conn: Connection, actor_id: int, by: timedelta) -> None:
    """She cannot leave yet."""
    await execute(conn, "UPDATE departure SET due_at = now() + $2::interval WHERE actor_id = $1", actor_id, by)


async def list_due(conn: Connection, *, at: datetime, limit: int) -> list[int]:
    """Whose day has come, the longest ago first."""
    return await fetch_column(
        conn, "SELECT actor_id FROM departure WHERE due_at <= $1 ORDER BY due_at LIMIT $2", at, limit
    )


async def claim_reminders(conn: Connection, *, at: datetime, limit: int) -> list[int]:
    """Who leaves within a day and was not reminded of it: nobody gets this answer twice."""
    return await fetch_column(
        conn,
        """
        UPDATE departure SET reminded_at = now() FROM (
            SELECT actor_id FROM departure WHERE reminded_at IS NULL AND due_at <= $1::timestamptz + interval '1 day'
            ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ) AS soon WHERE departure.actor_id = soon.actor_id RETURNING departure.actor_id
        """,
        at,
        limit,
    )


async def list_open_listings(conn: Connection, actor_id: int) -> list[str]:
    """Ids of somebody's listings that are to be had now, the oldest first."""
    return await fetch_column(
        conn,
        """
        SELECT p.uri FROM post p JOIN listing l ON l.post_id = p.id
        WHERE p.author_id = $1 AND p.deleted_at IS NULL AND l.status = 'open' ORDER BY p.id
        """,
        actor_id,
    )


async def list_paused_listings(conn: Connection, ids: list[int]) -> list[str]:
    """Those of these listings that still wait and whose time has not passed."""
    return await fetch_column(
        conn,
        """
        SELECT p.uri FROM post p JOIN listing l ON l.post_id = p.id
        WHERE p.id = ANY($1) AND p.deleted_at IS NULL AND l.status = 'paused'
            AND (l.expires_at IS NULL OR l.expires_at > now()) ORDER BY p.id
        """,
        ids,
    )
