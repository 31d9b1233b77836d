"""What chores do about meetings: who is reminded, who is forgotten, and which need more times ahead."""

from datetime import datetime, timedelta

from models.meetings.registrations import KEPT, TO_CONFIRM, Registration
from models.store.database import Connection, execute, fetch_all, fetch_column

REMIND_BEFORE = timedelta(hours=30)
"""So long before a meeting who comes is reminded: from eight in the morning of the day before for one at two."""

AT_LEAST = timedelta(hours=12)
"""Who registered shortly before is not reminded of what she just did."""


async def claim_reminders(conn: Connection, *, at: datetime, limit: int) -> list[Registration]:
    """Those who come and were not reminded yet, each once: our members, guests, and who said so in words.

    People elsewhere whose software knows of meetings are reminded by it.
    """
    return await fetch_all(
        conn,
        Registration,
        """
        UPDATE meeting_registration SET reminded_at = $1 WHERE id IN (
            SELECT r.id FROM meeting_occurrence o JOIN meeting_registration r ON r.occurrence_id = o.id
            JOIN meeting m ON m.post_id = o.meeting_id JOIN post p ON p.id = o.meeting_id
            LEFT JOIN actor a ON a.id = r.actor_id
            WHERE o.begins_at > $1 AND o.begins_at <= $1 + $2::interval AND NOT o.cancelled AND m.status <> 'cancelled'
                AND p.deleted_at IS NULL AND r.state = 'seat' AND r.reminded_at IS NULL
                AND r.changed_at <= o.begins_at - $3::interval
                AND (a.local OR p.local AND (a.id IS NULL OR r.uri IS NULL))
            ORDER BY o.begins_at, r.id LIMIT $4 FOR UPDATE OF r SKIP LOCKED)
        RETURNING *
        """,
        at,
        REMIND_BEFORE,
        AT_LEAST,
        limit,
    )


async def forget_old(conn: Connection) -> int:
    """Two weeks after a meeting it is known no more who was there; guests who never confirmed go after a day."""
    gone = await execute(
        conn,
        """
        DELETE FROM meeting_registration r USING meeting_occurrence o
        WHERE o.id = r.occurrence_id AND coalesce(o.ends_at, o.begins_at) < now() - $1::interval
        """,
        KEPT,
    )
    unconfirmed = await execute(
        conn,
        """
        DELETE FROM meeting_registration
        WHERE state = 'asked' AND email IS NOT NULL AND changed_at < now() - $1::interval
        """,
        TO_CONFIRM,
    )
    return gone + unconfirmed


async def list_to_extend(conn: Connection, *, until: datetime, limit: int) -> list[int]:
    """Meetings of ours that come again and of which fewer times are known than there are before this moment."""
    return await fetch_column(
        conn,
        """
        SELECT m.post_id FROM meeting m JOIN post p ON p.id = m.post_id JOIN listing l ON l.post_id = m.post_id
        WHERE m.rrule IS NOT NULL AND p.local AND p.deleted_at IS NULL AND is_open_status(l.status)
            AND NOT EXISTS (SELECT FROM meeting_occurrence o WHERE o.meeting_id = m.post_id AND o.begins_at > $1)
        ORDER BY m.post_id LIMIT $2
        """,
        until,
        limit,
    )
