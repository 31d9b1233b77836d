"""What one actor wrote and shared, as far as the reader may see it."""

from models.posts.inside import READS_INSIDE
from models.store.database import Connection
from models.store.statements import fragment
from models.timelines.entries import KNOWN_IF_LIMITED, Page, PostFilter, TimelineEntry, both_ways, fetch_entries

# Of her shares first the ids alone, which stand in the index by actor: a few Groups share nearly all that is shared, so
# that PostgreSQL, where it plans for anybody, expects as many of hers, and reads all shares by their ids to find them.
_AUTHOR = fragment(
    """
    WITH reader AS MATERIALIZED (
        SELECT coalesce((SELECT local FROM actor WHERE id = :reader_id), false) AS local,
            EXISTS (SELECT FROM follow
                WHERE follower_id = :reader_id AND followed_id = :author_id AND state = 'accepted') AS follows,
            EXISTS (SELECT FROM barred WHERE reader_id = :reader_id AND author_id = :author_id) AS blocked
    )
    SELECT id, post_id, shared_by FROM (
        (SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by
        FROM post p
        WHERE p.author_id = :author_id AND p.deleted_at IS NULL AND p.kind <> 'notice'
            AND p.id < :ceiling AND p.id > :floor
            AND NOT (SELECT blocked FROM reader)
            AND (p.audience IN ('network', 'unlisted') OR p.author_id = :reader_id
                OR (p.audience IN ('coop', 'territories') AND (SELECT local FROM reader))
                OR (p.audience IN ('followers', 'territories') AND (SELECT follows FROM reader))
                OR (p.audience = 'community' AND {inside})
                OR (p.audience NOT IN ('author', 'community')
                    AND (SELECT true FROM mention m WHERE m.post_id = p.id AND m.actor_id = :reader_id)))
            AND (NOT :only_media::boolean OR (SELECT true FROM media m WHERE m.post_id = p.id LIMIT 1))
            AND (NOT :exclude_replies::boolean OR p.in_reply_to_uri IS NULL)
            AND (cardinality(:any_tags::text[]) = 0
                OR (SELECT true FROM post_tag t WHERE t.post_id = p.id AND t.tag = ANY(:any_tags::text[]) LIMIT 1))
        ORDER BY p.id {direction} LIMIT :limit)
        UNION ALL
        (SELECT s.id, s.post_id, s.actor_id
        FROM (
            SELECT id FROM share
            WHERE actor_id = :author_id AND id < :ceiling AND id > :floor
            ORDER BY id {direction} OFFSET 0
        ) AS hers JOIN share s ON s.id = hers.id JOIN post p ON p.id = s.post_id JOIN actor a ON a.id = p.author_id
        WHERE NOT :exclude_shares::boolean AND NOT :only_media::boolean AND cardinality(:any_tags::text[]) = 0
            AND NOT (SELECT blocked FROM reader)
            AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted') AND a.suspended_at IS NULL
            AND {known_if_limited}
            AND (:reader_id::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
                WHERE h.reader_id = :reader_id AND h.author_id = p.author_id LIMIT 1), false))
        ORDER BY hers.id {direction} LIMIT :limit)
    ) AS entry
    ORDER BY id {direction} LIMIT :limit
    """,
    known_if_limited=KNOWN_IF_LIMITED,
    inside=fragment(READS_INSIDE, reader=":reader_id"),
)

_STATEMENTS = both_ways(_AUTHOR, PostFilter, also=["author_id", "reader_id"])


async def list_by_author(
    conn: Connection, author_id: int, reader_id: int | None, filter: PostFilter, page: Page
) -> list[TimelineEntry]:
    """What an actor wrote and shared, as far as the reader may see it, newest first; any tag of `any_tags` suffices."""
    return await fetch_entries(conn, _STATEMENTS, page, filter, author_id=author_id, reader_id=reader_id)
