"""Inboxes that a post of ours was on its way to when it was hidden: it is new to them once it is shown again."""

from models.store.database import Connection, execute, fetch_all
from models.traffic.outbound.inboxes import Inbox


async def list_unreached(conn: Connection, object_uri: str) -> list[Inbox]:
    """Where each Create of this post was cancelled; of a post for some, as long as one of these is there.

    Also where it was tried before, and failed: whether it arrived is not known, and a second one harms nobody.
    """
    return await fetch_all(
        conn,
        Inbox,
        """
        SELECT d.inbox, d.personal_inbox, d.host FROM (
            SELECT DISTINCT ON (d.inbox) d.inbox, d.personal_inbox, d.host
            FROM activity a JOIN delivery d ON d.activity_id = a.id
            WHERE a.object_uri = $1 AND a.type = 'Create' AND d.state = 'cancelled'
                AND NOT EXISTS (SELECT FROM activity b JOIN delivery o ON o.activity_id = b.id
                    WHERE b.object_uri = $1 AND b.type = 'Create' AND o.inbox = d.inbox AND o.state <> 'cancelled')
            ORDER BY d.inbox, d.id
        ) AS d JOIN post p ON p.uri = $1
        WHERE coalesce(p.hidden_audience, p.audience) IN ('network', 'unlisted') OR EXISTS (
            SELECT FROM actor r
            WHERE (r.inbox = d.inbox OR r.shared_inbox = d.inbox) AND r.deleted_at IS NULL AND r.suspended_at IS NULL
                AND (r.uri = ANY (p.to_uris || p.cc_uris)
                    OR EXISTS (SELECT FROM mention m WHERE m.post_id = p.id AND m.actor_id = r.id)
                    OR EXISTS (SELECT FROM follow f WHERE f.follower_id = r.id AND f.followed_id = p.author_id
                        AND f.state = 'accepted' AND coalesce(p.hidden_audience, p.audience) = 'followers')))
        """,
        object_uri,
    )


async def leave_out(conn: Connection, activity_id: int, object_uri: str) -> None:
    """An activity about a post does not go where nothing of it can have arrived: it would be news there of nothing."""
    await execute(
        conn,
        """
        DELETE FROM delivery WHERE activity_id = $1 AND inbox IN (
            SELECT d.inbox FROM activity a JOIN delivery d ON d.activity_id = a.id
            WHERE a.object_uri = $2 AND a.type IN ('Create', 'Announce') AND d.state = 'cancelled'
                AND NOT EXISTS (SELECT FROM activity b JOIN delivery o ON o.activity_id = b.id
                    WHERE b.object_uri = $2 AND b.type IN ('Create', 'Announce', 'Update') AND b.id <> $1
                        AND o.inbox = d.inbox AND may_have_arrived(o.attempts, o.state, o.cause)))
        """,
        activity_id,
        object_uri,
    )


async def resume_untold(conn: Connection, post_ids: list[int]) -> int:
    """What was kept from leaving about these posts goes on its way where nobody was told that they were put away.

    They were hidden and are shown again before that could be told; how many deliveries.
    """
    return await execute(
        conn,
        """
        UPDATE delivery SET state = CASE WHEN s.holding THEN 'held' ELSE 'waiting' END, due_at = now(),
            finished_at = NULL, requeued_at = now()
        FROM post p JOIN activity a ON a.object_uri = p.uri JOIN delivery d ON d.activity_id = a.id
        LEFT JOIN server s ON s.host = d.host
        WHERE delivery.id = d.id AND p.id = ANY($1) AND p.hidden_at IS NULL AND NOT p.withheld
            AND a.type IN ('Create', 'Update', 'Announce', 'QuoteRequest') AND d.state = 'cancelled'
            AND is_welcome(d.host)
            AND (a.type <> 'Announce' OR EXISTS (SELECT FROM share
                WHERE share.actor_id = a.actor_id AND share.post_id = p.id AND share.created_at <= a.created_at))
        """,
        post_ids,
    )


async def resume_shares(conn: Connection, object_uri: str) -> int:
    """Shares of a post that waited when it was hidden go on their way, as far as they stand; how many deliveries."""
    return await execute(
        conn,
        """
        UPDATE delivery SET state = CASE WHEN s.holding THEN 'held' ELSE 'waiting' END, due_at = now(),
            finished_at = NULL, requeued_at = now()
        FROM post p JOIN activity a ON a.object_uri = p.uri JOIN delivery d ON d.activity_id = a.id
        LEFT JOIN server s ON s.host = d.host
        WHERE delivery.id = d.id AND p.uri = $1 AND a.type = 'Announce' AND d.state = 'cancelled'
            AND is_welcome(d.host) AND EXISTS (SELECT FROM share
                WHERE share.actor_id = a.actor_id AND share.post_id = p.id AND share.created_at <= a.created_at)
        """,
        object_uri,
    )
