"""Members who want to be told of repair calls near them, and whom each call was told to.

Distances are from the place that a member's profile shows, else from the middle of the commune that she named.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.ids import make_id
from models.limits import HOST_REPAIR_CALLS, REPAIR_CALLS
from models.listings.listings import Listing
from models.places import geometry
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

JOB = "repair_mail"
"""The job that writes to one of them about one call (web/mail/repair_call_mails)."""

RADIUS = 5_000
"""Metres within which a call is near."""

FRESH = timedelta(days=2)
"""A call that is older is told to nobody any more."""

AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairWatch:
    """How a member is told: always by news and by push to her apps, by mail too unless she does not want it.

    `at_night`: mails about a call that cannot wait come at night too.
    """

    by_mail: bool
    at_night: bool


async def find(conn: Connection, actor_id: int) -> RepairWatch | None:
    """How this member wants to be told of calls; None where she does not."""
    return await fetch_one(
        conn, RepairWatch, "SELECT by_mail, at_night FROM repair_watch WHERE actor_id = $1", actor_id
    )


async def save(conn: Connection, actor_id: int, watch: RepairWatch) -> None:
    """This member wants to be told so."""
    await execute(
        conn,
        """
        INSERT INTO repair_watch (actor_id, by_mail, at_night) VALUES ($1, $2, $3)
        ON CONFLICT (actor_id) DO UPDATE SET by_mail = excluded.by_mail, at_night = excluded.at_night
        """,
        actor_id,
        watch.by_mail,
        watch.at_night,
    )


async def remove(conn: Connection, actor_id: int) -> None:
    """She does not want to be told any more."""
    await execute(conn, "DELETE FROM repair_watch WHERE actor_id = $1", actor_id)


async def stop_mails(conn: Connection, actor_id: int) -> None:
    """She wants no more mails about calls; her news still tell of them."""
    await execute(conn, "UPDATE repair_watch SET by_mail = false WHERE actor_id = $1", actor_id)


async def notify_near(conn: Connection, listing: Listing) -> list[int]:
    """Note whom this call is told to from now on: whoever wants to be told, is near, may read it and was not told yet.

    Not its author, not who is away, blocked or muted one way or the other, nobody of a call that says no place, and not
    whom an alert of hers told of it. Their row ids; nobody where its author, or her server, called very often within a
    day.
    """
    details = listing.details
    if details.latitude is None or details.longitude is None or await _calls_too_often(conn, listing):
        return []
    box = geometry.bounding_box(details.latitude, details.longitude, RADIUS)
    return await fetch_column(
        conn,
        """
        INSERT INTO repair_call_told (post_id, actor_id)
        SELECT p.id, w.actor_id
        FROM post p CROSS JOIN watching_repairer w
        WHERE p.id = $1 AND p.deleted_at IS NULL AND p.audience IN ('network', 'coop', 'territories')
            AND w.actor_id <> p.author_id
            AND NOT EXISTS (SELECT FROM actor a WHERE a.id = p.author_id
                AND (a.limited_at IS NOT NULL OR a.suspended_at IS NOT NULL))
            AND w.latitude BETWEEN $4 AND $6 AND w.longitude BETWEEN $5 AND $7
            AND 2 * 6371000 * asin(least(1, sqrt(sin(radians(w.latitude - $2) / 2) ^ 2
                + sin(radians(w.longitude - $3) / 2) ^ 2 * cos(radians($2)) * cos(radians(w.latitude))))) <= $8
            AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = w.actor_id AND h.author_id = p.author_id OFFSET 0)
            AND NOT EXISTS (SELECT FROM alert_find f
                WHERE f.actor_id = w.actor_id AND f.listing_id = p.id AND f.told_at IS NOT NULL OFFSET 0)
        ON CONFLICT DO NOTHING RETURNING actor_id
        """,
        listing.id,
        details.latitude,
        details.longitude,
        box.south,
        box.west,
        box.north,
        box.east,
        float(RADIUS),
    )


async def _calls_too_often(conn: Connection, listing: Listing) -> bool:
    """Whether enough other calls of this author, or of her server if it is not ours, were told lately."""
    return bool(
        await fetch_value(
            conn,
            """
            WITH told AS (
                SELECT DISTINCT p.id, p.author_id, a.host
                FROM repair_call_told t JOIN post p ON p.id = t.post_id JOIN actor a ON a.id = p.author_id
                WHERE t.at > now() - $5::interval AND p.id <> $1
            ), author AS (SELECT id, host, local FROM actor WHERE id = $2)
            SELECT (SELECT count(*) FROM told JOIN author ON author.id = told.author_id) >= $3
                OR (SELECT count(*) FROM told JOIN author ON author.host = told.host AND NOT author.local) >= $4
            """,
            listing.id,
            listing.post.author_id,
            REPAIR_CALLS.most,
            HOST_REPAIR_CALLS.most,
            REPAIR_CALLS.within,
        )
    )


async def list_unnotified(conn: Connection, *, after: int = 0) -> list[int]:
    """Fresh open calls that stand in lists, with a place, near which somebody wants to be told who was not.

    AT_ONCE of them by keyset: some stay here as long as they are fresh, since nobody may be told of them.
    """
    return await fetch_column(
        conn,
        """
        SELECT l.post_id FROM listing l JOIN post p ON p.id = l.post_id
        WHERE l.kind = 'repair_call' AND l.status = 'open' AND l.post_id > $1 AND p.published_at > now() - $2::interval
            AND p.deleted_at IS NULL AND p.audience IN ('network', 'coop', 'territories') AND l.latitude IS NOT NULL
            AND (l.expires_at IS NULL OR l.expires_at > now())
            AND EXISTS (SELECT FROM watching_repairer w
                WHERE w.latitude BETWEEN l.latitude - 0.046 AND l.latitude + 0.046 AND w.actor_id <> p.author_id
                    AND NOT EXISTS (SELECT FROM repair_call_told t WHERE t.post_id = l.post_id
                        AND t.actor_id = w.actor_id))
        ORDER BY l.post_id LIMIT $3
        """,
        max(after, make_id(datetime.now(UTC) - FRESH)),
        FRESH,
        AT_ONCE,
    )


async def count_notified(conn: Connection, post_id: int) -> int:
    """How many people a call was told to."""
    return int(await fetch_value(conn, "SELECT count(*) FROM repair_call_told WHERE post_id = $1", post_id))


async def count_near(conn: Connection, latitude: float, longitude: float) -> int:
    """How many members want to be told of a call at this place."""
    box = geometry.bounding_box(latitude, longitude, RADIUS)
    return int(
        await fetch_value(
            conn,
            """
            SELECT count(*) FROM watching_repairer
            WHERE latitude BETWEEN $3 AND $5 AND longitude BETWEEN $4 AND $6
                AND 2 * 6371000 * asin(least(1, sqrt(sin(radians(latitude - $1) / 2) ^ 2
                    + sin(radians(longitude - $2) / 2) ^ 2 * cos(radians($1)) * cos(radians(latitude))))) <= $7
            """,
            latitude,
            longitude,
            box.south,
            box.west,
            box.north,
            box.east,
            float(RADIUS),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A place of ours with hours, and how far it is in metres from where somebody looks, if that is known."""

    actor_id: int
    distance: float | None


async def list_open_places(
    conn: Connection, latitude: float | None, longitude: float | None, *, limit: int = 3
) -> list[Workshop]:
    """Places of our members that say when they are open, the nearest first."""
    return await fetch_all(
        conn,
        Workshop,
        """
        SELECT id AS actor_id, 2 * 6371000 * asin(least(1, sqrt(sin(radians(latitude - $1) / 2) ^ 2
            + sin(radians(longitude - $2) / 2) ^ 2 * cos(radians($1)) * cos(radians(latitude))))) AS distance
        FROM actor JOIN account ON account.actor_id = actor.id
        WHERE local AND type = 'Organization' AND hours IS NOT NULL AND deleted_at IS NULL AND suspended_at IS NULL
        ORDER BY distance NULLS LAST, id LIMIT $3
        """,
        latitude,
        longitude,
        limit,
    )
