"""What one actor wrote and shared, as far as the reader may see it."""

from models.posts.inside import READS_INSIDE
from models.store.database import Connection
from models.store.statements import fragment, name_values
from models.timelines.entries import KNOWN_IF_LIMITED, Page, PostFilter, TimelineEntry, fetch_entries

# Of her shares first the ids alone, which stand in the index by actor, then each by its id: a few Groups share nearly
# all that is shared, so that PostgreSQL expects as many of hers, and would read all shares by their ids to find them,
# those of others too that are newer than her last one. BETWEEN, and the order of that index: with "=" ids alone would
# be in order too.
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
            SELECT actor_id, id FROM share
            WHERE actor_id BETWEEN :author_id AND :author_id AND id < :ceiling AND id > :floor
            ORDER BY actor_id {opposite}, id {direction} OFFSET 0
        ) AS hers CROSS JOIN LATERAL (SELECT * FROM share t WHERE t.id = hers.id OFFSET 0) AS s
        JOIN post p ON p.id = s.post_id JOIN actor a ON a.id = p.author_id
        WHERE NOT :exclude_shares::boolean AND NOT :only_media::boolean AND cardinality(:any_tags::text[]) = 0
            AND NOT (SELECT blocked FROM reader)
            AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted') AND a.suspended_at IS NULL
            AND {known_if_limited}
            AND (:reader_id::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
                WHERE h.reader_id = :reader_id AND h.author_id = p.author_id LIMIT 1), false))
        ORDER BY hers.actor_id {opposite}, hers.id {direction} LIMIT :limit)
    ) AS entry
    ORDER BY id {direction} LIMIT :limit
    """,
    known_if_limited=KNOWN_IF_LIMITED,
    inside=fragment(READS_INSIDE, reader=":reader_id"),
)

_DOWNWARD, _UPWARD = (
    name_values(_AUTHOR, Page, PostFilter, also=["author_id", "reader_id"], direction=direction, opposite=opposite)
    for direction, opposite in (("DESC", "ASC"), ("ASC", "DESC"))
)


async def list_by_author(
    conn: Connection, author_id: int, reader_id: int | None, filter: PostFilter, page: Page
) -> list[TimelineEntry]:
    """What an actor wrote and shared, as far as the reader may see it, newest first; any tag of `any_tags` suffices."""
    return await fetch_entries(conn, (_DOWNWARD, _UPWARD), page, filter, author_id=author_id, reader_id=reader_id)
