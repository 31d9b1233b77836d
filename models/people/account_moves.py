"""Where somebody lives now, and which other addresses are the same person's."""

from models.store.database import Connection, execute

COOLDOWN_DAYS = 7


async def save(conn: Connection, actor_id: int, target_uri: str) -> bool:
    """Remember where an actor moved to. False when it moved within the last seven days already (AX18)."""
    return bool(
        await execute(
            conn,
            """
            UPDATE actor SET moved_to = $2, moved_at = now(), updated_at = now()
            WHERE id = $1 AND (moved_at IS NULL OR moved_at < now() - make_interval(days => $3))
            """,
            actor_id,
            target_uri,
            COOLDOWN_DAYS,
        )
    )


async def end(conn: Connection, actor_id: int) -> None:
    """An actor of ours lives here again; when it left is kept, so that nobody moves to and fro."""
    await execute(conn, "UPDATE actor SET moved_to = NULL, updated_at = now() WHERE id = $1 AND local", actor_id)


async def save_aliases(conn: Connection, actor_id: int, uris: list[str]) -> None:
    """The other addresses of an actor of ours, from which it may move here."""
    await execute(
        conn, "UPDATE actor SET also_known_as = $2, updated_at = now() WHERE id = $1 AND local", actor_id, uris
    )
