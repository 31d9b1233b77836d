"""The timeline of a list: what some of those whom its owner follows wrote and shared."""

from models.database import Connection
from models.timelines.entries import Entry, Page, fetch_entries, turn_round
from models.timelines.reading import LANGUAGE_STANDS, READS, SHARE_STANDS, TIMELINE, WATCHED, fetch_watched

# An answer to its own author or to the list's owner stands whatever the policy says.
_POST_STANDS = """
    p.audience <> 'direct' AND (p.in_reply_to_uri IS NULL OR (
        SELECT parent.author_id = p.author_id OR parent.author_id = :reader OR CASE :policy
            WHEN 'list' THEN parent.author_id :known
            WHEN 'followed' THEN EXISTS (SELECT FROM follow
                WHERE follower_id = :reader AND followed_id = parent.author_id AND state = 'accepted')
            ELSE false END
        FROM post parent WHERE parent.id = p.in_reply_to_id))
    AND :language_stands
""".replace(":language_stands", LANGUAGE_STANDS)

_LIST = (
    TIMELINE.replace(
        ":followed",
        """
        SELECT f.followed_id AS id, f.shares
        FROM list_member l JOIN follow f ON f.id = l.follow_id JOIN actor a ON a.id = f.followed_id
        WHERE l.list_id = $4 AND :reads
        """,
    )
    .replace(":more", "")
    .replace(":reads", READS)
    .replace(":post_stands", _POST_STANDS)
    .replace(":share_stands", SHARE_STANDS)
    .replace(":reader", "(SELECT owner_id FROM list WHERE id = $4)")
    .replace(":policy", "(SELECT replies_policy FROM list WHERE id = $4)")
    .replace(":known", "IN (SELECT id FROM followed)")
    .replace(":sharing", "IN (SELECT id FROM followed WHERE shares)")
)

_READERS = (
    WATCHED.replace(
        ":followed",
        """
        SELECT l.list_id AS reader_id, f.followed_id AS id, f.shares
        FROM concerned c JOIN list_member l ON l.actor_id = c.id
        JOIN follow f ON f.id = l.follow_id JOIN actor a ON a.id = f.followed_id
        WHERE l.list_id = ANY($1::bigint[]) AND :reads
        """,
    )
    .replace(":more", "")
    .replace(":reads", READS)
    .replace(":post_stands", _POST_STANDS)
    .replace(":share_stands", SHARE_STANDS)
    .replace(":reader", "(SELECT owner_id FROM list WHERE id = reader.id)")
    .replace(":policy", "(SELECT replies_policy FROM list WHERE id = reader.id)")
    .replace(":known", "= ANY(reader.knows)")
    .replace(":sharing", "= ANY(reader.shows)")
)

_STATEMENTS = (_LIST, turn_round(_LIST))


async def list_list(conn: Connection, list_id: int, page: Page) -> list[Entry]:
    """What the people of a list wrote and share, newest first; whose list it is, the caller has checked."""
    return await fetch_entries(conn, _STATEMENTS, page, list_id, page.after is not None)


async def list_lists_with(
    conn: Connection, list_ids: list[int], *, post_ids: list[int], share_ids: list[int]
) -> dict[int, set[int]]:
    """On which of these lists each of these posts and shares stands, by its id: what `list_list` shows."""
    return await fetch_watched(conn, _READERS, list_ids, post_ids, share_ids)
