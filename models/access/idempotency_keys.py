"""The same request twice is one post: what a client asked for with an Idempotency-Key, kept for a day."""

from dataclasses import dataclass

from models.store.database import Connection, execute, fetch_column, fetch_one, fetch_value

LONGEST = 200
"""Characters of a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestResult:
    """What a request made: a post, or a status to come. Neither, when that is gone."""

    post_id: int | None = None
    scheduled_id: int | None = None


async def claim(conn: Connection, actor_id: int, key: str) -> RequestResult | None:
    """Take this key, or learn what it has made.

    None: the key is ours, and `settle` says in the same transaction what it made. Somebody who claims it
    meanwhile waits here until that transaction ends. A key counts for a day.
    """
    await execute(
        conn,
        "DELETE FROM idempotency WHERE actor_id = $1 AND created_at < now() - interval '1 day'",
        actor_id,
    )
    taken = await execute(
        conn,
        "INSERT INTO idempotency (actor_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        actor_id,
        key[:LONGEST],
    )
    if taken:
        return None
    found = await fetch_one(
        conn,
        RequestResult,
        "SELECT post_id, scheduled_id FROM idempotency WHERE actor_id = $1 AND key = $2",
        actor_id,
        key[:LONGEST],
    )
    return found or RequestResult()


async def is_claimed(conn: Connection, actor_id: int, key: str) -> bool:
    """Whether what this key stands for was done already."""
    return bool(
        await fetch_column(conn, "SELECT 1 FROM idempotency WHERE actor_id = $1 AND key = $2", actor_id, key[:LONGEST])
    )


async def settle(conn: Connection, actor_id: int, key: str, made: RequestResult) -> None:
    """The key made this; a request without a key settles nothing."""
    await execute(
        conn,
        "UPDATE idempotency SET post_id = $3, scheduled_id = $4 WHERE actor_id = $1 AND key = $2",
        actor_id,
        key[:LONGEST],
        made.post_id,
        made.scheduled_id,
    )


async def has_begun(conn: Connection, actor_id: int, beginning: str) -> bool:
    """Whether a key that begins so has made something in the last day."""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM idempotency WHERE actor_id = $1 AND starts_with(key, $2))",
            actor_id,
            beginning,
        )
    )


async def list_keys(conn: Connection, scheduled_id: int) -> list[str]:
    """The keys that made this status to come."""
    return await fetch_column(conn, "SELECT key FROM idempotency WHERE scheduled_id = $1", scheduled_id)
