"""Follows that a restoration had lost and that stand again, since the other side had said yes: she is told so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_all

TOLD = timedelta(days=30)
"""So long somebody is told that she follows again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """A follow that had been lost here and stands again, since that moment."""

    followed_id: int
    taken_up_at: datetime


async def mark(conn: Connection, follow_id: int) -> None:
    """It had been lost here, and stands again."""
    await execute(conn, "UPDATE follow SET taken_up_at = now() WHERE id = $1", follow_id)


async def map_told(conn: Connection, follower_id: int) -> dict[int, datetime]:
    """Whom somebody follows again in that way, and since when; for a month, in which she may have seen it."""
    rows = await fetch_all(
        conn,
        TakenUp,
        """
        SELECT followed_id, taken_up_at FROM follow
        WHERE follower_id = $1 AND state = 'accepted' AND taken_up_at > now() - $2::interval
        """,
        follower_id,
        TOLD,
    )
    return {row.followed_id: row.taken_up_at for row in rows}
