"""When the shared inbox of a server is not there, each of those for whom something was is tried once (HT5)."""

from models.store.database import Connection, execute

MOST_PEOPLE = 500
"""So many personal inboxes behind one shared inbox at most."""


async def redirect(conn: Connection, id: int, *, status: int, addressed: list[str]) -> bool:
    """Send what was for a shared inbox to everybody behind it instead; False when there is no inbox to try.

    The row itself goes on to the person for whom it was kept. The others are found anew among the `addressed`: who is
    named, and who follows those of ours whose followers are; where it is for everybody, also who follows its sender.
    """
    await execute(
        conn,
        """
        INSERT INTO delivery (activity_id, actor_id, inbox, host, priority, private, state, attempts, due_at,
            created_at, requeued_at)
        SELECT DISTINCT ON (p.inbox) d.activity_id, d.actor_id, p.inbox, p.host, d.priority, d.private,
            CASE WHEN s.holding THEN 'held' ELSE 'waiting' END, d.attempts + 1, d.due_at, d.created_at, d.requeued_at
        FROM delivery d JOIN activity a ON a.id = d.activity_id CROSS JOIN LATERAL (
            SELECT id, inbox, host FROM actor WHERE uri = ANY($2)
                AND shared_inbox = d.inbox AND NOT local AND deleted_at IS NULL AND suspended_at IS NULL
            UNION
            SELECT p.id, p.inbox, p.host
            FROM actor ours JOIN follow f ON f.followed_id = ours.id JOIN actor p ON p.id = f.follower_id
            WHERE ours.local AND f.state = 'accepted'
                AND (ours.followers_uri = ANY($2) OR (a.public AND ours.id = d.actor_id))
                AND p.shared_inbox = d.inbox AND NOT p.local AND p.deleted_at IS NULL AND p.suspended_at IS NULL
            ORDER BY id LIMIT $3
        ) AS p
        LEFT JOIN server s ON s.host = p.host
        WHERE d.id = $1 AND d.personal_inbox IS NOT NULL AND p.inbox NOT IN (d.inbox, d.personal_inbox)
            AND (may_have_private(p.host) OR NOT is_private(d.activity_id))
        ORDER BY p.inbox
        ON CONFLICT (activity_id, inbox) DO NOTHING
        """,
        id,
        addressed,
        MOST_PEOPLE,
    )
    return bool(
        await execute(
            conn,
            """
            UPDATE delivery SET inbox = personal_inbox, personal_inbox = NULL, attempts = attempts + 1,
                last_status = $2, claimed_by = NULL, claimed_until = NULL
            WHERE id = $1 AND personal_inbox IS NOT NULL
                AND NOT EXISTS (SELECT FROM delivery o WHERE o.activity_id = delivery.activity_id
                    AND o.inbox = delivery.personal_inbox)
            """,
            id,
            status,
        )
    )
