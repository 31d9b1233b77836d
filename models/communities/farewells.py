"""What somebody reads of a hidden community that let her not in, or put her out: its name, and why; nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.store.database import Connection, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """What was decided about her, when and why; the community is missing to her otherwise."""

    name: str
    state: Literal["refused", "removed"]
    reason: str
    since: datetime


async def find(conn: Connection, username: str, host: str, reader_id: int | None) -> Farewell | None:
    """Of the hidden community with this name ("" is our host); None for whoever was never told so."""
    return await fetch_one(
        conn,
        Farewell,
        """
        SELECT coalesce(nullif(a.name, ''), a.username) AS name, m.state, coalesce((SELECT d.reason
            FROM community_decision d WHERE d.community_id = a.id AND d.subject_id = m.actor_id AND d.kind = m.state
            ORDER BY d.id DESC LIMIT 1), '') AS reason, m.since
        FROM actor a JOIN community c ON c.actor_id = a.id AND c.hidden
        JOIN membership m ON m.community_id = a.id AND m.actor_id = $3 AND m.state IN ('refused', 'removed')
        WHERE lower(a.username) = lower($1) AND CASE WHEN $2 = '' THEN a.local ELSE a.host = $2 END
            AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        """,
        username,
        host,
        reader_id,
    )
