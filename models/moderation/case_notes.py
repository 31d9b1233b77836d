"""What the team notes about a case: for itself alone, and not for ever."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all

KEPT = timedelta(days=365)
"""So long after the last decision about a case its notes are kept."""

LIMIT = 1000
"""Characters of one note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """One note; `author_id` is None where she is gone."""

    id: int
    author_id: int | None
    words: str
    created_at: datetime


async def add(conn: Connection, case_id: int, author_id: int, words: str) -> None:
    """Note it."""
    await execute(
        conn,
        "INSERT INTO moderation_note (id, case_id, author_id, words) VALUES ($1, $2, $3, $4)",
        make_id(),
        case_id,
        author_id,
        words[:LIMIT],
    )


async def list_of(conn: Connection, case_id: int) -> list[CaseNote]:
    """All of a case, the earliest first."""
    return await fetch_all(
        conn,
        CaseNote,
        "SELECT id, author_id, words, created_at FROM moderation_note WHERE case_id = $1 ORDER BY id",
        case_id,
    )


async def forget_old(conn: Connection) -> int:
    """Remove notes, also those beside reports, of cases that were closed and decided long ago; how many."""
    notes = await execute(
        conn,
        """
        DELETE FROM moderation_note n USING moderation_case c
        WHERE c.id = n.case_id AND c.closed_at < now() - $1::interval AND n.created_at < now() - $1::interval
            AND NOT EXISTS (SELECT FROM moderation_decision d
                WHERE d.case_id = c.id AND d.decided_at >= now() - $1::interval)
        """,
        KEPT,
    )
    return notes + await execute(
        conn, "UPDATE report SET note = '' WHERE note <> '' AND closed_at < now() - $1::interval", KEPT
    )
