"""After a restoration no new name is given out for a while: somebody may have had it in the time that was lost."""

from datetime import UTC, datetime, timedelta
from math import ceil

from models.errors import Conflict
from models.store.database import Connection, fetch_value

LONGEST_REST = timedelta(hours=1)
"""So long at most once others were told: by then who knows of lost names has spoken, or may not for days."""


async def find_end(conn: Connection) -> datetime | None:
    """Until when, at the latest, no new name is given out; None where names are given out.

    It ends as soon as all servers were told and those that are asked have answered. Before they are told nobody could
    answer: then the hour has not begun.
    """
    end: datetime | None = await fetch_value(
        conn,
        """
        SELECT coalesce(r.told_at, now()) + $1::interval FROM restoration r
        WHERE r.told_at IS NULL OR r.told_at > now() - $1::interval AND EXISTS (
            SELECT FROM restoration_word w WHERE w.restoration_id = r.id AND w.asked AND w.answered_at IS NULL)
        ORDER BY r.id DESC LIMIT 1
        """,
        LONGEST_REST,
    )
    return end


async def require_given_out(conn: Connection) -> None:
    """Raise Conflict while no new name is given out."""
    end = await find_end(conn)
    if end is not None:
        minutes = max(1, ceil((end - datetime.now(UTC)) / timedelta(minutes=1)))
        raise Conflict("names_at_rest", minutes=minutes, field="username")
