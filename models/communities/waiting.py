"""What waits for somebody in her communities: an invitation, a charter to say yes to, people at the door."""

from models.store.database import Connection, fetch_value


async def count(conn: Connection, actor_id: int) -> int:
    """In how many of them something does."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM membership m JOIN community c ON c.actor_id = m.community_id AND c.ended_at IS NULL
        JOIN actor a ON a.id = c.actor_id AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        WHERE m.actor_id = $1 AND (m.state = 'invited' OR m.state = 'member' AND (
            m.accepted_version < (SELECT max(h.version) FROM community_charter h WHERE h.community_id = c.actor_id)
            OR (m.role = 'manager' OR c.approvals_needed > 0
                AND NOT EXISTS (SELECT FROM account t WHERE t.actor_id = $1 AND t.authority))
            AND EXISTS (SELECT FROM membership n
                WHERE n.community_id = c.actor_id AND n.state = 'asked' AND NOT EXISTS (
                    SELECT FROM membership_approval v WHERE v.membership_id = n.id AND v.actor_id = $1))))
        """,
        actor_id,
    )
    return found
