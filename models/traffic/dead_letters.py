"""What could not be done here after many tries and was put aside, so that everything else goes on."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An activity from `host`, or a job of our own, which has none; `error` is for whoever looks after the server."""

    what: str
    host: str | None
    error: str | None
    at: datetime


async def list_set_aside(conn: Connection, *, limit: int = 20) -> list[SetAside]:
    """The newest; activities are forgotten after two months, jobs after one."""
    return await fetch_all(
        conn,
        SetAside,
        """
        SELECT type AS what, host, error, finished_at AS at FROM received WHERE state = 'failed'
        UNION ALL
        SELECT entrypoint, NULL, NULL, updated FROM pgqueuer WHERE status = 'failed'
        ORDER BY at DESC LIMIT $1
        """,
        limit,
    )
