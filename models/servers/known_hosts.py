"""Hosts that this cooperative knows: what they publish stands in its lists; the rest waits (`waiting_posts`).

A host is known once somebody here follows, or asked to follow, somebody there, wrote to somebody there or answered, or
asked for something there; when an administrator let it in; while it, or a domain above it, is a friend or a guest; and
while it is on our map or a friend vouches for it. The first ones are written down by triggers, in the same transaction
as what makes them true, and let stand what waited.

Whom people chose to know stays known when the last follow ends: else what one person no longer reads would be gone from
everybody's lists, and nobody could say why. An administrator can have it wait again, and set a host aside.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.store.database import Connection, execute, fetch_one, fetch_value

Why = Literal["followed", "answered", "admitted", "friend", "guest", "vouched"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Why what a host publishes stands here, and since when, where one moment can be named."""

    why: Why
    since: datetime | None


async def find(conn: Connection, host: str) -> Known | None:
    """Why this host is known: the decision of an administrator first, then what people did; None for an unknown one."""
    return await fetch_one(
        conn,
        Known,
        """
        SELECT why, since FROM (
            SELECT CASE WHEN s.level = 'friend' THEN 'friend' ELSE 'guest' END AS why, s.level_at AS since, 1 AS place
            FROM server s WHERE s.host = ANY (domains_of($1)) AND (s.level = 'friend' OR s.listed)
            UNION ALL SELECT k.why, k.since, 2 FROM known_host k WHERE k.host = $1
            UNION ALL SELECT 'vouched', NULL, 3 WHERE is_known($1)
        ) AS reason ORDER BY place, why LIMIT 1
        """,
        host,
    )


async def admit(conn: Connection, host: str) -> int:
    """Let in what this host publishes, what waits and all that comes; how many posts waited."""
    waited: int = await fetch_value(conn, "SELECT count(*) FROM waiting_post WHERE host = $1", host)
    await execute(conn, "INSERT INTO known_host (host, why) VALUES ($1, 'admitted') ON CONFLICT DO NOTHING", host)
    return waited


async def forget(conn: Connection, host: str) -> bool:
    """What this host publishes from now on waits again, unless something else speaks for it. False: it did already."""
    return bool(await execute(conn, "DELETE FROM known_host WHERE host = $1", host))


async def is_known(conn: Connection, host: str) -> bool:
    """Whether what this host publishes stands here."""
    return bool(await fetch_value(conn, "SELECT is_known($1)", host))
