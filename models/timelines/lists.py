"""The timeline of a list: what some of those whom its owner follows wrote and shared."""

from models.posts.inside import READS_INSIDE
from models.store.database import Connection
from models.store.statements import fragment
from models.timelines.entries import Page, TimelineEntry, both_ways, fetch_entries
from models.timelines.reading import (
    LANGUAGE_STANDS,
    READS,
    SHARE_STANDS,
    TIMELINE,
    fetch_watched,
    name_watched,
)

# An answer to its own author or to the list's owner stands whatever the policy says.
_POST_STANDS = fragment(
    """
    (p.audience NOT IN ('direct', 'author', 'community') OR p.audience = 'community'
        AND {inside})
    AND (p.in_reply_to_uri IS NULL OR (
        SELECT parent.author_id = p.author_id OR parent.author_id = {reader} OR CASE {policy}
            WHEN 'list' THEN parent.author_id {known}
            WHEN 'followed' THEN EXISTS (SELECT FROM follow
                WHERE follower_id = {reader} AND followed_id = parent.author_id AND state = 'accepted')
            ELSE false END
        FROM post parent WHERE parent.id = p.in_reply_to_id))
    AND {language_stands}
    """,
    language_stands=LANGUAGE_STANDS,
    inside=READS_INSIDE,
)

_FOLLOWED = """
        SELECT f.followed_id AS id, f.shares
        FROM list_member l JOIN follow f ON f.id = l.follow_id JOIN actor a ON a.id = f.followed_id
        WHERE l.list_id = :list_id AND {reads}
"""

_LIST = both_ways(
    TIMELINE,
    also=["list_id", "upward"],
    followed=_FOLLOWED,
    more="",
    reads=READS,
    post_stands=_POST_STANDS,
    share_stands=SHARE_STANDS,
    reader="(SELECT owner_id FROM list WHERE id = :list_id)",
    policy="(SELECT replies_policy FROM list WHERE id = :list_id)",
    known="IN (SELECT id FROM followed)",
    sharing="IN (SELECT id FROM followed WHERE shares)",
)

_FOLLOWED_ON_EACH = """
        SELECT l.list_id AS reader_id, f.followed_id AS id, f.shares
        FROM concerned c JOIN list_member l ON l.actor_id = c.id
        JOIN follow f ON f.id = l.follow_id JOIN actor a ON a.id = f.followed_id
        WHERE l.list_id = ANY(:reader_ids::bigint[]) AND {reads}
"""

_READERS = name_watched(
    followed=_FOLLOWED_ON_EACH,
    more="",
    reads=READS,
    post_stands=_POST_STANDS,
    share_stands=SHARE_STANDS,
    reader="(SELECT owner_id FROM list WHERE id = reader.id)",
    policy="(SELECT replies_policy FROM list WHERE id = reader.id)",
    known="= ANY(reader.knows)",
    sharing="= ANY(reader.shows)",
)


async def list_list(conn: Connection, list_id: int, page: Page) -> list[TimelineEntry]:
    """What the people of a list wrote and share, newest first; whose list it is, the caller has checked."""
    return await fetch_entries(conn, _LIST, page, list_id=list_id, upward=page.after is not None)


async def list_lists_with(
    conn: Connection, list_ids: list[int], *, post_ids: list[int], share_ids: list[int]
) -> dict[int, set[int]]:
    """On which of these lists each of these posts and shares stands, by its id: what `list_list` shows."""
    return await fetch_watched(conn, _READERS, list_ids, post_ids, share_ids)
