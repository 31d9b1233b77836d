"""Communities of ours that nobody manages any more, and whether the team was told."""

from models.store.database import Connection, execute, fetch_column


async def list_newly_unmanaged(conn: Connection) -> list[int]:
    """Communities of ours that nobody manages any more, of which the team was not told yet; marked as told.

    Whoever is deleted or suspended manages nothing. One that is managed again counts anew.
    """
    await execute(
        conn,
        """
        UPDATE community c SET unmanaged_since = NULL
        WHERE unmanaged_since IS NOT NULL AND EXISTS (SELECT FROM membership m JOIN actor p ON p.id = m.actor_id
            WHERE m.community_id = c.actor_id AND m.state = 'member' AND m.role = 'manager'
                AND p.deleted_at IS NULL AND p.suspended_at IS NULL)
        """,
    )
    return await fetch_column(
        conn,
        """
        UPDATE community c SET unmanaged_since = now() FROM actor a
        WHERE a.id = c.actor_id AND a.local AND a.deleted_at IS NULL AND c.ended_at IS NULL
            AND c.unmanaged_since IS NULL AND NOT EXISTS (SELECT FROM membership m JOIN actor p ON p.id = m.actor_id
                WHERE m.community_id = c.actor_id AND m.state = 'member' AND m.role = 'manager'
                    AND p.deleted_at IS NULL AND p.suspended_at IS NULL)
        RETURNING c.actor_id
        """,
    )
