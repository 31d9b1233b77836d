"""What somebody of the team has read by an app about a person: an app that decides says nothing of what it showed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.moderation.journal import DECIDING
from models.store.database import Connection, execute, fetch_one

KEPT = timedelta(days=30)
"""So long it counts: whoever read something earlier has not read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReading:
    """Reports about the person until `said_at` (None: none), and what was decided about her up to this entry of the
    journal.
    """

    said_at: datetime | None
    seen: int


async def find(conn: Connection, reader_id: int, actor_id: int) -> ReportReading | None:
    """What she has read about this person."""
    return await fetch_one(
        conn,
        ReportReading,
        """
        SELECT nullif(said_at, 'epoch') AS said_at, seen FROM report_reading
        WHERE reader_id = $1 AND actor_id = $2 AND read_at > now() - $3::interval
        """,
        reader_id,
        actor_id,
        KEPT,
    )


async def note(conn: Connection, reader_id: int, said: Mapping[int, datetime | None]) -> None:
    """She reads about these people now: reports until then (None: none), and how they stand."""
    await execute(
        conn,
        """
        INSERT INTO report_reading (reader_id, actor_id, said_at, seen)
        SELECT $1, told.actor_id, coalesce(told.said_at, 'epoch'), coalesce((SELECT max(j.id) FROM journal_entry j
            WHERE j.about_id = told.actor_id AND j.act = ANY($4)), 0)
        FROM unnest($2::bigint[], $3::timestamptz[]) AS told (actor_id, said_at)
        ORDER BY told.actor_id
        ON CONFLICT (reader_id, actor_id) DO UPDATE SET seen = excluded.seen, read_at = now(),
            said_at = greatest(report_reading.said_at, excluded.said_at)
        """,
        reader_id,
        list(said),
        list(said.values()),
        [*DECIDING],
    )


async def forget_old(conn: Connection) -> int:
    """Forget what was read long ago; how many."""
    return await execute(conn, "DELETE FROM report_reading WHERE read_at < now() - $1::interval", KEPT)
