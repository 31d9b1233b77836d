"""Somebody's threads as her own list shows them, each with title and latest agreement; and what she waits for."""

from dataclasses import dataclass
from datetime import datetime

from models.errors import NotFound
from models.exchanges.agreements import State
from models.exchanges.reserves import PlaceState
from models.listings.listings import ListingKind, ListingMode, ListingStatus
from models.store.database import Connection, fetch_all, fetch_one
from models.store.statements import compose


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedListing:
    """What somebody waits for, and how."""

    title: str
    url: str
    state: PlaceState
    since: datetime
    begins_at: datetime | None
    ends_at: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyExchange:
    """One thread for one of the two. `turn`: terms wait for her; `confirm`: the other one says that it is over.

    `gone` once the listing was withdrawn. Everything of the agreement is None where nothing was asked yet.
    """

    id: int
    listing_id: int
    other_id: int
    own: bool
    last_id: int
    last_at: datetime
    unread: bool
    title: str
    kind: ListingKind
    mode: ListingMode
    status: ListingStatus
    gone: bool
    state: State | None
    turn: bool
    yes: bool
    confirm: bool
    begins_at: datetime | None
    ends_at: datetime | None
    held_until: datetime | None


async def list_mine(
    conn: Connection, actor_id: int, *, over: bool | None = None, before: int | None = None, limit: int = 20
) -> list[MyExchange]:
    """The newest first, by keyset on `last_id`; `over`: only those that have ended, or that have not."""
    if over is None:
        return await fetch_all(conn, MyExchange, _NEWEST, actor_id, before, limit)
    return await fetch_all(conn, MyExchange, _SOME, actor_id, before, limit, over)


async def list_waiting(conn: Connection, actor_id: int) -> list[MyExchange]:
    """What waits for this person's answer or word, the most urgent first, at most 50."""
    waiting = await fetch_all(conn, MyExchange, _WAITING, actor_id, 50)
    return sorted(waiting, key=lambda one: (one.held_until is None, one.held_until or one.last_at))


async def list_about(conn: Connection, actor_id: int, listing_id: int) -> list[MyExchange]:
    """Somebody's threads about one listing, the newest first, at most 100: its owner has many, others have one."""
    return await fetch_all(conn, MyExchange, _ABOUT, actor_id, listing_id, 100)


async def get_mine(conn: Connection, actor_id: int, id: int | None) -> MyExchange:
    """One of somebody's threads. Raises NotFound for others' as for what is not there."""
    found = await fetch_one(conn, MyExchange, _ONE, actor_id, id)
    if found is None:
        raise NotFound
    return found


_ROWS = """
    SELECT id, listing_id, other_id, own, last_id, unread, last_at, title, kind, mode, status, gone, state, turn, yes,
        confirm, begins_at, ends_at, held_until
    FROM (
        SELECT e.id, e.listing_id, e.other_id, e.own, e.last_id, e.last_id > e.read_id AS unread,
            timestamptz '1990-01-01 00:00:00+00' + (e.last_id >> 12) * interval '1 microsecond' AS last_at,
            l.title, l.kind, l.mode, l.status, p.deleted_at IS NOT NULL AS gone, a.state,
            coalesce(is_open_state(a.state) AND a.proposed_by <> $1 AND a.accepted_uri IS NULL, false)
                AS turn,
            a.accepted_uri IS NOT NULL AS yes,
            coalesce(is_bound_state(a.state) AND CASE WHEN e.own
                THEN a.partner_reported_at IS NOT NULL AND a.owner_reported_at IS NULL
                ELSE a.owner_reported_at IS NOT NULL AND a.partner_reported_at IS NULL END, false) AS confirm,
            a.begins_at, a.ends_at, a.held_until,
            CASE WHEN a.state IS NULL THEN p.deleted_at IS NOT NULL OR NOT is_standing_status(l.status)
                ELSE NOT is_live_state(a.state) END AS over
        FROM ({threads}) AS e
        JOIN listing l ON l.post_id = e.listing_id
        JOIN post p ON p.id = e.listing_id
        LEFT JOIN LATERAL (
            SELECT state, proposed_by, accepted_uri, owner_reported_at, partner_reported_at, begins_at, ends_at,
                held_until
            FROM agreement WHERE exchange_id = e.id
            ORDER BY is_live_state(state) DESC, id DESC LIMIT 1   -- what goes on, else last
        ) AS a ON true
    ) AS mine
    {shown}
"""


_SIDES = """
    (SELECT id, listing_id, partner_id AS other_id, true AS own, last_id, owner_read_id AS read_id
        FROM exchange WHERE owner_id = $1 AND {which})
    UNION ALL
    (SELECT id, listing_id, owner_id, false, last_id, partner_read_id
        FROM exchange WHERE partner_id = $1 AND {which})
"""

_BEFORE = "($2::bigint IS NULL OR last_id < $2)"

_LIVE = """
    id IN (SELECT exchange_id FROM agreement WHERE owner_id = $1 AND is_live_state(state)
        UNION ALL
        SELECT exchange_id FROM agreement WHERE partner_id = $1 AND is_live_state(state))
"""


# One after the other, the newest first, until the page is full: of years of threads few are looked at.
_IN_ORDER = "SELECT * FROM ({sides}) AS side ORDER BY last_id DESC OFFSET 0"


_NEWEST = compose(
    _ROWS,
    threads=_SIDES,
    which="{before} ORDER BY last_id DESC LIMIT $3",
    before=_BEFORE,
    shown="ORDER BY last_id DESC LIMIT $3",
)
_SOME = compose(
    _ROWS, threads=_IN_ORDER, sides=_SIDES, which=_BEFORE, shown="WHERE over = $4 ORDER BY last_id DESC LIMIT $3"
)
_WAITING = compose(
    _ROWS,
    threads=_SIDES,
    which=_LIVE,
    shown="WHERE turn OR (confirm AND state = 'agreed') ORDER BY last_id DESC LIMIT $2",
)
_ABOUT = compose(_ROWS, threads=_SIDES, which="listing_id = $2", shown="ORDER BY last_id DESC LIMIT $3")
_ONE = compose(_ROWS, threads=_SIDES, which="id = $2", shown="LIMIT 1")


async def list_waited_for(conn: Connection, actor_id: int) -> list[WantedListing]:
    """What somebody waits for, the oldest first."""
    return await fetch_all(
        conn,
        WantedListing,
        """
        SELECT l.title, p.url, r.state, r.since, r.begins_at, r.ends_at, r.until
        FROM reserve_place r JOIN listing l ON l.post_id = r.listing_id JOIN post p ON p.id = r.listing_id
        WHERE r.actor_id = $1 ORDER BY r.since, r.id
        """,
        actor_id,
    )
