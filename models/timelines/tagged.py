"""Public posts under hashtags: any of these, all of those, none of others."""

from models.store.database import Connection, fetch_value
from models.timelines.entries import ANYBODYS, Page, PostFilter, TimelineEntry, both_ways, fetch_entries

# `:read_tags` are those to read posts from, `:also_tags` those of which one must be there too (NULL: no such wish).
_TAGGED = """
    SELECT DISTINCT id, id AS post_id, NULL::bigint AS shared_by
    FROM unnest(:read_tags::text[]) AS wanted (tag) CROSS JOIN LATERAL (
        SELECT p.id FROM post_tag t JOIN post p ON p.id = t.post_id JOIN actor a ON a.id = p.author_id
        WHERE t.tag = wanted.tag AND t.post_id < :ceiling AND t.post_id > :floor
            AND {anybodys} AND (NOT :local::boolean OR p.local) AND (NOT :remote::boolean OR NOT p.local)
            AND (NOT :only_media::boolean OR (SELECT true FROM media m WHERE m.post_id = p.id LIMIT 1))
            AND (cardinality(:all_tags::text[]) = 0 OR cardinality(:all_tags::text[]) = (
                SELECT count(*) FROM post_tag o WHERE o.post_id = t.post_id AND o.tag = ANY(:all_tags::text[])))
            AND (cardinality(:no_tags::text[]) = 0 OR NOT coalesce((
                SELECT true FROM post_tag o WHERE o.post_id = t.post_id AND o.tag = ANY(:no_tags::text[])
                LIMIT 1), false))
            AND (:also_tags::text[] IS NULL OR (SELECT true FROM post_tag o
                WHERE o.post_id = t.post_id AND o.tag = ANY(:also_tags::text[]) LIMIT 1))
            AND (:reader_id::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
                WHERE h.reader_id = :reader_id AND h.author_id = p.author_id LIMIT 1), false))
        ORDER BY t.post_id {direction} LIMIT :limit
    ) AS post
    ORDER BY id {direction} LIMIT :limit
"""

_STATEMENTS = both_ways(_TAGGED, PostFilter, also=["reader_id", "read_tags", "also_tags"], anybodys=ANYBODYS)

COMMON = 2000
"""A tag on fewer posts than this is read whole rather than looked for on the posts of a busier one."""


async def list_tagged(conn: Connection, reader_id: int | None, filter: PostFilter, page: Page) -> list[TimelineEntry]:
    """Posts for everybody that carry the wanted tags, newest first."""
    read, also = await _choose_tags(conn, filter)
    return await fetch_entries(conn, _STATEMENTS, page, filter, reader_id=reader_id, read_tags=read, also_tags=also)


async def _choose_tags(conn: Connection, filter: PostFilter) -> tuple[list[str], list[str] | None]:
    """Which tags to read posts from, and which to look for on these: "offre" and "lomme" is read from "lomme"."""
    if not filter.all_tags:
        return list(filter.any_tags), None
    rarest = await fetch_value(
        conn,
        """
        SELECT wanted.tag FROM unnest($1::text[]) AS wanted (tag) CROSS JOIN LATERAL (
            SELECT count(*) AS total FROM (SELECT FROM post_tag t WHERE t.tag = wanted.tag LIMIT $2) AS first) AS known
        WHERE known.total < $2 OR $3
        ORDER BY known.total LIMIT 1
        """,
        list(filter.all_tags),
        COMMON,
        not filter.any_tags,
    )
    if rarest is None:
        return list(filter.any_tags), None
    return [rarest], list(filter.any_tags) or None
