"""The calendar that a shop of ours keeps elsewhere: where it stands, when it was read, and when it says one is busy.

The address is a secret of the shop, kept sealed as such (`federation/own_keys/secret_box`): it is read by whoever asks
for the calendar, and shown to nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one

READ_EVERY = timedelta(minutes=15)

JITTER = timedelta(minutes=2)
"""So much later at most: those that were added together are not read together for ever."""

MOST_BUSY = 2_000
"""Ranges that are kept of one."""

AT_ONCE = 50

TELL_AFTER = timedelta(days=1)

WHOLE_EVERY = timedelta(days=1)
"""So often all of it is asked for, changed or not: what comes again is written out for some time ahead alone."""

Cause = Literal[
    "bad_address",
    "unreachable",
    "timed_out",
    "not_found",
    "refused",
    "failing",
    "too_large",
    "login_page",
    "unreadable",
]
"""Why it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarState:
    """What the people of the shop may know of it: which server it is on, and how reading it goes."""

    host: str
    read_at: datetime | None
    unread: int
    failed_at: datetime | None
    cause: Cause | None
    busy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCalendar:
    """One that is to be read now; without tags where all of it is wanted."""

    actor_id: int
    secret: bytes = field(repr=False)
    added_at: datetime
    etag: str
    modified: str
    ahead_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingCalendar:
    """One that could not be read for a day, and why."""

    actor_id: int
    cause: Cause
    read_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class BusyRange:
    """From a moment until before another."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarReading:
    """What one says now until some day, with the tags by which its server knows this version."""

    ranges: Sequence[BusyRange]
    unread: int
    etag: str = ""
    modified: str = ""


async def find_state(conn: Connection, actor_id: int) -> CalendarState | None:
    """How it goes; None where the shop named none."""
    return await fetch_one(
        conn,
        CalendarState,
        """
        SELECT host, read_at, unread, failed_at, cause,
            (SELECT count(*) FROM shop_busy b WHERE b.actor_id = c.actor_id AND b.ends_at > now()) AS busy
        FROM shop_calendar c WHERE actor_id = $1
        """,
        actor_id,
    )


async def save_address(conn: Connection, actor_id: int, secret: bytes, *, host: str) -> None:
    """It stands on this host from now on, at an address that is kept sealed. What another one said counts no more."""
    await remove(conn, actor_id)
    await execute(
        conn,
        "INSERT INTO shop_calendar (actor_id, secret, host, added_at) VALUES ($1, $2, $3, clock_timestamp())",
        actor_id,
        secret,
        host,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainAddress:
    """An address that nothing encrypts yet, as it is kept."""

    actor_id: int
    secret: bytes = field(repr=False)


async def list_unencrypted(conn: Connection) -> list[PlainAddress]:
    """Those that were kept before there was a key file. Locked until the transaction ends."""
    return await fetch_all(
        conn,
        PlainAddress,
        "SELECT actor_id, secret FROM shop_calendar WHERE get_byte(secret, 0) = 0 ORDER BY actor_id FOR UPDATE",
    )


async def save_encrypted(conn: Connection, actor_id: int, secret: bytes) -> None:
    """The same address, encrypted."""
    await execute(conn, "UPDATE shop_calendar SET secret = $2 WHERE actor_id = $1", actor_id, secret)


async def remove(conn: Connection, actor_id: int) -> bool:
    """No calendar takes appointments away any more. False where none did."""
    return bool(await execute(conn, "DELETE FROM shop_calendar WHERE actor_id = $1", actor_id))


async def claim_due(conn: Connection) -> list[int]:
    """The shops whose calendar it is time to read, each taken by one; of those that take appointments."""
    return await fetch_column(
        conn,
        """
        UPDATE shop_calendar SET next_at = now() + $2::interval + random() * $3::interval
        WHERE actor_id IN (
            SELECT c.actor_id FROM shop_calendar c JOIN appointment_book b ON b.actor_id = c.actor_id
            JOIN listing l ON l.post_id = b.listing_id AND is_open_status(l.status)
            JOIN post p ON p.id = l.post_id AND p.deleted_at IS NULL
            WHERE c.next_at <= now() ORDER BY c.next_at LIMIT $1 FOR UPDATE OF c SKIP LOCKED)
        RETURNING actor_id
        """,
        AT_ONCE,
        READ_EVERY,
        JITTER,
    )


async def find_due(conn: Connection, actor_id: int) -> DueCalendar | None:
    """The calendar of this shop as it is to be asked for; None where it named none, or takes no appointments."""
    return await fetch_one(
        conn,
        DueCalendar,
        """
        SELECT c.actor_id, c.secret, c.added_at, CASE WHEN fresh THEN c.etag ELSE '' END AS etag,
            CASE WHEN fresh THEN c.modified ELSE '' END AS modified, b.ahead_days
        FROM shop_calendar c JOIN appointment_book b ON b.actor_id = c.actor_id
        CROSS JOIN LATERAL (SELECT coalesce(c.whole_at > now() - $2::interval AND c.whole_days = b.ahead_days, false)
            AS fresh) AS known
        WHERE c.actor_id = $1
        """,
        actor_id,
        WHOLE_EVERY,
    )


async def save_reading(conn: Connection, due: DueCalendar, reading: CalendarReading) -> bool:
    """What it says now, in place of all that it said before. False where the shop named another one meanwhile."""
    kept = await execute(
        conn,
        """
        UPDATE shop_calendar SET read_at = now(), whole_at = now(), whole_days = $6, etag = $3, modified = $4,
            unread = $5, cause = NULL, failed_at = NULL, failing_since = NULL, told_at = NULL
        WHERE actor_id = $1 AND added_at = $2
        """,
        due.actor_id,
        due.added_at,
        reading.etag,
        reading.modified,
        reading.unread,
        due.ahead_days,
    )
    if not kept:
        return False
    await execute(conn, "DELETE FROM shop_busy WHERE actor_id = $1", due.actor_id)
    await execute(
        conn,
        """
        INSERT INTO shop_busy (actor_id, begins_at, ends_at)
        SELECT $1, one.begins_at, one.ends_at
        FROM unnest($2::timestamptz[], $3::timestamptz[]) AS one (begins_at, ends_at)
        """,
        due.actor_id,
        [one.begins_at for one in reading.ranges],
        [one.ends_at for one in reading.ranges],
    )
    return True


async def confirm(conn: Connection, due: DueCalendar) -> None:
    """It is as it was."""
    await execute(
        conn,
        """
        UPDATE shop_calendar SET read_at = now(), cause = NULL, failed_at = NULL, failing_since = NULL, told_at = NULL
        WHERE actor_id = $1 AND added_at = $2
        """,
        due.actor_id,
        due.added_at,
    )


async def note_failure(conn: Connection, due: DueCalendar, cause: Cause, *, wait: timedelta = READ_EVERY) -> None:
    """It could not be read: what it said last goes on counting. It is not asked again before so long."""
    await execute(
        conn,
        """
        UPDATE shop_calendar SET cause = $3, failed_at = now(), failing_since = coalesce(failing_since, now()),
            next_at = greatest(next_at, now() + $4::interval)
        WHERE actor_id = $1 AND added_at = $2
        """,
        due.actor_id,
        due.added_at,
        cause,
        wait,
    )


async def claim_untold(conn: Connection) -> list[FailingCalendar]:
    """Those that fail for a day and whose managers do not know, each told once; a few at a time."""
    return await fetch_all(
        conn,
        FailingCalendar,
        """
        UPDATE shop_calendar SET told_at = now() WHERE actor_id IN (
            SELECT actor_id FROM shop_calendar
            WHERE told_at IS NULL AND failing_since < now() - $2::interval LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING actor_id, cause, read_at
        """,
        AT_ONCE,
        TELL_AFTER,
    )


async def list_own_uids(conn: Connection, uids: Iterable[str]) -> set[str]:
    """Those of these names of events that are agreements: our own calendars know them so, and count them already."""
    return set(
        await fetch_column(conn, "SELECT request_uri FROM agreement WHERE request_uri = ANY($1)", sorted(set(uids)))
    )
