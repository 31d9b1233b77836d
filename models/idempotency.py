"""The same request twice is one post: what a client asked for with an Idempotency-Key, kept for a day."""

from models.database import Connection, execute, fetch_value

LONGEST = 200
"""Characters of a key."""


async def claim(conn: Connection, actor_id: int, key: str) -> int | None:
    """Take this key, or learn which post it has made.

    None: the key is ours, and `settle` says in the same transaction which post it made. Somebody who claims it
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
    found: int | None = await fetch_value(
        conn, "SELECT post_id FROM idempotency WHERE actor_id = $1 AND key = $2", actor_id, key[:LONGEST]
    )
    return found


async def settle(conn: Connection, actor_id: int, key: str, post_id: int) -> None:
    """The key made this post."""
    await execute(
        conn,
        "UPDATE idempotency SET post_id = $3 WHERE actor_id = $1 AND key = $2",
        actor_id,
        key[:LONGEST],
        post_id,
    )
