"""Where a member lives, told by herself: kept as the middle of a 500 m cell, and read for her own forms only."""

from models.places.geometry import blur
from models.store.database import Connection, execute, fetch_records


async def save_location(conn: Connection, actor_id: int, point: tuple[float, float] | None) -> None:
    """Keep the cell of this point (degrees), or forget it. Nothing needs the exact point, so nobody keeps it."""
    latitude, longitude = blur(*point) if point else (None, None)
    await execute(
        conn,
        "UPDATE account SET exact_latitude = $2, exact_longitude = $3 WHERE actor_id = $1",
        actor_id,
        latitude,
        longitude,
    )


async def find_location(conn: Connection, actor_id: int) -> tuple[float, float] | None:
    """The middle of the cell where this member lives, in degrees; None where she did not tell."""
    rows = await fetch_records(
        conn,
        """
        SELECT exact_latitude, exact_longitude FROM account
        WHERE actor_id = $1 AND exact_latitude IS NOT NULL AND exact_longitude IS NOT NULL
        """,
        actor_id,
    )
    return (rows[0][0], rows[0][1]) if rows else None
