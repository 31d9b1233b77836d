"""How often each client asked in the last minutes, summed over all processes."""

from datetime import datetime

from models.database import Connection, execute, fetch_records


async def add(conn: Connection, window: datetime, counts: dict[bytes, int]) -> dict[bytes, int]:
    """Add what one process counted in the five minutes that began at `window`; the sums of all of them."""
    rows = await fetch_records(
        conn,
        """
        INSERT INTO request_count (window_start, key_hash, requests)
        SELECT $1, key_hash, requests FROM unnest($2::bytea[], $3::int[]) AS counted (key_hash, requests)
        ORDER BY key_hash   -- always in one order, so that processes never wait for each other in a circle
        ON CONFLICT (window_start, key_hash) DO UPDATE SET requests = request_count.requests + excluded.requests
        RETURNING key_hash, requests
        """,
        window,
        list(counts),
        list(counts.values()),
    )
    return {row["key_hash"]: row["requests"] for row in rows}


async def forget_old(conn: Connection) -> int:
    """Delete the counts of windows that are over; a chore."""
    return await execute(conn, "DELETE FROM request_count WHERE window_start < now() - interval '1 hour'")
