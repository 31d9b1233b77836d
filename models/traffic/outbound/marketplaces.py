"""Marketplaces that ask for our public gifts and sales: other servers' own actors that follow `@instance`."""

from dataclasses import dataclass
from datetime import datetime

from models.relations.follows import FollowState
from models.store.database import Connection, fetch_all, fetch_column, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """One of them. `state` is accepted, or rejected once the administrators stopped it; `uri` is its actor."""

    actor_id: int
    uri: str
    host: str
    state: FollowState
    since: datetime
    inboxes: list[str]


async def list_markets(conn: Connection) -> list[Market]:
    """All of them, by host."""
    return await fetch_all(
        conn,
        Market,
        """
        SELECT m.id AS actor_id, m.uri, m.host, f.state, f.created_at AS since,
            array_remove(ARRAY[m.inbox, m.shared_inbox], NULL) AS inboxes
        FROM follow f JOIN actor m ON m.id = f.follower_id JOIN actor ours ON ours.id = f.followed_id
        WHERE ours.local AND ours.username = 'instance' AND NOT m.local AND m.deleted_at IS NULL
        ORDER BY m.host, f.id
        """,
    )


async def find_by_host(conn: Connection, host: str) -> Market | None:
    """The one of this server."""
    return await fetch_one(
        conn,
        Market,
        """
        SELECT m.id AS actor_id, m.uri, m.host, f.state, f.created_at AS since,
            array_remove(ARRAY[m.inbox, m.shared_inbox], NULL) AS inboxes
        FROM follow f JOIN actor m ON m.id = f.follower_id JOIN actor ours ON ours.id = f.followed_id
        WHERE ours.local AND ours.username = 'instance' AND NOT m.local AND m.deleted_at IS NULL AND m.host = $1
        ORDER BY f.id LIMIT 1
        """,
        host,
    )


async def list_open(conn: Connection) -> list[Market]:
    """Those that get what is published."""
    return [market for market in await list_markets(conn) if market.state == "accepted"]


async def list_holders(conn: Connection, object_uri: str) -> list[int]:
    """Those that may show this object, also if they were stopped since: the row ids of their actors."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT m.id
        FROM follow f JOIN actor m ON m.id = f.follower_id JOIN actor ours ON ours.id = f.followed_id
        JOIN delivery d ON d.inbox IN (m.shared_inbox, m.inbox) JOIN activity a ON a.id = d.activity_id
        WHERE ours.local AND ours.username = 'instance' AND NOT m.local
            AND a.object_uri = $1 AND a.type = 'Create' AND may_have_arrived(d.attempts, d.state, d.cause)
        """,
        object_uri,
    )
