"""What chores do about meetings: who is reminded, who is forgotten, and which need more times ahead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.meetings.registrations import KEPT, TO_CONFIRM, Registration
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one

REMIND_BEFORE = timedelta(hours=30)
"""So long before a meeting who comes is reminded: from eight in the morning of the day before for one at two."""

AT_LEAST = timedelta(hours=12)
"""Who registered shortly before is not reminded of what she just did."""


EXTENDED_EVERY = timedelta(days=1)
"""So often the times of what comes again are written out further."""


TOLD_EVERY = timedelta(hours=20)
"""Those who organise hear of registrations once a day."""


async def list_unreminded(conn: Connection, *, at: datetime, limit: int) -> list[int]:
    """Registrations of who comes and was not reminded yet: our members, guests, and who said so in words.

    People elsewhere whose software knows of meetings are reminded by it.
    """
    return await fetch_column(
        conn,
        """
        SELECT r.id FROM meeting_occurrence o JOIN meeting_registration r ON r.occurrence_id = o.id
        JOIN meeting m ON m.post_id = o.meeting_id JOIN post p ON p.id = o.meeting_id
        LEFT JOIN actor a ON a.id = r.actor_id
        WHERE o.begins_at > $1 AND o.begins_at <= $1 + $2::interval AND NOT o.cancelled AND m.status <> 'cancelled'
            AND p.deleted_at IS NULL AND p.hidden_at IS NULL AND r.state = 'seat' AND r.reminded_at IS NULL
            AND r.changed_at <= o.begins_at - $3::interval
            AND (a.local OR p.local AND (a.id IS NULL OR r.uri IS NULL))
        ORDER BY o.begins_at, r.id LIMIT $4
        """,
        at,
        REMIND_BEFORE,
        AT_LEAST,
        limit,
    )


async def claim_reminder(conn: Connection, id: int, at: datetime) -> Registration | None:
    """The registration, reminded from now on; None where it was so already, or is no more."""
    return await fetch_one(
        conn,
        Registration,
        """
        UPDATE meeting_registration SET reminded_at = $2
        WHERE id = $1 AND reminded_at IS NULL AND state = 'seat' RETURNING *
        """,
        id,
        at,
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


async def list_to_extend(conn: Connection, *, at: datetime, limit: int) -> list[int]:
    """Meetings of ours that come again and whose times were not written out ahead today; the longest waiting first."""
    return await fetch_column(
        conn,
        """
        SELECT m.post_id FROM meeting m JOIN post p ON p.id = m.post_id JOIN listing l ON l.post_id = m.post_id
        WHERE m.rrule IS NOT NULL AND p.local AND p.deleted_at IS NULL AND is_open_status(l.status)
            AND (m.extended_at IS NULL OR m.extended_at <= $1::timestamptz - $2::interval)
        ORDER BY m.extended_at NULLS FIRST, m.post_id LIMIT $3
        """,
        at,
        EXTENDED_EVERY,
        limit,
    )


async def note_extended(conn: Connection, meeting_id: int, at: datetime) -> None:
    """Its times are written out as far as they are told at this moment, also where there are no more of them."""
    await execute(conn, "UPDATE meeting SET extended_at = $2 WHERE post_id = $1", meeting_id, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationNews:
    """What came in for one meeting since its organisers were told: how many people come, wait, and come no more."""

    meeting_id: int
    come: int
    wait: int
    gone: int


async def list_registered(conn: Connection, *, at: datetime, limit: int) -> list[RegistrationNews]:
    """Of meetings of ours that are to come, of each what its organisers did not hear of yet; nothing told today.

    Not whom they wrote down themselves, nor who left before they heard of her.
    """
    return await fetch_all(
        conn,
        RegistrationNews,
        """
        SELECT m.post_id AS meeting_id, coalesce(sum(r.people) FILTER (WHERE r.state = 'seat'), 0) AS come,
            coalesce(sum(r.people) FILTER (WHERE r.state = 'waiting'), 0) AS wait,
            coalesce(sum(r.people) FILTER (WHERE r.state = 'cancelled'), 0) AS gone
        FROM meeting m JOIN post p ON p.id = m.post_id AND p.local AND p.deleted_at IS NULL
        JOIN meeting_occurrence o ON o.meeting_id = m.post_id AND coalesce(o.ends_at, o.begins_at) > $1::timestamptz
        JOIN meeting_registration r ON r.occurrence_id = o.id
        WHERE m.status <> 'cancelled' AND r.changed_at <= $1 AND (r.actor_id IS NOT NULL OR r.email IS NOT NULL)
            AND (r.state IN ('seat', 'waiting') OR r.state = 'cancelled' AND r.created_at <= m.organisers_told_at)
            AND r.changed_at > coalesce(m.organisers_told_at, '-infinity')
            AND coalesce(m.organisers_told_at, '-infinity') < $1 - $2::interval
        GROUP BY m.post_id ORDER BY m.post_id LIMIT $3
        """,
        at,
        TOLD_EVERY,
        limit,
    )


async def note_told(conn: Connection, meeting_id: int, at: datetime) -> None:
    """Its organisers know of who registered until this moment."""
    await execute(conn, "UPDATE meeting SET organisers_told_at = $2 WHERE post_id = $1", meeting_id, at)
