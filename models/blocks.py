"""Who does not want to see whom."""

from models.database import Connection, execute, fetch_value
from models.ids import make_id


async def save(conn: Connection, *, uri: str, actor_id: int, target_id: int) -> None:
    """Record a block and end what the two followed of each other (AX16)."""
    await execute(
        conn,
        """
        INSERT INTO block (id, uri, actor_id, target_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (actor_id, target_id) DO UPDATE SET uri = excluded.uri
        """,
        make_id(),
        uri,
        actor_id,
        target_id,
    )
    await execute(
        conn,
        """
        DELETE FROM follow
        WHERE (follower_id = $1 AND followed_id = $2) OR (follower_id = $2 AND followed_id = $1)
        """,
        actor_id,
        target_id,
    )


async def remove(conn: Connection, *, actor_id: int, target_id: int) -> bool:
    """Lift a block. False when there was none."""
    return bool(await execute(conn, "DELETE FROM block WHERE actor_id = $1 AND target_id = $2", actor_id, target_id))


async def remove_by_uri(conn: Connection, uri: str, actor_id: int) -> bool:
    """Lift a block by the id of its activity, if it is this actor's (AX4). False when there is none."""
    return bool(await execute(conn, "DELETE FROM block WHERE uri = $1 AND actor_id = $2", uri, actor_id))


async def between(conn: Connection, first_id: int, second_id: int) -> bool:
    """Does either block the other? They are then hidden from each other, as if missing (OB3)."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM block
                WHERE (actor_id = $1 AND target_id = $2) OR (actor_id = $2 AND target_id = $1))
            """,
            first_id,
            second_id,
        )
    )
