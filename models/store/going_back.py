"""A database goes back to an earlier moment: what cannot be undone waits some days more, and nobody is logged in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_value

RESPITE = timedelta(days=3)
"""So long nobody's account ends: she may have changed her mind in what was lost, or the team its own."""

SHUTDOWN_AGAIN = timedelta(days=14)
"""An instance that was to end waits as long as when that was said: it may have been taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """How many members' leaving was put off, whether the end of the instance was, and how many sessions ended."""

    departures: int
    shutdown: bool
    sessions: int


async def note(conn: Connection, lost_from: datetime) -> PutOff:
    """What happened since then is lost: written down for the next minute of work, which tells others.

    A database of before there was a place for it says it in a setting, from where a migration takes it. A session that
    somebody ended since, perhaps of a thief, would live again: all end. Final exclusions wait while the loss is new
    (`decision_deadlines`).
    """
    async with conn.transaction():
        await _write_down(conn, lost_from)
        return PutOff(
            departures=await _put_off_departures(conn),
            shutdown=await _put_off_shutdown(conn),
            sessions=await execute(conn, "DELETE FROM session"),
        )


async def _write_down(conn: Connection, lost_from: datetime) -> None:
    if await _has(conn, "restoration"):
        await execute(conn, "INSERT INTO restoration (lost_from) VALUES ($1)", lost_from)
        return
    await execute(
        conn,
        """
        INSERT INTO preference (key, value)
        SELECT 'restored', jsonb_build_object('lost_from', $1::timestamptz, 'restored_at', now())
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """,
        lost_from,
    )


async def _put_off_departures(conn: Connection) -> int:
    if not await _has(conn, "departure"):
        return 0
    return await execute(
        conn,
        """
        UPDATE departure SET due_at = now() + $1::interval, reminded_at = NULL WHERE due_at < now() + $1::interval
        """,
        RESPITE,
    )


async def _put_off_shutdown(conn: Connection) -> bool:
    """It begins its last steps anew on that day: what was offered or written before is of the time before."""
    if not await _has(conn, "instance_shutdown"):
        return False
    moved = await execute(
        conn,
        """
        UPDATE preference SET value = to_jsonb(now() + $1::interval), updated_at = now()
        WHERE key = 'shutdown_at' AND (value #>> '{}')::timestamptz < now() + $1::interval
            AND EXISTS (SELECT FROM instance_shutdown WHERE ended_at IS NULL)
        """,
        SHUTDOWN_AGAIN,
    )
    if moved:
        await execute(conn, "UPDATE instance_shutdown SET archived_through = 0, offered_until = NULL, copied_at = NULL")
    if moved and await _has(conn, "restoration"):  # and so the column, too
        await execute(conn, "UPDATE instance_shutdown SET reminded = NULL")
    return bool(moved)


async def _has(conn: Connection, table: str) -> bool:
    return await fetch_value(conn, "SELECT to_regclass($1)", table) is not None
