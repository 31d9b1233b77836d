"""What somebody was told is forgotten after a time: what she read sooner than what she did not."""

from datetime import UTC, datetime, timedelta

from models.ids import make_id
from models.store.database import Connection, execute

READ_KEPT = timedelta(days=180)
"""So long what she has read stays in her list."""

KEPT = timedelta(days=730)
"""So long anything does."""

FILTERED_KEPT = timedelta(days=90)
"""So long what waits apart does: what is set apart meanwhile clears it at the same age (`sort_notification`)."""

MOST = 50_000
"""So many of each go in one step of a night."""


async def forget_old(conn: Connection) -> int:
    """Forget what is old enough, the oldest first; how many there were. Ids go by time: few are looked at."""
    return (
        await _forget_read(conn, make_id(datetime.now(UTC) - READ_KEPT))
        + await _forget_all(conn, make_id(datetime.now(UTC) - KEPT))
        + await _forget_filtered(conn, make_id(datetime.now(UTC) - FILTERED_KEPT))
    )


async def _forget_read(conn: Connection, before: int) -> int:
    return await execute(
        conn,
        """
        DELETE FROM notification WHERE id IN (
            SELECT id FROM notification WHERE read_at IS NOT NULL AND id < $1 AND created_at < now() - $2::interval
            ORDER BY id LIMIT $3)
        """,
        before,
        READ_KEPT,
        MOST,
    )


async def _forget_all(conn: Connection, before: int) -> int:
    return await execute(
        conn,
        """
        DELETE FROM notification WHERE id IN (
            SELECT id FROM notification WHERE id < $1 AND created_at < now() - $2::interval ORDER BY id LIMIT $3)
        """,
        before,
        KEPT,
        MOST,
    )


async def _forget_filtered(conn: Connection, before: int) -> int:
    return await execute(
        conn,
        """
        DELETE FROM filtered_notification WHERE id IN (
            SELECT id FROM filtered_notification WHERE id < $1 AND created_at < now() - $2::interval
            ORDER BY id LIMIT $3)
        """,
        before,
        FILTERED_KEPT,
        MOST,
    )
