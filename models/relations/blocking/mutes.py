"""Whom somebody wants to hear nothing of, for a while or for good; the other side notices nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Lists leave `target_id` out until then (None: for good); with `notifications` she is not told of them either."""

    id: int
    actor_id: int
    target_id: int
    notifications: bool
    until: datetime | None
    created_at: datetime


async def save(
    conn: Connection, *, actor_id: int, target_id: int, notifications: bool = True, duration: timedelta | None = None
) -> None:
    """Mute somebody; again changes how, and how long from now."""
    await execute(
        conn,
        """
        INSERT INTO mute (id, actor_id, target_id, notifications, until) VALUES ($1, $2, $3, $4, now() + $5::interval)
        ON CONFLICT (actor_id, target_id) DO UPDATE SET notifications = excluded.notifications, until = excluded.until
        """,
        make_id(),
        actor_id,
        target_id,
        notifications,
        duration,
    )


async def remove(conn: Connection, *, actor_id: int, target_id: int) -> bool:
    """Hear of them again. False when they were not muted."""
    return bool(await execute(conn, "DELETE FROM mute WHERE actor_id = $1 AND target_id = $2", actor_id, target_id))


async def list_muted(
    conn: Connection, actor_id: int, *, before: int | None = None, after: int | None = None, limit: int = 40
) -> list[Mute]:
    """Whom somebody mutes now, the last first, by keyset on the mute's id."""
    return await fetch_all(
        conn,
        Mute,
        """
        SELECT id, actor_id, target_id, notifications, until, created_at FROM mute
        WHERE actor_id = $1 AND (until IS NULL OR until > now())
            AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        actor_id,
        before,
        after,
        limit,
    )


async def forget_over(conn: Connection) -> int:
    """Delete the mutes whose time is over; a chore."""
    return await execute(conn, "DELETE FROM mute WHERE until < now()")
