"""Threads of which somebody of ours does not want to hear any more."""

from models.store.database import Connection, execute


async def mute(conn: Connection, actor_id: int, post_id: int) -> None:
    """Tell this person nothing more of the thread that the post is in."""
    await execute(
        conn,
        """
        INSERT INTO thread_mute (actor_id, root_id) SELECT $1, coalesce(root_id, id) FROM post WHERE id = $2
        ON CONFLICT DO NOTHING
        """,
        actor_id,
        post_id,
    )


async def unmute(conn: Connection, actor_id: int, post_id: int) -> None:
    """Tell her again."""
    await execute(
        conn,
        """
        DELETE FROM thread_mute USING post p
        WHERE p.id = $2 AND thread_mute.actor_id = $1 AND thread_mute.root_id = coalesce(p.root_id, p.id)
        """,
        actor_id,
        post_id,
    )
