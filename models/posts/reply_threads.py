"""What answers a post, as far as everybody may read it: direct answers and whole threads, by keyset, oldest first."""

from dataclasses import dataclass

from models.store.database import Connection, fetch_all, fetch_value

MAX_DEPTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A post of a thread: its row id, which is its place, and its ActivityPub id."""

    id: int
    uri: str


async def list_replies(
    conn: Connection, post_id: int, *, after: int, limit: int, reader_id: int | None = None
) -> list[Answer]:
    """Direct answers that everybody may read, but not those by people whom the reader does not see, or the reverse."""
    return await fetch_all(
        conn,
        Answer,
        """
        SELECT p.id, p.uri FROM post p JOIN actor a ON a.id = p.author_id
        WHERE p.in_reply_to_id = $1 AND p.id > $2 AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted')
            AND a.suspended_at IS NULL AND a.deleted_at IS NULL
            AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = $4 AND b.author_id = a.id OFFSET 0)
        ORDER BY p.id LIMIT $3
        """,
        post_id,
        after,
        limit,
        reader_id,
    )


async def count_replies(conn: Connection, post_id: int) -> int:
    """How many direct answers everybody may read; the same number for every reader (CO3)."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM post p JOIN actor a ON a.id = p.author_id
        WHERE p.in_reply_to_id = $1 AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted')
            AND a.suspended_at IS NULL AND a.deleted_at IS NULL
        """,
        post_id,
    )
    return found


async def list_thread(
    conn: Connection, post_id: int, *, after: int, limit: int, reader_id: int | None = None
) -> list[Answer]:
    """A post that everybody may read and all such posts below it, filtered for the reader as direct answers are."""
    return await fetch_all(
        conn,
        Answer,
        """
        WITH RECURSIVE down (id, uri, author_id, depth) AS (
            SELECT id, uri, author_id, 0 FROM post
            WHERE id = $1 AND deleted_at IS NULL AND audience IN ('network', 'unlisted')
            UNION ALL
            SELECT p.id, p.uri, p.author_id, down.depth + 1 FROM post p JOIN down ON p.in_reply_to_id = down.id
            JOIN actor a ON a.id = p.author_id AND a.suspended_at IS NULL AND a.deleted_at IS NULL
            WHERE p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted') AND down.depth < $5
        )
        SELECT id, uri FROM down
        WHERE id > $2 AND NOT EXISTS (
            SELECT FROM barred b WHERE b.reader_id = $4 AND b.author_id = down.author_id OFFSET 0)
        ORDER BY id LIMIT $3
        """,
        post_id,
        after,
        limit,
        reader_id,
        MAX_DEPTH,
    )


async def count_thread(conn: Connection, post_id: int) -> int:
    """How many posts `list_thread` has in all for somebody who blocks nobody; the same number for every reader."""
    found: int = await fetch_value(
        conn,
        """
        WITH RECURSIVE down (id, depth) AS (
            SELECT id, 0 FROM post WHERE id = $1 AND deleted_at IS NULL AND audience IN ('network', 'unlisted')
            UNION ALL
            SELECT p.id, down.depth + 1 FROM post p JOIN down ON p.in_reply_to_id = down.id
            JOIN actor a ON a.id = p.author_id AND a.suspended_at IS NULL AND a.deleted_at IS NULL
            WHERE p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted') AND down.depth < $2
        )
        SELECT count(*) FROM down
        """,
        post_id,
        MAX_DEPTH,
    )
    return found
