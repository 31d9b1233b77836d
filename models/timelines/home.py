"""The home timeline: a query over whom the reader follows, so that nothing is copied when somebody writes."""

from models.store.database import Connection
from models.store.statements import fragment
from models.timelines.entries import Page, TimelineEntry, both_ways, fetch_entries
from models.timelines.reading import (
    NOT_TAGGED,
    POST_STANDS,
    READS_AT_HOME,
    SHARE_STANDS,
    TAGGED_STANDS,
    TIMELINE,
    fetch_watched,
    name_watched,
)

_FOLLOWED = """
        SELECT f.followed_id AS id, f.shares FROM follow f JOIN actor a ON a.id = f.followed_id
        WHERE f.follower_id = :reader_id AND {reads}
        UNION ALL SELECT :reader_id, true
"""

# What others wrote for everybody under a tag that she follows: each tag is read from its own index, as far as the edge.
_TAGGED = """
        UNION ALL
        SELECT DISTINCT p.id, p.id, NULL::bigint
        FROM followed_tag w CROSS JOIN LATERAL (
            SELECT p.id FROM post_tag t JOIN post p ON p.id = t.post_id JOIN actor a ON a.id = p.author_id
            WHERE t.tag = w.tag AND t.post_id < (SELECT high FROM edge) AND t.post_id > (SELECT low FROM edge)
                AND NOT p.author_id {known} AND {tagged_stands}
            ORDER BY t.post_id {direction} LIMIT :limit
        ) AS p
        WHERE w.actor_id = :reader_id
"""

_SHARE_STANDS = fragment("{share_stands} AND {not_tagged}", share_stands=SHARE_STANDS, not_tagged=NOT_TAGGED)

_HOME = both_ways(
    TIMELINE,
    also=["reader_id", "upward"],
    followed=_FOLLOWED,
    more=_TAGGED,
    reads=READS_AT_HOME,
    post_stands=POST_STANDS,
    share_stands=_SHARE_STANDS,
    tagged_stands=TAGGED_STANDS,
    reader=":reader_id",
    known="IN (SELECT id FROM followed)",
    sharing="IN (SELECT id FROM followed WHERE shares)",
)

_FOLLOWED_BY_EACH = """
        SELECT f.follower_id AS reader_id, f.followed_id AS id, f.shares
        FROM concerned c JOIN follow f ON f.followed_id = c.id JOIN actor a ON a.id = f.followed_id
        WHERE f.follower_id = ANY(:reader_ids::bigint[]) AND {reads}
        UNION ALL SELECT c.id, c.id, true FROM concerned c WHERE c.id = ANY(:reader_ids::bigint[])
"""

_TAGGED_FOR_EACH = """
        UNION ALL
        SELECT p.id, reader.actor_id
        FROM post p JOIN actor a ON a.id = p.author_id
        JOIN post_tag t ON t.post_id = p.id JOIN followed_tag reader ON reader.tag = t.tag
        WHERE p.id = ANY(:post_ids::bigint[]) AND reader.actor_id = ANY(:reader_ids::bigint[]) AND {tagged_stands}
"""

_READERS = name_watched(
    followed=_FOLLOWED_BY_EACH,
    more=_TAGGED_FOR_EACH,
    reads=READS_AT_HOME,
    post_stands=POST_STANDS,
    share_stands=_SHARE_STANDS,
    tagged_stands=fragment(TAGGED_STANDS, reader="reader.actor_id"),
    reader="reader.id",
    known="= ANY(reader.knows)",
    sharing="= ANY(reader.shows)",
)


async def list_home(conn: Connection, reader_id: int, page: Page) -> list[TimelineEntry]:
    """What the reader and those she follows wrote, what these share, and what carries a tag she follows, newest first.

    A shared post stands once, as the post itself when she follows its author or a tag of it, else as its first share.
    """
    return await fetch_entries(conn, _HOME, page, reader_id=reader_id, upward=page.after is not None)


async def list_home_readers(
    conn: Connection, reader_ids: list[int], *, post_ids: list[int], share_ids: list[int]
) -> dict[int, set[int]]:
    """In whose homes, of these readers, each of these posts and shares stands, by its id: what `list_home` shows."""
    return await fetch_watched(conn, _READERS, reader_ids, post_ids, share_ids)
