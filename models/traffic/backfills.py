"""Fetching what somebody published before we followed them or while we were away: how far it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.store.background import jobs
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

JOB = "backfill"
"""The job that fetches; its payload is `{"actor": row id}`."""

BackfillState = Literal["waiting", "running", "done", "failed"]

SPAN = timedelta(days=30)
"""Nothing older is fetched."""

ABSENCE = timedelta(hours=1)
"""Other servers try again for at least so long: what is missed in less comes by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """One actor's past being fetched: of `found` entries `looked` were looked at, and `kept` are new here."""

    actor_id: int
    since: datetime
    state: BackfillState
    found: int
    looked: int
    kept: int
    error: str | None
    asked_at: datetime
    finished_at: datetime | None


async def ask(conn: Connection, actor_id: int, *, since: datetime | None = None, wait: timedelta | None = None) -> None:
    """Fetch an actor's past back to `since` (30 days by default and at most) once this transaction is committed.

    Nothing changes while it is on its way already.
    """
    asked = await execute(
        conn,
        """
        INSERT INTO backfill (actor_id, since) VALUES ($1, greatest($2, now() - $3::interval))
        ON CONFLICT (actor_id) DO UPDATE SET since = excluded.since, state = 'waiting', found = 0, looked = 0,
            kept = 0, error = NULL, asked_at = now(), finished_at = NULL
        WHERE backfill.state IN ('done', 'failed')
            OR backfill.asked_at < now() - interval '1 day'  -- given up, whatever the row says
        """,
        actor_id,
        since,
        SPAN,
    )
    if asked:
        await jobs.enqueue(conn, JOB, {"actor": actor_id}, key=f"{JOB} {actor_id}", wait=wait, priority=-1)


async def list_by_actors(conn: Connection, actor_ids: list[int]) -> dict[int, Backfill]:
    """How far the pasts of these actors are, of those whose past was asked for."""
    rows = await fetch_all(
        conn,
        Backfill,
        """
        SELECT actor_id, since, state, found, looked, kept, error, asked_at, finished_at
        FROM backfill WHERE actor_id = ANY($1)
        """,
        actor_ids,
    )
    return {row.actor_id: row for row in rows}


async def start(conn: Connection, actor_id: int) -> Backfill | None:
    """Begin, or begin again after a crash or a failure. None when there is nothing to do any more."""
    return await fetch_one(
        conn,
        Backfill,
        """
        UPDATE backfill SET state = 'running', found = 0, looked = 0, kept = 0, error = NULL, finished_at = NULL
        WHERE actor_id = $1 AND state IN ('waiting', 'running', 'failed')
        RETURNING actor_id, since, state, found, looked, kept, error, asked_at, finished_at
        """,
        actor_id,
    )


async def save_found(conn: Connection, actor_id: int, found: int) -> None:
    """So many entries are to be looked at."""
    await execute(conn, "UPDATE backfill SET found = $2 WHERE actor_id = $1", actor_id, found)


async def save_looked(conn: Connection, actor_id: int, *, kept: bool) -> None:
    """One more was looked at, and is new here or not."""
    await execute(
        conn,
        "UPDATE backfill SET looked = looked + 1, kept = kept + $2::boolean::integer WHERE actor_id = $1",
        actor_id,
        kept,
    )


async def finish(conn: Connection, actor_id: int, *, error: str | None = None) -> None:
    """It is at its end, or could not be done."""
    await execute(
        conn,
        """
        UPDATE backfill SET state = CASE WHEN $2::text IS NULL THEN 'done' ELSE 'failed' END, error = $2,
            finished_at = now()
        WHERE actor_id = $1
        """,
        actor_id,
        error,
    )


async def is_absence_over(conn: Connection) -> bool:
    """Whether this instance lives again after an absence, or for the first time; otherwise that it lives is saved.

    Once a minute: for a length of days that is often enough.
    """
    return bool(
        await fetch_value(
            conn,
            """
            WITH saved AS (
                UPDATE last_alive SET at = now()
                WHERE at < now() - interval '1 minute' AND at >= now() - $1::interval RETURNING 1
            )
            SELECT NOT EXISTS (SELECT FROM last_alive WHERE at >= now() - $1::interval)
            """,
            ABSENCE,
        )
    )


async def end_absence(conn: Connection) -> datetime | None:
    """This instance lives. Since when it did not, if it was away for longer than others try again; once per absence."""
    found: datetime | None = await fetch_value(
        conn,
        """
        WITH before AS (SELECT at FROM last_alive FOR UPDATE), saved AS (
            INSERT INTO last_alive (at) VALUES (now()) ON CONFLICT (one) DO UPDATE SET at = now()
        )
        SELECT at FROM before WHERE at < now() - $1::interval
        """,
        ABSENCE,
    )
    return found


async def list_missed(conn: Connection) -> list[int]:
    """Row ids of everybody elsewhere whom somebody here follows: all may have published while we were away."""
    rows: list[int] = await fetch_value(
        conn,
        """
        SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM actor a
        WHERE NOT local AND deleted_at IS NULL AND suspended_at IS NULL AND EXISTS (
            SELECT FROM follow f JOIN actor b ON b.id = f.follower_id
            WHERE f.followed_id = a.id AND f.state = 'accepted' AND b.local)
        """,
    )
    return rows
