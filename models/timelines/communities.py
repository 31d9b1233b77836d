"""What members say inside a community, for who is in it."""

from models.posts.inside import READS_INSIDE
from models.store.database import Connection
from models.store.statements import fragment
from models.timelines.entries import Page, TimelineEntry, both_ways, fetch_entries

_INSIDE = fragment(
    """
    SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by FROM post p JOIN actor a ON a.id = p.author_id
    WHERE p.community_id = :community_id AND p.audience = 'community' AND p.kind = ANY(:kinds::text[])
        AND p.deleted_at IS NULL
        AND p.in_reply_to_uri IS NULL AND a.suspended_at IS NULL AND p.id < :ceiling AND p.id > :floor AND {inside}
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = :reader_id AND h.author_id = p.author_id)
    ORDER BY p.id {direction} LIMIT :limit
    """,
    inside=fragment(READS_INSIDE, reader=":reader_id"),
)

_STATEMENTS = both_ways(_INSIDE, also=["community_id", "reader_id", "kinds"])


async def list_inside(
    conn: Connection, community_id: int, reader_id: int, page: Page, *, listings: bool = False
) -> list[TimelineEntry]:
    """Notes that answer nothing, with `listings` also what is offered there, the newest first; nothing for who is not
    in it."""
    kinds = ["note", "listing"] if listings else ["note"]
    return await fetch_entries(conn, _STATEMENTS, page, community_id=community_id, reader_id=reader_id, kinds=kinds)
