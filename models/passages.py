"""Where an object of ours went, host by host, for its author: nothing is silent."""

from dataclasses import dataclass
from datetime import datetime

from models.database import Connection, fetch_all
from models.deliveries import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Where one activity went: one host and how it fared there."""

    host: str
    type: str
    state: DeliveryState
    attempts: int
    error: str | None
    due_at: datetime
    finished_at: datetime | None


async def list_passages(conn: Connection, object_uri: str) -> list[Passage]:
    """For the author: the newest delivery about this object to each host, failures first (nothing is silent)."""
    return await fetch_all(
        conn,
        Passage,
        """
        SELECT host, type, state, attempts, error, due_at, finished_at FROM (
            SELECT DISTINCT ON (d.host) d.host, a.type, d.state, d.attempts, d.error, d.due_at, d.finished_at
            FROM activity a JOIN delivery d ON d.activity_id = a.id
            WHERE a.object_uri = $1 AND d.state <> 'cancelled'
            ORDER BY d.host, d.id DESC
        ) AS newest ORDER BY state = 'done', host
        """,
        object_uri,
    )
