"""What a member keeps for herself; nobody is told of it."""

from models.ids import make_id
from models.store.database import Connection, execute


async def save(conn: Connection, *, actor_id: int, post_id: int) -> None:
    """Keep a post; again changes nothing."""
    await execute(
        conn,
        "INSERT INTO bookmark (id, actor_id, post_id) VALUES ($1, $2, $3) ON CONFLICT (actor_id, post_id) DO NOTHING",
        make_id(),
        actor_id,
        post_id,
    )


async def remove(conn: Connection, *, actor_id: int, post_id: int) -> bool:
    """Keep it no longer. False when it was not kept."""
    return bool(await execute(conn, "DELETE FROM bookmark WHERE actor_id = $1 AND post_id = $2", actor_id, post_id))
