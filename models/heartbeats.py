"""Each worker's sign of life, for /readyz and the administrators."""

from uuid import UUID

from models.database import Connection, execute, fetch_value


async def beat(conn: Connection, worker: UUID, role: str) -> None:
    """This worker is alive."""
    await execute(
        conn,
        """
        INSERT INTO heartbeat (worker, role) VALUES ($1, $2)
        ON CONFLICT (worker) DO UPDATE SET beat_at = now()
        """,
        worker,
        role,
    )


async def end(conn: Connection, worker: UUID) -> None:
    """This worker stopped in an orderly way; the signs of those that died are swept along."""
    await execute(conn, "DELETE FROM heartbeat WHERE worker = $1 OR beat_at < now() - interval '1 day'", worker)


async def is_beating(conn: Connection, *, seconds: int = 20) -> bool:
    """Whether some worker was alive this many seconds ago."""
    return bool(
        await fetch_value(
            conn, "SELECT true FROM heartbeat WHERE beat_at > now() - make_interval(secs => $1) LIMIT 1", seconds
        )
    )
