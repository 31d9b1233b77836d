"""How far nightly looks at large tables came: the next step goes on there, and the round after begins anew."""

from models.store.database import Connection, execute, fetch_value


async def find(conn: Connection, name: str) -> str | None:
    """Behind which row to go on; None for the beginning."""
    found: str | None = await fetch_value(conn, "SELECT after FROM sweep_position WHERE name = $1", name)
    return found


async def go_on(conn: Connection, name: str, after: str | None) -> None:
    """The next step begins behind this row; anew where all were looked at, which None says."""
    if after is None:
        await execute(conn, "DELETE FROM sweep_position WHERE name = $1", name)
        return
    await execute(
        conn,
        """
        INSERT INTO sweep_position (name, after) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET after = excluded.after
        """,
        name,
        after,
    )
