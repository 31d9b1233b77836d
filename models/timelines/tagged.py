"""Public posts under hashtags: any of these, all of those, none of others."""

from models.database import Connection, fetch_value
from models.timelines.entries import ANYBODYS, Entry, Page, PostFilter, fetch_entries, turn_round

# $4 the reader, $5 only ours, $6 only others', $7 only with a picture, $8 the tags to read, $9 those that all must be
# there, $10 those that must not, $11 those of which one must be there too (NULL: no such wish).
_TAGGED = """
    SELECT DISTINCT id, id AS post_id, NULL::bigint AS shared_by
    FROM unnest($8::text[]) AS wanted (tag) CROSS JOIN LATERAL (
        SELECT p.id FROM post_tag t JOIN post p ON p.id = t.post_id JOIN actor a ON a.id = p.author_id
        WHERE t.tag = wanted.tag AND t.post_id < $1 AND t.post_id > $2
            AND :anybodys AND (NOT $5::boolean OR p.local) AND (NOT $6::boolean OR NOT p.local)
            AND (NOT $7::boolean OR (SELECT true FROM media m WHERE m.post_id = p.id LIMIT 1))
            AND (cardinality($9::text[]) = 0 OR cardinality($9::text[]) = (
                SELECT count(*) FROM post_tag o WHERE o.post_id = t.post_id AND o.tag = ANY($9::text[])))
            AND (cardinality($10::text[]) = 0 OR NOT coalesce((
                SELECT true FROM post_tag o WHERE o.post_id = t.post_id AND o.tag = ANY($10::text[]) LIMIT 1), false))
            AND ($11::text[] IS NULL OR (SELECT true FROM post_tag o
                WHERE o.post_id = t.post_id AND o.tag = ANY($11::text[]) LIMIT 1))
            AND ($4::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
                WHERE h.reader_id = $4 AND h.author_id = p.author_id LIMIT 1), false))
        ORDER BY t.post_id DESC LIMIT $3
    ) AS post
    ORDER BY id DESC LIMIT $3
""".replace(":anybodys", ANYBODYS)

_STATEMENTS = (_TAGGED, turn_round(_TAGGED))

COMMON = 2000
"""A tag on fewer posts than this is read whole rather than looked for on the posts of a busier one."""


async def list_tagged(conn: Connection, reader_id: int | None, filter: PostFilter, page: Page) -> list[Entry]:
    """Posts for everybody that carry the wanted tags, newest first."""
    read, also = await _choose_tags(conn, filter)
    return await fetch_entries(
        conn,
        _STATEMENTS,
        page,
        reader_id,
        filter.local,
        filter.remote,
        filter.only_media,
        read,
        list(filter.all_tags),
        list(filter.no_tags),
        also,
    )


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
