"""What members take along: one archive each at a time, made in the background and kept for a week."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.ids import make_id
from models.store.database import Connection, execute, fetch_column, fetch_one, fetch_value

KEPT = timedelta(days=7)
"""How long a finished archive can be fetched."""

PAUSE = timedelta(hours=1)
"""A finished one is made anew no sooner than this after it was asked for."""

LONGEST = timedelta(hours=6)
"""What is still not finished by then will not be any more: its job was given up long since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmade:
    """How many are being made, how many failed, and whose failed long enough ago to be tried again."""

    making: int
    failed: int
    again: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One archive; `file_key` names its file once it is `ready`."""

    id: int
    actor_id: int
    state: Literal["making", "ready", "failed"]
    file_key: str | None
    byte_size: int | None
    asked_at: datetime
    expires_at: datetime | None


async def ask(conn: Connection, actor_id: int) -> int | None:
    """Begin a new one, whose id this is; None while one is being made, or the last is still fresh."""
    found: int | None = await fetch_value(
        conn,
        """
        INSERT INTO archive (id, actor_id, state) VALUES ($1, $2, 'making')
        ON CONFLICT (actor_id) DO UPDATE SET id = excluded.id, state = 'making', file_key = NULL, byte_size = NULL,
            asked_at = now(), expires_at = NULL
        WHERE archive.state = 'failed' OR archive.state = 'ready' AND archive.asked_at < now() - $3::interval
        RETURNING id
        """,
        make_id(),
        actor_id,
        PAUSE,
    )
    return found


async def find(conn: Connection, id: int) -> Archive | None:
    """This archive, unless another one took its place."""
    return await fetch_one(
        conn,
        Archive,
        "SELECT id, actor_id, state, file_key, byte_size, asked_at, expires_at FROM archive WHERE id = $1",
        id,
    )


async def find_of(conn: Connection, actor_id: int) -> Archive | None:
    """Somebody's archive, as long as it is kept."""
    return await fetch_one(
        conn,
        Archive,
        """
        SELECT id, actor_id, state, file_key, byte_size, asked_at, expires_at FROM archive
        WHERE actor_id = $1 AND (expires_at IS NULL OR expires_at > now())
        """,
        actor_id,
    )


async def finish(conn: Connection, id: int, *, file_key: str, byte_size: int) -> bool:
    """It lies ready, until all go where the instance ends. False when nobody waits for it: throw the file away."""
    return bool(
        await execute(
            conn,
            """
            UPDATE archive SET state = 'ready', file_key = $2, byte_size = $3,
                expires_at = greatest(now() + $4::interval, (SELECT offered_until FROM instance_shutdown))
            WHERE id = $1 AND state = 'making'
            """,
            id,
            file_key,
            byte_size,
            KEPT,
        )
    )


async def fail(conn: Connection, id: int) -> None:
    """It could not be made; its owner may ask again at once."""
    await execute(conn, "UPDATE archive SET state = 'failed' WHERE id = $1 AND state = 'making'", id)


async def count_unmade(conn: Connection) -> Unmade:
    """What is not ready of all that was asked for."""
    found = await fetch_one(
        conn,
        Unmade,
        """
        SELECT count(*) FILTER (WHERE state = 'making') AS making, count(*) FILTER (WHERE state = 'failed') AS failed,
            coalesce(array_agg(actor_id ORDER BY asked_at) FILTER (
                WHERE state = 'failed' AND asked_at < now() - $1::interval), '{}') AS again
        FROM archive
        """,
        PAUSE,
    )
    assert found is not None
    return found


async def keep_until(conn: Connection, until: datetime) -> None:
    """Those that lie ready can be fetched until then at least."""
    await execute(conn, "UPDATE archive SET expires_at = greatest(expires_at, $1) WHERE state = 'ready'", until)


async def forget_old(conn: Connection) -> int:
    """Forget what was kept long enough, and give up what takes too long; how many were forgotten. A chore.

    Where the instance ends, nothing goes before it is known until when all are offered.
    """
    await execute(
        conn, "UPDATE archive SET state = 'failed' WHERE state = 'making' AND asked_at < now() - $1::interval", LONGEST
    )
    return await execute(
        conn,
        """
        DELETE FROM archive WHERE expires_at < now() AND NOT EXISTS (
            SELECT FROM instance_shutdown WHERE archived_through > 0 AND offered_until IS NULL)
        """,
    )


async def filter_known(conn: Connection, keys: list[str]) -> set[str]:
    """Those of these files that somebody may still fetch."""
    return set(await fetch_column(conn, "SELECT file_key FROM archive WHERE file_key = ANY($1)", keys))
