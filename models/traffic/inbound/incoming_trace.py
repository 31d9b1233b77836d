"""What became here of something from elsewhere: who would have got it, and what was received about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.relations.follows import FollowState
from models.store.database import Connection, fetch_all

MOST_LOOKED_AT = 5000
"""So many of the newest activities of one server are looked through: anybody may ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFollower:
    """Somebody here who follows, or asked to follow, whoever would bring it here; `stream` is such a Group."""

    follower_id: int
    follower: str
    followed: str
    state: FollowState
    stream: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """An activity in which it was named, and what was done with it."""

    type: str
    state: Literal["waiting", "done", "ignored", "failed", "held"]
    error: str | None
    received_at: datetime


async def list_local_followers(
    conn: Connection, *, author_uri: str, host: str, addressed: list[str]
) -> list[LocalFollower]:
    """Who here follows the author, somebody among the addressed, or a stream or cooperative of that host."""
    return await fetch_all(
        conn,
        LocalFollower,
        """
        SELECT f.follower_id, a.username AS follower, b.username || '@' || b.host AS followed, f.state,
            b.uri <> $1 AND b.type IN ('Group', 'Organization') AS stream
        FROM actor b JOIN follow f ON f.followed_id = b.id JOIN actor a ON a.id = f.follower_id
        WHERE b.host = $2 AND NOT b.local AND a.local AND f.state IN ('accepted', 'pending')
            AND (b.uri = $1 OR b.uri = ANY($3) OR b.followers_uri = ANY($3) OR b.type IN ('Group', 'Organization'))
        ORDER BY b.uri = $1 DESC, f.state, f.id LIMIT 200
        """,
        author_uri,
        host,
        addressed,
    )


async def list_receptions(conn: Connection, *, uri: str, host: str) -> list[Reception]:
    """What this host sent lately in which the address stands, the newest first; finished rows are kept for a week."""
    return await fetch_all(
        conn,
        Reception,
        """
        SELECT type, state, error, received_at FROM (
            SELECT id, type, state, error, received_at, body FROM received WHERE host = $2 ORDER BY id DESC LIMIT $3
        ) AS latest
        WHERE position(convert_to($1, 'UTF8') IN body) > 0 ORDER BY id DESC LIMIT 10
        """,
        uri,
        host,
        MOST_LOOKED_AT,
    )
