"""An instance made again of a backup: what it lost, whom it tells, and what came back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.database import Connection, fetch_all, fetch_one, fetch_value
from models.traffic.outbound.inboxes import Inbox

SAID = timedelta(days=30)
"""So long others are told, on our own actor, and what they bring back counts as lost here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What happened from `lost_from` to `restored_at` was lost; `told_at` is when others were told, `names` how many
    were taken since.
    """

    lost_from: datetime
    restored_at: datetime
    told_at: datetime | None
    names: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Servers that were told, that will be, and that could not be; people elsewhere whose past was read, is still
    to be, and cannot be; posts of others that are of the time that was lost.
    """

    told: int
    waiting: int
    untold: int
    read: int
    reading: int
    unread: int
    posts: int


async def find_latest(conn: Connection) -> Restoration | None:
    """The last one, while it is told."""
    return await fetch_one(
        conn,
        Restoration,
        """
        SELECT lost_from, restored_at, told_at, names FROM restoration
        WHERE restored_at > now() - $1::interval ORDER BY id DESC LIMIT 1
        """,
        SAID,
    )


async def claim_untold(conn: Connection) -> Restoration | None:
    """One that nobody was told of yet, of the earliest loss: from now on it counts as told, and the actor says so."""
    return await fetch_one(
        conn,
        Restoration,
        """
        WITH claimed AS (
            UPDATE restoration SET told_at = now(), lost_from = untold.lost_from
            FROM (SELECT min(lost_from) AS lost_from FROM restoration WHERE told_at IS NULL) AS untold
            WHERE told_at IS NULL
            RETURNING restoration.lost_from, restored_at, told_at, names
        )
        SELECT min(lost_from) AS lost_from, max(restored_at) AS restored_at, max(told_at) AS told_at,
            max(names) AS names
        FROM claimed HAVING count(*) > 0
        """,
    )


async def list_peers(conn: Connection) -> list[Inbox]:
    """A door of each server that may know something newer: its people follow or are followed here, got something
    from here, or have an agreement with somebody here.
    """
    return await fetch_all(
        conn,
        Inbox,
        """
        SELECT DISTINCT ON (a.host) coalesce(a.shared_inbox, a.inbox) AS inbox,
            CASE WHEN a.shared_inbox IS NULL THEN NULL ELSE a.inbox END AS personal_inbox, a.host
        FROM actor a
        WHERE NOT a.local AND a.deleted_at IS NULL AND a.suspended_at IS NULL AND a.inbox <> '' AND (
            EXISTS (SELECT FROM follow f JOIN actor own ON own.id IN (f.follower_id, f.followed_id) AND own.local
                WHERE a.id IN (f.follower_id, f.followed_id))
            OR EXISTS (SELECT FROM agreement g JOIN actor own ON own.id IN (g.owner_id, g.partner_id) AND own.local
                WHERE a.id IN (g.owner_id, g.partner_id))
            OR a.host IN (SELECT host FROM delivery WHERE may_have_arrived(attempts, state, cause)))
        ORDER BY a.host, a.shared_inbox IS NULL, a.username <> 'instance', a.id
        """,
    )


async def find_returned(conn: Connection, found: Restoration, actor_id: int) -> Returned:
    """What came back since; `actor_id` is the actor that told others, at the moment at which all was asked for."""
    returned = await fetch_one(
        conn,
        Returned,
        """
        SELECT count(*) FILTER (WHERE t.state = 'done')::integer AS told,
            count(*) FILTER (WHERE t.state IN ('waiting', 'held'))::integer AS waiting,
            count(*) FILTER (WHERE t.state = 'failed')::integer AS untold,
            (SELECT count(*)::integer FROM backfill WHERE asked_at = $2 AND state = 'done') AS read,
            (SELECT count(*)::integer FROM backfill WHERE asked_at = $2 AND state IN ('waiting', 'running'))
                AS reading,
            (SELECT count(*)::integer FROM backfill WHERE asked_at = $2 AND state = 'failed') AS unread,
            (SELECT count(*)::integer FROM post WHERE NOT local AND deleted_at IS NULL AND received_at >= $2
                AND published_at BETWEEN $3 AND $4) AS posts
        FROM (SELECT d.state FROM delivery d JOIN activity a ON a.id = d.activity_id
            WHERE a.actor_id = $1 AND a.type = 'Update' AND a.created_at = $2) AS t
        """,
        actor_id,
        found.told_at or found.restored_at,
        found.lost_from,
        found.restored_at,
    )
    assert returned is not None
    return returned


async def is_peer(conn: Connection, host: str) -> bool:
    """Whether anybody of this server is known here."""
    return bool(await fetch_value(conn, "SELECT EXISTS (SELECT FROM actor WHERE NOT local AND host = $1)", host))
