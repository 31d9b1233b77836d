"""Listings of ours that end by themselves: which are due, and what their authors were told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.listings.listings import Listing, read_listing
from models.store.database import Connection, execute, execute_many, fetch_all, fetch_records

EndKind = Literal["before", "ended"]

AHEAD, SHORT_AHEAD = timedelta(days=7), timedelta(days=1)
"""So long before its end the author of a listing is told of it; of one that stands for less than LONG, SHORT_AHEAD."""

LONG, SHORT = timedelta(days=14), timedelta(days=3)
"""Of what stands for less than SHORT nobody is told beforehand: whoever wrote it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """An end of which its author has not been told."""

    listing_id: int
    author_id: int
    kind: EndKind
    title: str
    url: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndNotice:
    """What a message says: one of the listings that it names, its end, and how many they are.

    `current` as long as that is its end: it was not given another one since.
    """

    post_id: int
    kind: EndKind
    listing_id: int
    title: str
    url: str
    count: int
    ends_at: datetime
    current: bool


async def list_due(conn: Connection, *, limit: int) -> list[Listing]:
    """Listings of ours whose time has passed while nothing is agreed or asked for about them."""
    rows = await fetch_records(
        conn,
        """
        SELECT * FROM full_listing l
        WHERE local AND deleted_at IS NULL AND is_standing_status(status) AND expires_at < now()
            AND NOT EXISTS (SELECT FROM agreement g
                WHERE g.listing_id = l.id AND is_live_state(g.state))
        ORDER BY expires_at LIMIT $1
        """,
        limit,
    )
    return [read_listing(row) for row in sorted(rows, key=lambda row: row["id"])]  # closed in the order of all locks


async def list_unnotified(conn: Connection, *, limit: int) -> list[Ending]:
    """Ends of which authors are to be told now: some time before, and once they came; those of one author together.

    Whoever is about to leave, or is gone, is told nothing. Each half has an index of its own, by what changed lately
    and by what ends soon: asked in one, it reads all that was ever published here, every five minutes.
    """
    return await fetch_all(
        conn,
        Ending,
        """
        SELECT * FROM (
            SELECT l.post_id AS listing_id, p.author_id, l.title, p.url, 'ended' AS kind, l.expires_at AS ends_at
            FROM post p JOIN listing l ON l.post_id = p.id
            WHERE p.local AND p.kind = 'listing' AND p.deleted_at IS NULL AND p.updated_at > now() - $2::interval
                AND l.status = 'expired' AND l.expires_at <= now()
            UNION ALL
            SELECT l.post_id, p.author_id, l.title, p.url, 'before', l.expires_at
            FROM listing l JOIN post p ON p.id = l.post_id
            WHERE p.local AND p.deleted_at IS NULL
                AND is_standing_status(l.status) AND l.expires_at > now() AND l.expires_at < now() + $2
                AND CASE
                    WHEN l.expires_at - coalesce(p.updated_at, p.published_at) >= $4::interval THEN true
                    WHEN l.expires_at - coalesce(p.updated_at, p.published_at) >= $5::interval
                        THEN l.expires_at < now() + $3::interval
                    ELSE false END
        ) AS ending
        WHERE NOT EXISTS (SELECT FROM listing_end_notice n
                WHERE n.listing_id = ending.listing_id AND n.kind = ending.kind AND n.ends_at = ending.ends_at)
            AND EXISTS (SELECT FROM account a JOIN actor m ON m.id = a.actor_id
                WHERE a.actor_id = ending.author_id AND m.deleted_at IS NULL AND m.suspended_at IS NULL
                    AND NOT EXISTS (SELECT FROM departure d WHERE d.actor_id = a.actor_id))
        ORDER BY author_id, kind, ends_at, listing_id LIMIT $1
        """,
        limit,
        AHEAD,
        SHORT_AHEAD,
        LONG,
        SHORT,
    )


async def save_notified(conn: Connection, endings: Sequence[Ending], post_id: int | None) -> None:
    """Their author was told of these, by this message; None where there is nobody who could write it."""
    await execute_many(
        conn,
        """
        INSERT INTO listing_end_notice (listing_id, kind, ends_at, post_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        [(one.listing_id, one.kind, one.ends_at, post_id) for one in endings],
    )


async def find_notices(conn: Connection, post_ids: Sequence[int]) -> dict[int, EndNotice]:
    """Those of these posts that tell of an end, with the listing that ends first."""
    rows = await fetch_all(
        conn,
        EndNotice,
        """
        SELECT DISTINCT ON (n.post_id) n.post_id, n.kind, n.listing_id, l.title, p.url, n.ends_at,
            (l.expires_at = n.ends_at AND (is_standing_status(l.status) OR l.status = 'expired')
                AND p.deleted_at IS NULL) IS TRUE AS current,
            (count(*) OVER (PARTITION BY n.post_id))::integer AS count
        FROM listing_end_notice n JOIN listing l ON l.post_id = n.listing_id JOIN post p ON p.id = n.listing_id
        WHERE n.post_id = ANY($1)
        ORDER BY n.post_id, n.ends_at, n.listing_id
        """,
        list(post_ids),
    )
    return {row.post_id: row for row in rows}


async def mark_read(conn: Connection, reader_id: int, listing_id: int) -> None:
    """She has prolonged the listing: what told her of its end is read."""
    await execute(
        conn,
        """
        UPDATE notification SET read_at = now()
        WHERE recipient_id = $1 AND read_at IS NULL
            AND post_id IN (SELECT post_id FROM listing_end_notice WHERE listing_id = $2)
        """,
        reader_id,
        listing_id,
    )
