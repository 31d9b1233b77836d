"""The first time at which each shop has room, kept for lists: renewed when something changes, and now and then."""

from datetime import datetime, timedelta

from models.listings import listings
from models.listings.listings import OPEN, Listing
from models.repairs.bookings import appointment_books
from models.store.database import Connection, execute, fetch_column

RENEW_AFTER = timedelta(minutes=15)
"""Opening hours and the notice that a shop wants change it without a word."""

AT_ONCE = 200


async def renew(conn: Connection, listing: Listing, *, at: datetime) -> None:
    """Look again at what is free in this book of ours; one that takes no appointments has none."""
    if listing.details.status not in OPEN or listing.post.deleted_at is not None:
        await forget(conn, listing.post.author_id)
        return
    first = await appointment_books.find_first_slot(conn, listing, at=at)
    await execute(
        conn,
        """
        INSERT INTO next_slot (actor_id, begins_at, looked_at) VALUES ($1, $2, $3)
        ON CONFLICT (actor_id) DO UPDATE SET begins_at = excluded.begins_at, looked_at = excluded.looked_at
        """,
        listing.post.author_id,
        None if first is None else first.begins_at,
        at,
    )


async def renew_of_shop(conn: Connection, actor_id: int, *, at: datetime) -> None:
    """The same of the book of this shop, if it has one."""
    book = await appointment_books.find_of_actor(conn, actor_id)
    listing = await listings.find_by_post(conn, book.listing_id) if book is not None else None
    if listing is not None:
        await renew(conn, listing, at=at)


async def forget(conn: Connection, actor_id: int) -> None:
    """This shop takes no appointments."""
    await execute(conn, "DELETE FROM next_slot WHERE actor_id = $1", actor_id)


async def list_due(conn: Connection) -> list[int]:
    """The books of ours that are to be looked at again, those that were not for longest first."""
    return await fetch_column(
        conn,
        """
        SELECT b.listing_id FROM appointment_book b LEFT JOIN next_slot n ON n.actor_id = b.actor_id
        WHERE n.actor_id IS NULL OR n.looked_at < now() - $2::interval
            OR n.begins_at < now() + make_interval(hours => b.notice_hours)
        ORDER BY n.looked_at NULLS FIRST, b.listing_id LIMIT $1
        """,
        AT_ONCE,
        RENEW_AFTER,
    )


async def renew_copy(conn: Connection, listing_id: int) -> None:
    """What a shop elsewhere told of its slots says which is the first."""
    await execute(
        conn,
        """
        INSERT INTO next_slot (actor_id, begins_at, looked_at)
        SELECT p.author_id, (SELECT min((one->>0)::timestamptz) FROM jsonb_array_elements(c.slots) AS one
            WHERE (one->>0)::timestamptz > now()), c.told_at
        FROM slot_copy c JOIN post p ON p.id = c.listing_id AND NOT p.local
        WHERE c.listing_id = $1 AND c.told_at IS NOT NULL
        ON CONFLICT (actor_id) DO UPDATE SET begins_at = excluded.begins_at, looked_at = excluded.looked_at
        """,
        listing_id,
    )


async def pass_over(conn: Connection) -> int:
    """Of shops elsewhere the next one that they told, where the first has come; how many."""
    passed: list[int] = await fetch_column(
        conn,
        """
        SELECT c.listing_id FROM next_slot n JOIN post p ON p.author_id = n.actor_id AND NOT p.local
        JOIN slot_copy c ON c.listing_id = p.id WHERE n.begins_at <= now() LIMIT $1
        """,
        AT_ONCE,
    )
    for listing_id in passed:
        await renew_copy(conn, listing_id)
    return len(passed)
