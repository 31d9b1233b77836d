"""Posts that nobody was shown yet, since they waited for a look or were refused: whether, and how they appear."""

from models.store.background import stream_events
from models.store.database import Connection, execute, fetch_column, fetch_value


async def is_unpublished(conn: Connection, uri: str) -> bool:
    """Whether the post with this id was never published: it waits for a look, or was refused."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM held_post h JOIN post p ON p.id = h.post_id WHERE p.uri = $1 AND h.draft IS NULL)
                OR EXISTS (SELECT FROM unpublished_post u JOIN post p ON p.id = u.post_id WHERE p.uri = $1)
            """,
            uri,
        )
    )


async def is_unheard_of(conn: Connection, uri: str) -> bool:
    """The same, unless others have it and know that it is put away: it was public before it waited."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM held_post h JOIN post p ON p.id = h.post_id
                    WHERE p.uri = $1 AND h.draft IS NULL AND NOT p.withheld)
                OR EXISTS (SELECT FROM unpublished_post u JOIN post p ON p.id = u.post_id WHERE p.uri = $1)
            """,
            uri,
        )
    )


async def publish(conn: Connection, post_id: int) -> bool:
    """It appears, one of ours as of now. False where a decision of the team hides it, or it was taken back."""
    shown = await execute(
        conn,
        """
        UPDATE post SET hidden_at = NULL WHERE id = $1 AND deleted_at IS NULL AND hidden_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM moderation_decision d WHERE d.actor_id = post.author_id AND post.id = ANY(d.post_ids)
                AND d.effective_at IS NOT NULL AND d.taken_back_at IS NULL AND (d.ends_at IS NULL OR d.ends_at > now()))
        """,
        post_id,
    )
    if shown:
        await claim(conn, [post_id])
        await stream_events.record(conn, "post", post_id)
    return bool(shown)


async def claim(conn: Connection, post_ids: list[int]) -> list[int]:
    """Those of these posts of ours that appear for the first time: as of now, without the versions before."""
    first = await fetch_column(
        conn,
        """
        WITH first AS (DELETE FROM unpublished_post WHERE post_id = ANY($1) RETURNING post_id)
        UPDATE post SET published_at = clock_timestamp(), updated_at = NULL FROM first WHERE post.id = first.post_id
        RETURNING post.id
        """,
        post_ids,
    )
    await execute(conn, "DELETE FROM post_version WHERE post_id = ANY($1)", first)
    return sorted(first)


async def list_named(conn: Connection, post_id: int) -> list[int]:
    """Row ids of our people whom a post names or is sent to."""
    return await fetch_column(
        conn,
        """
        SELECT m.actor_id FROM mention m JOIN account a ON a.actor_id = m.actor_id
        WHERE m.post_id = $1 ORDER BY m.actor_id
        """,
        post_id,
    )
