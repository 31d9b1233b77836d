"""Accounts whose owner never confirmed the address: nobody was told of them, so they go without a trace."""

from models.store.database import Connection, execute

KEPT_DAYS = 7
"""So long an account waits for its address to be confirmed."""


async def forget_unconfirmed(conn: Connection, *, days: int = KEPT_DAYS) -> int:
    """Remove people who never confirmed their address, once no link to do so is left; how many.

    Others were never told of them, so their names are free again.
    """
    return await execute(
        conn,
        """
        WITH stale AS (
            SELECT a.actor_id, actor.username FROM account a JOIN actor ON actor.id = a.actor_id
            WHERE a.confirmed_at IS NULL AND a.waits_since IS NULL AND a.created_at < now() - make_interval(days => $1)
                AND NOT EXISTS (SELECT FROM one_time_link l
                    WHERE l.actor_id = a.actor_id AND l.used_at IS NULL AND l.expires_at > now())
                AND NOT EXISTS (SELECT FROM activity WHERE activity.actor_id = a.actor_id)
                AND NOT EXISTS (SELECT FROM post WHERE post.author_id = a.actor_id)
        ), freed AS (
            DELETE FROM used_username USING stale WHERE used_username.username = stale.username
        )
        DELETE FROM actor USING stale WHERE actor.id = stale.actor_id
        """,
        days,
    )
