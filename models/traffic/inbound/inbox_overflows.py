"""Who sent more than may wait here, so that some of it was refused: for those who look after the server."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, fetch_all

KEPT_DAYS = 30
"""So long it is known that a domain sent too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overflow:
    """A registrable domain, and how many activities of its servers were refused; they are told to come again."""

    domain: str
    refused: int
    first_at: datetime
    last_at: datetime


async def add(conn: Connection, counts: dict[str, int]) -> None:
    """So many activities of these domains were refused since the last call."""
    await execute(
        conn,
        """
        INSERT INTO overflow (domain, refused)
        SELECT domain, refused FROM unnest($1::text[], $2::bigint[]) AS new (domain, refused) ORDER BY domain
        ON CONFLICT (domain) DO UPDATE SET refused = overflow.refused + excluded.refused, last_at = now()
        """,
        list(counts),
        list(counts.values()),
    )


async def list_overflows(conn: Connection, *, limit: int = 20) -> list[Overflow]:
    """The latest first."""
    return await fetch_all(
        conn,
        Overflow,
        "SELECT domain, refused, first_at, last_at FROM overflow ORDER BY last_at DESC, domain LIMIT $1",
        limit,
    )


async def forget_old(conn: Connection, days: int = KEPT_DAYS) -> int:
    """Forget what did not happen again; a chore."""
    return await execute(conn, "DELETE FROM overflow WHERE last_at < now() - make_interval(days => $1)", days)
