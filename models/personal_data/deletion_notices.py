"""Who left lately, and which servers have not confirmed it: for administrators."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all
from models.traffic.outbound.deliveries import DeliveryState

SHOWN_DAYS = 30
"""How long a farewell is looked at: deliveries that failed are kept about as long."""

MOST = 50
"""So many of the last who left, and so many servers for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionNotice:
    """A member who left, and how many servers were notified and have said that they know."""

    actor_id: int
    username: str
    left_at: datetime
    notified: int
    confirmed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedDeletion:
    """A server that has not confirmed it: it still waits, or was given up."""

    actor_id: int
    host: str
    state: DeliveryState
    attempts: int
    error: str | None
    cause: str | None


async def list_deletion_notices(conn: Connection) -> list[DeletionNotice]:
    """Members who left in the last days, the latest first."""
    return await fetch_all(
        conn,
        DeletionNotice,
        """
        SELECT left_.id AS actor_id, left_.username, left_.deleted_at AS left_at, count(d.id) AS notified,
            count(d.id) FILTER (WHERE d.state = 'done') AS confirmed
        FROM (
            SELECT id, username, uri, deleted_at FROM actor
            WHERE local AND type IN ('Person', 'Organization') AND deleted_at > now() - make_interval(days => $1)
            ORDER BY deleted_at DESC LIMIT $2
        ) AS left_
        LEFT JOIN activity a ON a.object_uri = left_.uri AND a.actor_id = left_.id AND a.type = 'Delete'
        LEFT JOIN delivery d ON d.activity_id = a.id AND d.state <> 'cancelled'
        GROUP BY left_.id, left_.username, left_.deleted_at ORDER BY left_.deleted_at DESC
        """,
        SHOWN_DAYS,
        MOST,
    )


async def list_unconfirmed(conn: Connection, actor_ids: list[int]) -> dict[int, list[UnconfirmedDeletion]]:
    """The servers that have not confirmed the farewells of these, at most MOST each, by name."""
    rows = await fetch_all(
        conn,
        UnconfirmedDeletion,
        """
        SELECT actor_id, host, state, attempts, error, cause FROM (
            SELECT a.actor_id, d.host, d.state, d.attempts, d.error, d.cause,
                row_number() OVER (PARTITION BY a.actor_id ORDER BY d.host, d.id) AS place
            FROM actor gone
            JOIN activity a ON a.object_uri = gone.uri AND a.actor_id = gone.id AND a.type = 'Delete'
            JOIN delivery d ON d.activity_id = a.id
            WHERE gone.id = ANY($1) AND d.state IN ('waiting', 'held', 'failed')
        ) AS open WHERE place <= $2 ORDER BY actor_id, place
        """,
        actor_ids,
        MOST,
    )
    found: dict[int, list[UnconfirmedDeletion]] = {id: [] for id in actor_ids}
    for row in rows:
        found[row.actor_id].append(row)
    return found
