"""Our listings for whoever runs the server: all, and those that ended long ago and about which nothing runs."""

from models.listings.listings import OVER, Listing, ListingStatus, read_listing
from models.store.database import Connection, fetch_records


async def list_ended(conn: Connection, *, days: int, after: int, limit: int) -> list[Listing]:
    """Those that ended so many days ago, by keyset: what was closed by when it last changed, else by its own end."""
    rows = await fetch_records(
        conn,
        """
        SELECT l.* FROM full_listing l
        WHERE l.local AND l.deleted_at IS NULL AND l.id > $3 AND l.status = ANY($1)
            AND greatest(l.updated_at, l.published_at, CASE WHEN l.status = 'expired' THEN l.expires_at END)
                < now() - make_interval(days => $2)
            AND NOT EXISTS (SELECT FROM agreement g WHERE g.listing_id = l.id AND is_live_state(g.state))
        ORDER BY l.id LIMIT $4
        """,
        list(OVER),
        days,
        after,
        limit,
    )
    return [read_listing(row) for row in rows]


async def list_ours(
    conn: Connection, *, state: ListingStatus | None, author: str | None, after: int, limit: int
) -> list[Listing]:
    """Those that were published here and not taken back, by keyset: of one state or author, where they are named."""
    rows = await fetch_records(
        conn,
        """
        SELECT l.* FROM full_listing l
        WHERE l.local AND l.deleted_at IS NULL AND l.id > $3 AND ($1::text IS NULL OR l.status = $1)
            AND ($2::text IS NULL OR l.author_id = (SELECT id FROM actor WHERE local AND username = $2))
        ORDER BY l.id LIMIT $4
        """,
        state,
        author,
        after,
        limit,
    )
    return [read_listing(row) for row in rows]
