"""How far nightly looks at large tables came: the next step goes on there, and the round after begins anew."""

from models.store.database import Connection, execute, fetch_value


async def find(conn: Connection, name: str) -> str | None:
    """Behind which row to go on; None for the beginning."""
    found: str | None = await fetch_value(conn, "SELECT after FROM sweep_position WHERE name = $1", name)
    return found


async def save(conn: Connection, name: str, after: str) -> None:
    """This row was the last one looked at."""
    await execute(
        conn,
        """
        INSERT INTO sweep_position (name, after) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET after = excluded.after
        """,
        name,
        after,
    )


async def forget(conn: Connection, name: str) -> None:
    """All were looked at: the next night begins anew."""
    await execute(conn, "DELETE FROM sweep_position WHERE name = $1", name)
