"""The limits that PostgreSQL counts, exactly and for all processes: what is tried to get into an account."""

from datetime import datetime

from models.limits import Limit
from models.store.database import Connection, execute, fetch_value


async def spend(conn: Connection, limit: Limit, key: str, *, at: datetime) -> bool:
    """Count one more try under `key` at this moment; whether it is still within the limit.

    The window begins with the first try and does not grow by those that are refused. Counting comes before the try
    itself, in a transaction of its own, so that a burst cannot slip through.
    """
    tries: int = await fetch_value(
        conn,
        """
        INSERT INTO attempt (key_hash, tries, ends_at) VALUES ($1, 1, $2::timestamptz + $3::interval)
        ON CONFLICT (key_hash) DO UPDATE SET
            tries = CASE WHEN attempt.ends_at < $2 THEN 1 ELSE attempt.tries + 1 END,
            ends_at = CASE WHEN attempt.ends_at < $2 THEN excluded.ends_at ELSE attempt.ends_at END
        RETURNING tries
        """,
        limit.hash_key(key),
        at,
        limit.within,
    )
    return tries <= limit.most


async def forget(conn: Connection, limit: Limit, key: str) -> None:
    """Start again from nothing: it was the right person."""
    await execute(conn, "DELETE FROM attempt WHERE key_hash = $1", limit.hash_key(key))


async def forget_old(conn: Connection) -> int:
    """Delete counts whose window is over; a chore."""
    return await execute(conn, "DELETE FROM attempt WHERE ends_at < now()")
