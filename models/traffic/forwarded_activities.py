"""Activities of others that we pass on to our followers, byte for byte, each once."""

from models.ids import make_id
from models.store.database import Connection, execute, fetch_value


async def save(conn: Connection, *, uri: str, type: str, passed_on_by: int, body: str) -> int | None:
    """Keep the body of somebody else's activity to be sent by an actor of ours; its row id, None for a second time.

    It is nothing of ours: it has no object here, and neither an address nor a place in an outbox.
    """
    found: int | None = await fetch_value(
        conn,
        """
        INSERT INTO activity (id, uri, type, actor_id, object_uri, public, body)
        VALUES ($1, $2, $3, $4, NULL, false, $5) ON CONFLICT (uri) DO NOTHING RETURNING id
        """,
        make_id(),
        uri,
        type,
        passed_on_by,
        body,
    )
    return found


async def leave_out(conn: Connection, activity_id: int, host: str) -> None:
    """This host has the activity already: it is where it comes from."""
    await execute(conn, "DELETE FROM delivery WHERE activity_id = $1 AND host = $2", activity_id, host)
