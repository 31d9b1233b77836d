"""What somebody of the team writes before it is published: kept for her alone, so that she can look and walk."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticDraft:
    """A text as she left it; `follows` is the version from which it was begun."""

    source: str
    summary: str
    follows: int
    saved_at: datetime


async def save(conn: Connection, actor_id: int, *, source: str, summary: str, follows: int) -> None:
    """Keep her text in place of the one before."""
    await execute(
        conn,
        """
        INSERT INTO diagnostic_draft (actor_id, source, summary, follows) VALUES ($1, $2, $3, $4)
        ON CONFLICT (actor_id) DO UPDATE SET source = excluded.source, summary = excluded.summary,
            follows = excluded.follows, saved_at = now()
        """,
        actor_id,
        source,
        summary,
        follows,
    )


async def find(conn: Connection, actor_id: int) -> DiagnosticDraft | None:
    """Hers."""
    return await fetch_one(
        conn,
        DiagnosticDraft,
        "SELECT source, summary, follows, saved_at FROM diagnostic_draft WHERE actor_id = $1",
        actor_id,
    )


async def forget(conn: Connection, actor_id: int) -> None:
    """It was published, or she does not want it any more."""
    await execute(conn, "DELETE FROM diagnostic_draft WHERE actor_id = $1", actor_id)
