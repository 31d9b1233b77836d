"""Posts found again, and THE rule of who may read one."""

from collections.abc import Collection, Iterable

from models.posts.inside import READS_INSIDE
from models.posts.values import Post
from models.store.database import Connection, fetch_all, fetch_column, fetch_one, fetch_value
from models.store.statements import compose, fragment


async def find_by_uri(conn: Connection, uri: str) -> Post | None:
    """The post with this ActivityPub id, tombstones included."""
    return await fetch_one(
        conn,
        Post,
        """
        SELECT * FROM full_post WHERE uri = $1
        """,
        uri,
    )


async def list_by_uris(conn: Connection, uris: list[str]) -> list[Post]:
    """The living posts with these ActivityPub ids, in no order. Checks no audience: the caller does."""
    return await fetch_all(
        conn,
        Post,
        """
        SELECT * FROM full_post WHERE uri = ANY($1) AND deleted_at IS NULL
        """,
        uris,
    )


async def find_by_url(conn: Connection, url: str) -> Post | None:
    """A post whose page for people is at this address; for search boxes."""
    return await fetch_one(
        conn,
        Post,
        """
        SELECT * FROM full_post WHERE url = $1 AND deleted_at IS NULL LIMIT 1
        """,
        url,
    )


async def find_by_page(conn: Connection, uuid: str) -> int | None:
    """Which living post of ours has this UUID at the end of its page's address. Checks no audience: the caller does."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT id FROM post WHERE local AND deleted_at IS NULL AND right(url, 36) = $1 ORDER BY id LIMIT 1
        """,
        uuid,
    )
    return found


async def list_by_ids(conn: Connection, ids: list[int]) -> list[Post]:
    """The living posts with these ids, in no order. Checks no audience: the caller has."""
    sql = "SELECT * FROM full_post WHERE id = ANY($1) AND deleted_at IS NULL"
    return await fetch_all(conn, Post, sql, ids) if ids else []


async def map_by_ids(conn: Connection, ids: Iterable[int]) -> dict[int, Post]:
    """The same by their ids."""
    return {post.id: post for post in await list_by_ids(conn, list(ids))}


async def find_visible(conn: Connection, id: int, reader_id: int | None) -> Post | None:
    """The living post with this id if the reader (None: anybody) may see it; private equals missing."""
    visible = await filter_visible(conn, [id], reader_id)
    if id not in visible:
        return None
    found = await list_by_ids(conn, [id])
    return found[0] if found else None


# The team reads what it hid, to judge it again, but for what was private. What somebody who was suspended wrote in an
# exchange stays with the other one: what is lent is still to be given back.
_MAY_READ = fragment(
    """
    author.deleted_at IS NULL AND (author.suspended_at IS NULL AND (
        p.author_id = {reader} AND p.kind <> 'notice'
        OR p.audience IN ('network', 'unlisted')
        OR (p.audience = 'coop' AND reader.local)
        OR (p.audience = 'community' AND {inside})
        OR (p.audience NOT IN ('author', 'community') AND {reader} IS NOT NULL
            AND EXISTS (SELECT FROM mention WHERE post_id = p.id AND actor_id = {reader}))
        OR (p.audience IN ('followers', 'territories') AND EXISTS (
            SELECT FROM follow WHERE follower_id = {reader} AND followed_id = p.author_id AND state = 'accepted'))
        OR (p.audience = 'territories' AND reader.local)
    ) OR CASE
        WHEN p.audience = 'direct' THEN author.suspended_at IS NOT NULL AND NOT author.suspended_with_server
            AND coalesce(p.author_id = {reader} OR (
                SELECT true FROM mention m WHERE m.post_id = p.id AND m.actor_id = {reader} LIMIT 1), false)
            AND coalesce((SELECT true FROM exchange_message said WHERE said.post_id = p.id LIMIT 1), false)
        WHEN p.hidden_audience IN ('network', 'unlisted', 'coop', 'territories') THEN reader.local AND coalesce((
            SELECT team.roles && ARRAY['moderator', 'admin'] FROM account team WHERE team.actor_id = {reader}), false)
        ELSE false END
    )
    AND NOT EXISTS (SELECT FROM barred WHERE reader_id = {reader} AND author_id = p.author_id OFFSET 0)
""",
    inside=READS_INSIDE,
)

# The values are not for the planner to see: to plan this for each reader anew takes twenty times as long as to answer.
_VISIBLE = compose(
    """
    SELECT p.id FROM post p JOIN actor author ON author.id = p.author_id
    LEFT JOIN actor reader ON reader.id = {reader}
    WHERE p.id = ANY((SELECT $1::bigint[])::bigint[]) AND (p.deleted_at IS NULL OR (SELECT $3::boolean)) AND {may_read}
    """,
    may_read=_MAY_READ,
    reader="(SELECT $2::bigint)",
)

# OFFSET 0: the members are many, the post is one.
_MEMBERS = compose(
    """
    SELECT reader.id FROM (
        SELECT m.id, m.local FROM account JOIN actor m ON m.id = account.actor_id OFFSET 0) AS reader
    CROSS JOIN post p JOIN actor author ON author.id = p.author_id
    WHERE p.id = $1 AND {may_read}
    """,
    may_read=_MAY_READ,
    reader="reader.id",
)


async def filter_visible(
    conn: Connection, ids: list[int], reader_id: int | None, *, tombstones: bool = False
) -> set[int]:
    """Those of these posts that the reader may see: THE rule of who may read a post, also for signed fetches.

    The reader is any actor, ours or not. Public posts: everybody, except between people who block each other.
    `coop`: our own people. `followers` and `territories`: accepted followers, and those addressed.
    `direct`: those addressed. `community`: who is in it, whoever is named. `author`, which is what the team hid: its
    author, and the team. Authors see their own, but no notices, which only pass for theirs. With `tombstones` also what
    was deleted: whoever could read it may know that it is gone.
    """
    return set(await fetch_column(conn, _VISIBLE, ids, reader_id, tombstones)) if ids else set()


async def filter_known_at(conn: Connection, ids: list[int], host: str) -> set[int]:
    """Those of these posts that somebody at this server can read: public ones, and what goes to people there."""
    anybodys = await filter_visible(conn, ids, None)
    addressed = await fetch_column(
        conn,
        """
        SELECT m.post_id FROM mention m JOIN actor a ON a.id = m.actor_id JOIN post p ON p.id = m.post_id
        WHERE m.post_id = ANY($1) AND a.host = $2 AND p.audience <> 'community'
        UNION
        SELECT p.id FROM post p JOIN follow f ON f.followed_id = p.author_id AND f.state = 'accepted'
            JOIN actor a ON a.id = f.follower_id AND a.host = $2
        WHERE p.id = ANY($1) AND p.audience IN ('followers', 'territories') AND p.deleted_at IS NULL
        UNION
        SELECT p.id FROM post p JOIN insider i ON i.community_id = p.community_id AND i.host = $2
        WHERE p.id = ANY($1) AND p.audience = 'community' AND p.deleted_at IS NULL
        """,
        ids,
        host,
    )
    return anybodys | set(addressed)


async def list_members_who_may_read(conn: Connection, id: int) -> list[int]:
    """Row ids of all members who may see this post, by the same rule."""
    return await fetch_column(conn, _MEMBERS, id)


_UNKNOWN = """
    SELECT p.id FROM post p JOIN actor a ON a.id = p.author_id AND a.limited_at IS NOT NULL
    WHERE p.id = ANY($1) AND p.audience <> 'direct' AND a.id IS DISTINCT FROM $2
        AND NOT EXISTS (SELECT FROM follow f
            WHERE f.follower_id = $2 AND f.followed_id = a.id AND f.state = 'accepted')
        AND NOT EXISTS (SELECT FROM mention m WHERE m.post_id = p.id AND m.actor_id = $2)
"""

_FILTER_UNKNOWN = compose(_UNKNOWN)

_FILTER_UNWANTED = compose(
    """
    {unknown} AND NOT coalesce((SELECT root.author_id = a.id FROM post root
        WHERE root.id = p.root_id AND root.id <> p.id), false)
    UNION SELECT p.id FROM post p JOIN mute m ON m.target_id = p.author_id
    WHERE p.id = ANY($1) AND m.actor_id = $2 AND (m.until IS NULL OR m.until > now())
    """,
    unknown=_UNKNOWN,
)


async def filter_known(conn: Connection, ids: Collection[int], reader_id: int | None) -> set[int]:
    """Those of these posts that are not by somebody limited, or whose limited author the reader follows.

    What she writes to the reader is for the reader.
    """
    unknown = await fetch_column(conn, _FILTER_UNKNOWN, list(ids), reader_id) if ids else []
    return {*ids}.difference(unknown)


async def filter_wanted(conn: Connection, ids: list[int], reader_id: int | None) -> set[int]:
    """Those of these posts that a list shows to the reader: visible, and by nobody whom she muted or may not know.

    What somebody limited answers below what she wrote herself is shown: whoever reads it opened that.
    """
    visible = await filter_visible(conn, ids, reader_id)
    unwanted = await fetch_column(conn, _FILTER_UNWANTED, list(visible), reader_id) if visible else []
    return visible.difference(unwanted)
