"""What anybody may read, from here and from elsewhere."""

from models.database import Connection
from models.timelines.entries import ANYBODYS, Entry, Page, PostFilter, fetch_entries, turn_round
from models.timelines.tagged import list_tagged

# $4 the reader, $5 only with a picture.
# `(SELECT true … LIMIT 1)` where EXISTS would do: PostgreSQL may turn EXISTS into a hash of the whole other table.
_PUBLIC = """
    SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by
    FROM post p JOIN actor a ON a.id = p.author_id
    WHERE :anybodys AND p.id < $1 AND p.id > $2
        AND (NOT $5::boolean OR (SELECT true FROM media m WHERE m.post_id = p.id LIMIT 1))
        AND ($4::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
            WHERE h.reader_id = $4 AND h.author_id = p.author_id LIMIT 1), false))
    ORDER BY p.id DESC LIMIT $3
""".replace(":anybodys", ANYBODYS)
_LOCAL = _PUBLIC.replace("WHERE ", "WHERE p.local AND ", 1)
_REMOTE = _PUBLIC.replace("WHERE ", "WHERE NOT p.local AND ", 1)

_STATEMENTS = {
    (local, remote): (statement, turn_round(statement))
    for local, remote, statement in ((False, False, _PUBLIC), (True, False, _LOCAL), (False, True, _REMOTE))
}


async def list_public(conn: Connection, reader_id: int | None, filter: PostFilter, page: Page) -> list[Entry]:
    """Posts for everybody that answer nothing, newest first; with tags, those that carry them."""
    if filter.local and filter.remote:
        return []
    if filter.any_tags or filter.all_tags:
        return await list_tagged(conn, reader_id, filter, page)
    statements = _STATEMENTS[(filter.local, filter.remote)]
    return await fetch_entries(conn, statements, page, reader_id, filter.only_media)
