"""Ordinary posts: replies, questions, messages and whatever else people write elsewhere."""

from models.posts import NewPost, Post, create, find_by_uri, save_edit
from models.store.database import Connection, fetch_column

__all__ = ["create_note", "list_ancestors", "list_descendants", "save_remote"]


async def create_note(conn: Connection, new: NewPost) -> Post:
    """Store a note of ours."""
    post = await create(conn, new)
    assert post is not None, "a fresh id cannot be taken"
    return post


async def save_remote(conn: Connection, new: NewPost) -> tuple[Post, bool, bool]:
    """Keep a note from elsewhere, or its newer version. The post, whether it is new here, and whether it was edited."""
    created = await create(conn, new)
    if created is not None:
        return created, True, False
    held = await find_by_uri(conn, new.uri)
    assert held is not None
    edited = False
    if not held.local and held.deleted_at is None and new.updated_at is not None:
        edited = await save_edit(conn, held.id, new)
        held = await find_by_uri(conn, new.uri)
        assert held is not None
    return held, False, edited


async def list_ancestors(conn: Connection, post_id: int) -> list[int]:
    """Ids of what this post answers, and what that answers, root first, at most 60. Audience not checked."""
    return await fetch_column(
        conn,
        """
        WITH RECURSIVE up (id, parent, depth) AS (
            SELECT id, in_reply_to_id, 0 FROM post WHERE id = $1
            UNION ALL
            SELECT p.id, p.in_reply_to_id, up.depth + 1 FROM post p JOIN up ON p.id = up.parent WHERE up.depth < 60
        )
        SELECT id FROM up WHERE id <> $1 ORDER BY depth DESC
        """,
        post_id,
    )


async def list_descendants(conn: Connection, post_id: int) -> list[int]:
    """Ids of all answers below this post, depth first, at most 1,000. Audience not checked."""
    return await fetch_column(
        conn,
        """
        WITH RECURSIVE down (id, path) AS (
            SELECT id, ARRAY[id] FROM post WHERE in_reply_to_id = $1 AND deleted_at IS NULL
            UNION ALL
            SELECT p.id, down.path || p.id FROM post p JOIN down ON p.in_reply_to_id = down.id
            WHERE p.deleted_at IS NULL AND cardinality(down.path) < 60
        )
        SELECT id FROM down ORDER BY path LIMIT 1000
        """,
        post_id,
    )
