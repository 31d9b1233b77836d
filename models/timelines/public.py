"""What anybody may read, from here and from elsewhere."""

from models.store.database import Connection
from models.timelines.entries import ANYBODYS, Page, PostFilter, TimelineEntry, both_ways, fetch_entries
from models.timelines.tagged import list_tagged

# `(SELECT true … LIMIT 1)` where EXISTS would do: PostgreSQL may turn EXISTS into a hash of the whole other table.
_PUBLIC = """
    SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by
    FROM post p JOIN actor a ON a.id = p.author_id
    WHERE {whose} {anybodys} AND p.id < :ceiling AND p.id > :floor
        AND (NOT :only_media::boolean OR (SELECT true FROM media m WHERE m.post_id = p.id LIMIT 1))
        AND (:reader_id::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
            WHERE h.reader_id = :reader_id AND h.author_id = p.author_id LIMIT 1), false))
    ORDER BY p.id {direction} LIMIT :limit
"""

_STATEMENTS = {
    (local, remote): both_ways(_PUBLIC, PostFilter, also=["reader_id"], whose=whose, anybodys=ANYBODYS)
    for local, remote, whose in ((False, False, ""), (True, False, "p.local AND"), (False, True, "NOT p.local AND"))
}


async def list_public(conn: Connection, reader_id: int | None, filter: PostFilter, page: Page) -> list[TimelineEntry]:
    """Posts for everybody that answer nothing, newest first; with tags, those that carry them."""
    if filter.local and filter.remote:
        return []
    if filter.any_tags or filter.all_tags:
        return await list_tagged(conn, reader_id, filter, page)
    statements = _STATEMENTS[(filter.local, filter.remote)]
    return await fetch_entries(conn, statements, page, filter, reader_id=reader_id)
