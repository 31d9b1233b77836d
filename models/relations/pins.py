"""Posts that their authors keep at the top of their profiles, ours and others'."""

from collections.abc import Sequence

from models.errors import Invalid
from models.ids import make_id
from models.store.database import Connection, execute, fetch_column, fetch_value

MOST = 5
"""Posts that one of ours may pin."""

MOST_KEPT = 20
"""Pinned posts that are kept of somebody elsewhere."""


async def pin(conn: Connection, actor_id: int, post_id: int) -> bool:
    """Pin a post of this actor. False when it was pinned already. Raises Invalid beyond the limit."""
    if await fetch_value(conn, "SELECT id FROM pin WHERE post_id = $1", post_id):
        return False
    await execute(conn, "SELECT FROM actor WHERE id = $1 FOR NO KEY UPDATE", actor_id)  # two at once count each other
    held = await fetch_value(conn, "SELECT count(*) FROM pin WHERE actor_id = $1", actor_id)
    if held >= MOST:
        raise Invalid("too_many_pins", most=MOST, field="id")
    return bool(
        await execute(
            conn,
            "INSERT INTO pin (id, actor_id, post_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            make_id(),
            actor_id,
            post_id,
        )
    )


async def pin_remote(conn: Connection, actor_id: int, post_id: int) -> None:
    """Keep that somebody elsewhere pinned this post of theirs; the oldest goes where there are too many."""
    await execute(
        conn,
        "INSERT INTO pin (id, actor_id, post_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        make_id(),
        actor_id,
        post_id,
    )
    await execute(
        conn,
        "DELETE FROM pin WHERE id IN (SELECT id FROM pin WHERE actor_id = $1 ORDER BY id DESC OFFSET $2)",
        actor_id,
        MOST_KEPT,
    )


async def unpin(conn: Connection, actor_id: int, post_id: int) -> bool:
    """Take a post from the top. False when it was not there."""
    return bool(await execute(conn, "DELETE FROM pin WHERE actor_id = $1 AND post_id = $2", actor_id, post_id))


async def list_pinned(conn: Connection, actor_id: int) -> list[int]:
    """The living public posts that this actor pinned, the last pinned first."""
    return await fetch_column(
        conn,
        """
        SELECT n.post_id FROM pin n JOIN post p ON p.id = n.post_id
        WHERE n.actor_id = $1 AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted') ORDER BY n.id DESC
        """,
        actor_id,
    )


async def replace_pins(conn: Connection, actor_id: int, post_ids: Sequence[int]) -> None:
    """Make these, in this order, the pinned posts of somebody elsewhere."""
    kept = list(post_ids)[:MOST_KEPT]
    await execute(conn, "DELETE FROM pin WHERE actor_id = $1", actor_id)
    for post_id in reversed(kept):
        await execute(
            conn,
            """
            INSERT INTO pin (id, actor_id, post_id)
            SELECT $1, $2, p.id FROM post p WHERE p.id = $3 AND p.author_id = $2 ON CONFLICT DO NOTHING
            """,
            make_id(),
            actor_id,
            post_id,
        )


async def claim_refresh(conn: Connection, actor_id: int) -> bool:
    """Whether the pinned posts of somebody elsewhere are to be asked for again; whoever hears yes does it."""
    return bool(
        await execute(
            conn,
            """
            UPDATE actor SET featured_at = now()
            WHERE id = $1 AND NOT local AND featured_uri IS NOT NULL
                AND (featured_at IS NULL OR featured_at < now() - interval '1 day')
            """,
            actor_id,
        )
    )
