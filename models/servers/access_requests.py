"""Servers that asked for access while the federation was restricted, for those who may grant it."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, fetch_all

KEPT_DAYS = 90
"""So long the name of a server that asked and did not come back is known."""

MOST = 1000
"""So many hosts are remembered, the latest (B-38): nobody is verified here, so anybody can invent names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """One host that is not let in."""

    host: str
    requests: int
    first_at: datetime
    last_at: datetime


async def add(conn: Connection, counts: dict[str, int]) -> None:
    """These hosts came so many times since the last call."""
    await execute(
        conn,
        """
        INSERT INTO access_request (host, requests)
        SELECT host, requests FROM unnest($1::text[], $2::bigint[]) AS new (host, requests) ORDER BY host
        ON CONFLICT (host) DO UPDATE SET requests = access_request.requests + excluded.requests, last_at = now()
        """,
        list(counts),
        list(counts.values()),
    )
    await execute(
        conn,
        """
        DELETE FROM access_request
        WHERE host IN (SELECT host FROM access_request ORDER BY last_at DESC, host OFFSET $1)
        """,
        MOST,
    )


async def list_access_requests(conn: Connection, limit: int = 100) -> list[AccessRequest]:
    """Who came lately and is not welcome yet, the last first."""
    return await fetch_all(
        conn,
        AccessRequest,
        """
        SELECT host, requests, first_at, last_at FROM access_request WHERE NOT is_welcome(host)
        ORDER BY last_at DESC, host LIMIT $1
        """,
        limit,
    )


async def forget(conn: Connection, host: str) -> None:
    """Take a name off the list; it stands there again when it requests again."""
    await execute(conn, "DELETE FROM access_request WHERE host = $1", host)


async def forget_old(conn: Connection, days: int = KEPT_DAYS) -> int:
    """Forget who did not come back; a chore."""
    return await execute(conn, "DELETE FROM access_request WHERE last_at < now() - make_interval(days => $1)", days)
