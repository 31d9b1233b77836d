"""Whom a call is told to here, each once, whatever becomes of it; and who of them opened it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.ids import make_id
from models.limits import HOST_REPAIR_CALLS, REPAIR_CALLS
from models.listings.listings import Listing
from models.places import geometry
from models.repairs.calls.reaches import AREAS, FARTHEST, Reach
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.store.statements import name_values

JOB = "repair_mail"
"""The job that writes to one of them about one call (web/mail/repair_call_mails)."""

FRESH = timedelta(days=3)
"""A call that is older is told to nobody any more: its last wave was a day ago."""

AT_ONCE = 50

UNKNOWN_FAULT = "diagnosis"
"""What is broken is not known yet: whoever repairs anything is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Who is told of one call: near its point, for what is broken on such a bike; `faults` none: for all."""

    post_id: int
    author_id: int
    latitude: float
    longitude: float
    south: float
    west: float
    north: float
    east: float
    circle: float
    epci: bool
    faults: list[str]
    bike: str | None


_PICK = name_values(
    """
    SELECT w.actor_id
    FROM watching_repairer w
    CROSS JOIN LATERAL (SELECT 111195 * sqrt((w.latitude - :latitude::float8) ^ 2
        + ((w.longitude - :longitude::float8) * cos(radians(:latitude))) ^ 2) AS metres) AS far
    WHERE w.latitude BETWEEN :south::float8 AND :north::float8
        AND w.longitude BETWEEN :west::float8 AND :east::float8
        AND far.metres <= w.furthest * 1000
        AND (far.metres <= :circle::float8 OR (:epci::boolean AND w.epci_code = (
            SELECT c.epci_code FROM listing l JOIN commune c ON c.code = l.commune_code WHERE l.post_id = :post_id)))
        AND (:faults::text[] = '{}' OR w.organs = '{}' OR w.organs && :faults)
        AND (:bike::text IS NULL OR w.bike_types = '{}' OR :bike = ANY(w.bike_types))
        AND w.actor_id <> :author_id::bigint
        AND w.actor_id NOT IN (SELECT h.reader_id FROM hidden h WHERE h.author_id = :author_id)
        AND w.actor_id NOT IN (SELECT t.actor_id FROM repair_call_told t WHERE t.post_id = :post_id)
        AND w.actor_id NOT IN (
            SELECT f.actor_id FROM alert_find f WHERE f.listing_id = :post_id AND f.told_at IS NOT NULL)
        AND EXISTS (SELECT FROM post p JOIN actor a ON a.id = p.author_id
            WHERE p.id = :post_id::bigint AND p.deleted_at IS NULL AND p.audience IN ('network', 'coop', 'territories')
                AND a.limited_at IS NULL AND a.suspended_at IS NULL)
    """,
    _Wanted,
)
"""The earth counts as flat around the call, which is right to a part in a hundred."""


async def tell(conn: Connection, listing: Listing, reach: Reach | None) -> list[int]:
    """Note whom this call is told to from now on, each once; their row ids. Nobody where its author, or her server,
    called very often within a day.
    """
    if await _calls_too_often(conn, listing):
        return []
    return await fetch_column(
        conn,
        """
        INSERT INTO repair_call_told (post_id, actor_id) SELECT $1, unnest($2::bigint[])
        ON CONFLICT DO NOTHING RETURNING actor_id
        """,
        listing.id,
        await pick(conn, listing, reach),
    )


async def pick(conn: Connection, listing: Listing, reach: Reach | None) -> list[int]:
    """Whoever wants to be told of this call, repairs such a thing, lives within its reach and as near as she wants, may
    read it and was not told yet.

    Not its author, not who is away, pauses, is blocked or muted one way or the other, nobody of a call that says no
    place, and not whom an alert of hers told of it.
    """
    wanted = _find_wanted(listing, reach)
    return [] if wanted is None else await fetch_column(conn, _PICK.sql, *_PICK.args(wanted))


def _find_wanted(listing: Listing, reach: Reach | None) -> _Wanted | None:
    details, repair, area = listing.details, listing.details.repair or {}, AREAS[reach]
    if details.latitude is None or details.longitude is None:
        return None
    box = geometry.bounding_box(details.latitude, details.longitude, FARTHEST if area.epci else area.circle)
    faults = list(repair.get("interventions") or ())
    return _Wanted(
        post_id=listing.id,
        author_id=listing.post.author_id,
        latitude=details.latitude,
        longitude=details.longitude,
        south=box.south,
        west=box.west,
        north=box.north,
        east=box.east,
        circle=area.circle,
        epci=area.epci,
        faults=[] if UNKNOWN_FAULT in faults else faults,
        bike=repair.get("bike_type") or None,
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
                WHERE w.latitude BETWEEN l.latitude - 0.28 AND l.latitude + 0.28 AND w.actor_id <> p.author_id
                    AND NOT EXISTS (SELECT FROM repair_call_told t WHERE t.post_id = l.post_id
                        AND t.actor_id = w.actor_id))
        ORDER BY l.post_id LIMIT $3
        """,
        max(after, make_id(datetime.now(UTC) - FRESH)),
        FRESH,
        AT_ONCE,
    )


async def note_opened(conn: Connection, post_id: int, actor_id: int) -> bool:
    """Somebody opens a call; whether she was told of it and had not opened it before."""
    return bool(
        await execute(
            conn,
            """
            UPDATE repair_call_told SET opened_at = now()
            WHERE post_id = $1 AND actor_id = $2 AND opened_at IS NULL
            """,
            post_id,
            actor_id,
        )
    )


async def list_unopened(conn: Connection, post_id: int) -> list[int]:
    """Who was told of a call, never opened it, and still wants to be told of calls now."""
    return await fetch_column(
        conn,
        """
        SELECT t.actor_id FROM repair_call_told t JOIN watching_repairer w ON w.actor_id = t.actor_id
        WHERE t.post_id = $1 AND t.opened_at IS NULL ORDER BY t.actor_id
        """,
        post_id,
    )
