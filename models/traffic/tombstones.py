"""What was deleted or undone, perhaps before it came, so that it does not come back (AX4, AX9)."""

from collections.abc import Sequence
from datetime import timedelta

from models.store.database import Connection, execute, fetch_value

DELETED_FOR = timedelta(days=30)
UNDONE_FOR = timedelta(hours=6)


async def save_deleted(conn: Connection, uri: str, actor_uri: str) -> None:
    """This object was deleted by this actor; a Create that comes later is dropped for 30 days."""
    await save_all_deleted(conn, [(uri, actor_uri)])


async def save_all_deleted(conn: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    """The same for several, each once: what, and by whom."""
    await execute(
        conn,
        """
        INSERT INTO tombstone (uri, reason, actor_uri, forget_at)
        SELECT uri, 'deleted', actor_uri, now() + $3 FROM unnest($1::text[], $2::text[]) AS gone (uri, actor_uri)
        ON CONFLICT (uri, actor_uri) DO UPDATE SET reason = 'deleted', forget_at = excluded.forget_at
        """,
        [uri for uri, _ in pairs],
        [actor_uri for _, actor_uri in pairs],
        DELETED_FOR,
    )


async def save_undone(conn: Connection, uri: str, actor_uri: str) -> None:
    """This activity was undone by this actor before we saw it; it is void if it comes within 6 hours."""
    await execute(
        conn,
        """
        INSERT INTO tombstone (uri, reason, actor_uri, forget_at) VALUES ($1, 'undone', $2, now() + $3)
        ON CONFLICT (uri, actor_uri) DO NOTHING
        """,
        uri,
        actor_uri,
        UNDONE_FOR,
    )


async def is_gone(conn: Connection, uri: str, actor_uri: str) -> bool:
    """Did this very actor delete or undo this?"""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM tombstone WHERE uri = $1 AND actor_uri = $2 AND forget_at > now())",
            uri,
            actor_uri,
        )
    )


async def prune(conn: Connection) -> int:
    """Forget what is old enough."""
    return await execute(conn, "DELETE FROM tombstone WHERE forget_at < now()")
