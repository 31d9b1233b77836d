"""Listings that stay inside a community, for a member who may read them."""

from models.posts.inside import READS_INSIDE
from models.store.database import Connection, fetch_column
from models.store.statements import compose

_LIST = compose(
    """
    SELECT p.id FROM post p JOIN listing l ON l.post_id = p.id JOIN actor a ON a.id = p.author_id
    WHERE p.community_id = $1 AND p.audience = 'community' AND p.deleted_at IS NULL AND is_open_status(l.status)
        AND a.suspended_at IS NULL AND {inside}
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = $2 AND h.author_id = p.author_id)
    ORDER BY p.id DESC LIMIT $3
    """,
    inside=READS_INSIDE,
    reader="$2",
)


async def list_shared(conn: Connection, community_id: int, reader_id: int, *, limit: int) -> list[int]:
    """Row ids of the open ones, the newest first."""
    return await fetch_column(conn, _LIST, community_id, reader_id, limit)
