"""Somebody's own listings as her place shows them: by state, with what waits on each and when it is promised."""

from dataclasses import dataclass
from datetime import datetime

from models.listings.listings import Listing, ListingKind, ListingMode, ListingStatus, read_listing
from models.posts import Audience
from models.store.database import Connection, fetch_all, fetch_records

Place = tuple[int, int]
"""Where a page ends: the place of the state among those that are shown, and the listing's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyListing:
    """One listing of hers. It is `hidden` by the team, or `held`: it waits for a look before anybody else sees it.

    `turns`: requests that she is to answer, `turn_id` the thread of the oldest one; `unread`: threads with something
    new; `agreed`: agreements that are not over yet, the next one with its days and the other's name;
    `waiting`: who stands on its list.
    """

    id: int
    url: str
    audience: Audience
    title: str
    kind: ListingKind
    mode: ListingMode
    status: ListingStatus
    expires_at: datetime | None
    rank: int
    turns: int
    turn_id: int | None
    unread: int
    agreed: int
    next_id: int | None
    next_begins_at: datetime | None
    next_ends_at: datetime | None
    next_other: str | None
    hidden: bool
    held: bool
    waiting: int


async def list_mine(
    conn: Connection, actor_id: int, states: tuple[ListingStatus, ...], *, after: Place | None = None, limit: int
) -> list[MyListing]:
    """Those in one of these states, in the order of the states, then the newest first; by keyset after a place."""
    rank, id = after or (0, None)
    return await fetch_all(
        conn,
        MyListing,
        """
        SELECT mine.*, asked.turns, asked.turn_id, asked.agreed, coalesce(threads.unread, 0) AS unread,
            soon.exchange_id AS next_id, soon.begins_at AS next_begins_at, soon.ends_at AS next_ends_at,
            soon.other AS next_other, (SELECT count(*) FROM reserve_place r
                WHERE r.listing_id = mine.id AND r.state <> 'offered') AS waiting
        FROM (
            SELECT p.id, p.url, p.audience, l.title, l.kind, l.mode, l.status, l.expires_at,
                array_position($2::text[], l.status) AS rank, p.hidden_at IS NOT NULL AS hidden,
                EXISTS (SELECT FROM held_post h WHERE h.post_id = p.id) AS held
            FROM post p JOIN listing l ON l.post_id = p.id
            WHERE p.author_id = $1 AND p.deleted_at IS NULL AND l.status = ANY($2)
                AND ($4::bigint IS NULL OR (array_position($2::text[], l.status), -p.id) > ($3::integer, -$4))
            ORDER BY rank, p.id DESC LIMIT $5
        ) AS mine
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE waits) AS turns, min(exchange_id) FILTER (WHERE waits) AS turn_id,
                count(*) FILTER (WHERE state = 'agreed' AND (ends_at IS NULL OR ends_at > now())) AS agreed
            FROM (
                SELECT exchange_id, state, ends_at,
                    state <> 'agreed' AND proposed_by <> $1 AND accepted_uri IS NULL AS waits
                FROM agreement
                WHERE listing_id = mine.id AND is_live_state(state)
            ) AS live
        ) AS asked
        LEFT JOIN LATERAL (
            SELECT count(*) AS unread FROM exchange
            WHERE listing_id = mine.id AND owner_id = $1 AND last_id > owner_read_id
        ) AS threads ON true
        LEFT JOIN LATERAL (
            SELECT a.exchange_id, a.begins_at, a.ends_at, coalesce(nullif(o.name, ''), o.username) AS other
            FROM agreement a JOIN actor o ON o.id = a.partner_id
            WHERE a.listing_id = mine.id AND a.state = 'agreed' AND (a.ends_at IS NULL OR a.ends_at > now())
            ORDER BY a.begins_at NULLS LAST, a.id LIMIT 1
        ) AS soon ON true
        ORDER BY mine.rank, mine.id DESC
        """,
        actor_id,
        list(states),
        rank,
        id,
        limit,
    )


async def count_by_state(conn: Connection, actor_id: int) -> dict[ListingStatus, int]:
    """How many there are in each state in which there are any."""
    rows = await fetch_records(
        conn,
        """
        SELECT l.status, count(*) AS count FROM post p JOIN listing l ON l.post_id = p.id
        WHERE p.author_id = $1 AND p.deleted_at IS NULL GROUP BY l.status
        """,
        actor_id,
    )
    return {row["status"]: row["count"] for row in rows}


async def find_latest(conn: Connection, actor_id: int, kind: ListingKind) -> Listing | None:
    """What she published last of this kind, whatever became of it since."""
    rows = await fetch_records(
        conn,
        """
        SELECT * FROM full_listing
        WHERE author_id = $1 AND local AND deleted_at IS NULL AND kind = $2 ORDER BY id DESC LIMIT 1
        """,
        actor_id,
        kind,
    )
    return read_listing(rows[0]) if rows else None
