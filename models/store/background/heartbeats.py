"""Each worker's sign of life, for /readyz and the administrators."""

from collections.abc import Sequence
from uuid import UUID

from models.store.database import Connection, execute, fetch_column, fetch_value

ALIVE_SECONDS = 20
"""Who gave a sign of life within this time lives."""


async def save_heartbeat(conn: Connection, worker: UUID, role: str, failing: Sequence[str] = ()) -> None:
    """This worker is alive; `failing` names what of its work is started again and again."""
    await execute(
        conn,
        """
        INSERT INTO heartbeat (worker, role, failing) VALUES ($1, $2, $3)
        ON CONFLICT (worker) DO UPDATE SET beat_at = now(), failing = excluded.failing
        """,
        worker,
        role,
        list(failing),
    )


async def end(conn: Connection, worker: UUID) -> None:
    """This worker stopped in an orderly way; the signs of those that died are swept along."""
    await execute(conn, "DELETE FROM heartbeat WHERE worker = $1 OR beat_at < now() - interval '1 day'", worker)


async def is_beating(conn: Connection, *, seconds: int = ALIVE_SECONDS) -> bool:
    """Whether some worker was alive this many seconds ago."""
    return bool(
        await fetch_value(
            conn, "SELECT true FROM heartbeat WHERE beat_at > now() - make_interval(secs => $1) LIMIT 1", seconds
        )
    )


async def count_alive(conn: Connection, *, seconds: int = ALIVE_SECONDS) -> int:
    """How many workers were alive this many seconds ago."""
    found: int = await fetch_value(
        conn, "SELECT count(*) FROM heartbeat WHERE beat_at > now() - make_interval(secs => $1)", seconds
    )
    return found


async def list_failing(conn: Connection, *, seconds: int = ALIVE_SECONDS) -> list[str]:
    """What none of the workers that live does, because it fails in all of them."""
    return await fetch_column(
        conn,
        """
        WITH living AS (SELECT failing FROM heartbeat WHERE beat_at > now() - make_interval(secs => $1))
        SELECT name FROM living, unnest(living.failing) AS name
        GROUP BY name HAVING count(*) = (SELECT count(*) FROM living) ORDER BY name
        """,
        seconds,
    )
