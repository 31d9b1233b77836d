"""What one actor wrote and shared, as far as the reader may see it."""

from models.database import Connection
from models.timelines.entries import Entry, Page, PostFilter, fetch_entries, turn_round

# $4 the author, $5 the reader, $6 only with a picture, $7 without answers, $8 without shares, $9 tags or none.
_AUTHOR = """
    WITH reader AS MATERIALIZED (
        SELECT coalesce((SELECT local FROM actor WHERE id = $5), false) AS local,
            EXISTS (SELECT FROM follow WHERE follower_id = $5 AND followed_id = $4 AND state = 'accepted') AS follows,
            EXISTS (SELECT FROM barred WHERE reader_id = $5 AND author_id = $4) AS blocked
    )
    SELECT id, post_id, shared_by FROM (
        (SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by
        FROM post p
        WHERE p.author_id = $4 AND p.deleted_at IS NULL AND p.kind <> 'notice' AND p.id < $1 AND p.id > $2
            AND NOT (SELECT blocked FROM reader)
            AND (p.audience IN ('network', 'unlisted') OR p.author_id = $5
                OR (p.audience IN ('coop', 'territories') AND (SELECT local FROM reader))
                OR (p.audience IN ('followers', 'territories') AND (SELECT follows FROM reader))
                OR (SELECT true FROM mention m WHERE m.post_id = p.id AND m.actor_id = $5))
            AND (NOT $6::boolean OR (SELECT true FROM media m WHERE m.post_id = p.id LIMIT 1))
            AND (NOT $7::boolean OR p.in_reply_to_uri IS NULL)
            AND (cardinality($9::text[]) = 0
                OR (SELECT true FROM post_tag t WHERE t.post_id = p.id AND t.tag = ANY($9::text[]) LIMIT 1))
        ORDER BY p.id DESC LIMIT $3)
        UNION ALL
        (SELECT s.id, s.post_id, s.actor_id
        FROM share s JOIN post p ON p.id = s.post_id JOIN actor a ON a.id = p.author_id
        WHERE s.actor_id = $4 AND s.id < $1 AND s.id > $2
            AND NOT $8::boolean AND NOT $6::boolean AND cardinality($9::text[]) = 0
            AND NOT (SELECT blocked FROM reader)
            AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted') AND a.suspended_at IS NULL
            AND ($5::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
                WHERE h.reader_id = $5 AND h.author_id = p.author_id LIMIT 1), false))
        ORDER BY s.id DESC LIMIT $3)
    ) AS entry
    ORDER BY id DESC LIMIT $3
"""

_STATEMENTS = (_AUTHOR, turn_round(_AUTHOR))


async def list_by_author(
    conn: Connection, author_id: int, reader_id: int | None, filter: PostFilter, page: Page
) -> list[Entry]:
    """What an actor wrote and shared, as far as the reader may see it, newest first; any tag of `any_tags` suffices."""
    return await fetch_entries(
        conn,
        _STATEMENTS,
        page,
        author_id,
        reader_id,
        filter.only_media,
        filter.exclude_replies,
        filter.exclude_shares,
        list(filter.any_tags),
    )
