"""An instance made again of a backup: what it lost, whom it tells, what came back; and others that tell us so."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value
from models.traffic.outbound.inboxes import Inbox

SAID = timedelta(days=30)
"""So long others are told, on our own actor, and what they bring back counts as lost here."""

LEAST_BETWEEN = timedelta(hours=1)
"""Nobody makes an instance again more often: who says so sooner is not heard."""

FARTHEST = timedelta(days=60)
"""Of more than that nothing is sent again: so long finished deliveries are kept."""

MARGIN = timedelta(hours=1)
"""Clocks differ, and what arrived while the backup was made may not be in it."""

MOST_NAMES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What happened from `lost_from` to `restored_at` was lost; `told_at` is when others were told."""

    lost_from: datetime
    restored_at: datetime
    told_at: datetime | None
    names: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Servers that were told, that will be, and that could not be; people elsewhere whose past was read, is still
    to be, and cannot be; posts of others that are of the time that was lost, and names that are taken.
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
    """One that nobody was told of yet, of the earliest loss: from now on it counts as told."""
    return await fetch_one(
        conn,
        Restoration,
        """
        WITH claimed AS (
            UPDATE restoration SET told_at = now() WHERE told_at IS NULL
            RETURNING lost_from, restored_at, told_at, names
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
    """What came back since; `actor_id` is the actor that told others."""
    returned = await fetch_one(
        conn,
        Returned,
        """
        SELECT count(*) FILTER (WHERE t.state = 'done')::integer AS told,
            count(*) FILTER (WHERE t.state IN ('waiting', 'held'))::integer AS waiting,
            count(*) FILTER (WHERE t.state = 'failed')::integer AS untold,
            (SELECT count(*)::integer FROM backfill WHERE asked_at >= $2 AND state = 'done') AS read,
            (SELECT count(*)::integer FROM backfill WHERE asked_at >= $2 AND state IN ('waiting', 'running'))
                AS reading,
            (SELECT count(*)::integer FROM backfill WHERE asked_at >= $2 AND state = 'failed') AS unread,
            (SELECT count(*)::integer FROM post WHERE NOT local AND deleted_at IS NULL AND received_at >= $2
                AND published_at BETWEEN $3 AND $4) AS posts
        FROM (SELECT d.state FROM delivery d JOIN activity a ON a.id = d.activity_id
            WHERE a.actor_id = $1 AND a.type = 'Update' AND a.created_at >= $2) AS t
        """,
        actor_id,
        found.told_at or found.restored_at,
        found.lost_from,
        found.restored_at,
    )
    assert returned is not None
    return returned


async def take_names(conn: Connection, names: Collection[str]) -> list[str]:
    """Of accounts of ours that others speak of, take for ever those that nobody has here; which they are.

    Whoever had one came after the backup; somebody else must not speak under her address. A few at most: others can
    speak of any.
    """
    taken = await fetch_column(
        conn,
        """
        WITH latest AS (
            SELECT id, names FROM restoration WHERE restored_at > now() - $2::interval ORDER BY id DESC LIMIT 1
        ), unknown AS (
            SELECT said FROM latest, unnest($1::text[]) AS given (said)
            WHERE NOT EXISTS (SELECT FROM actor WHERE local AND username = said)
                AND NOT EXISTS (SELECT FROM used_username WHERE username = said)
            ORDER BY said LIMIT greatest((SELECT $3 - names FROM latest), 0)
        )
        INSERT INTO used_username (username) SELECT said FROM unknown ON CONFLICT DO NOTHING RETURNING username
        """,
        sorted(names),
        SAID,
        MOST_NAMES,
    )
    if taken:
        await execute(
            conn,
            "UPDATE restoration SET names = names + $1::smallint WHERE id = (SELECT max(id) FROM restoration)",
            len(taken),
        )
    return taken


async def is_peer(conn: Connection, host: str) -> bool:
    """Whether anybody of this server is known here."""
    return bool(await fetch_value(conn, "SELECT EXISTS (SELECT FROM actor WHERE NOT local AND host = $1)", host))


async def hear(conn: Connection, host: str, *, lost_from: datetime, restored_at: datetime) -> int | None:
    """This server lost what it had from us between these moments: send it again; how many deliveries.

    None where it said so before, or too often. What was deleted or taken back since stays where it is, and what is
    private too, while nothing private is sent there (B-52).
    """
    heard = await execute(
        conn,
        """
        INSERT INTO peer_restoration (host, lost_from, restored_at, sent_again) VALUES ($1, $2, $3, 0)
        ON CONFLICT (host) DO UPDATE SET lost_from = excluded.lost_from, restored_at = excluded.restored_at,
            heard_at = now()
        WHERE peer_restoration.restored_at < excluded.restored_at
            AND peer_restoration.heard_at < now() - $4::interval
        """,
        host,
        lost_from,
        restored_at,
        LEAST_BETWEEN,
    )
    if not heard:
        return None
    sent = await _send_again(conn, host, since=lost_from - MARGIN, until=restored_at + MARGIN)
    await execute(conn, "UPDATE peer_restoration SET sent_again = $2 WHERE host = $1", host, sent)
    return sent


async def _send_again(conn: Connection, host: str, *, since: datetime, until: datetime) -> int:
    return await execute(
        conn,
        """
        WITH again AS (
            SELECT d.id FROM delivery d JOIN activity a ON a.id = d.activity_id
            WHERE d.host = $1 AND d.state = 'done' AND d.finished_at BETWEEN $2 AND $3 AND is_welcome($1)
                AND (may_have_private($1) OR NOT is_private(a.id))
                AND NOT EXISTS (
                    SELECT FROM activity later
                    WHERE later.object_uri IN (a.object_uri, a.uri) AND later.id > a.id AND a.type <> 'Delete'
                        AND (later.type = 'Delete'
                                AND NOT EXISTS (SELECT FROM post p WHERE p.uri = a.object_uri AND p.deleted_at IS NULL)
                            OR later.type = 'Undo' AND later.actor_id = a.actor_id
                                AND strpos(later.body, a.uri) > 0))
        )
        UPDATE delivery SET state = CASE WHEN s.holding THEN 'held' ELSE 'waiting' END, attempts = 0, due_at = now(),
            requeued_at = now(), error = NULL, cause = NULL, finished_at = NULL, claimed_by = NULL,
            claimed_until = NULL
        FROM again LEFT JOIN server s ON s.host = $1 WHERE delivery.id = again.id
        """,
        host,
        since,
        until,
    )
