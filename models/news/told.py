"""The statement by which people are told of something, and who is not: of her own acts, of whom she does not see…"""

from models.posts.inside import READS_INSIDE
from models.store.statements import compose

NOTIFY = compose(
    """
    WITH notified AS (
        INSERT INTO notification (id, recipient_id, type, actor_id, post_id)
        SELECT told.id, told.recipient_id, $3, $4::bigint, $5::bigint
        FROM unnest($1::bigint[], $2::bigint[]) AS told (id, recipient_id)
        JOIN account ON account.actor_id = told.recipient_id
        WHERE (told.recipient_id <> $4 OR $3 = 'poll')
            AND NOT EXISTS (SELECT FROM barred WHERE reader_id = told.recipient_id AND author_id = $4 OFFSET 0)
            AND NOT EXISTS (SELECT FROM mute WHERE actor_id = told.recipient_id AND target_id = $4
                AND notifications AND (until IS NULL OR until > now()))
            AND NOT EXISTS (SELECT FROM thread_mute t JOIN post p ON t.root_id = coalesce(p.root_id, p.id)
                WHERE p.id = $5::bigint AND t.actor_id = told.recipient_id)
            AND NOT EXISTS (SELECT FROM held_post h WHERE h.post_id = $5::bigint AND h.draft IS NULL)
            AND NOT EXISTS (SELECT FROM post p WHERE p.id = $5::bigint AND p.audience = 'community'
                AND NOT {inside})
        ON CONFLICT DO NOTHING RETURNING id, recipient_id
    ), streamed AS (
        INSERT INTO stream_event (kind, object_id) SELECT 'notification', id FROM notified
    )
    SELECT notified.id, EXISTS (SELECT FROM push_subscription s WHERE s.actor_id = notified.recipient_id) AS pushed
    FROM notified
    """,
    inside=READS_INSIDE,
    reader="told.recipient_id",
)
