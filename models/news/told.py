"""The statement by which people are told of something, and who is not: of her own acts, of whom she does not see…"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.ids import make_id
from models.posts.inside import READS_INSIDE
from models.store.background import jobs
from models.store.database import Connection, fetch_records
from models.store.statements import compose

PUSH = "push"
"""The job that tells the apps of whoever is notified (web/news/web_push)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One person is told of one thing; `type` is a `NotificationType`."""

    recipient_id: int
    type: str
    actor_id: int
    post_id: int | None


_NOTIFY = compose(
    """
    WITH notified AS (
        INSERT INTO notification (id, recipient_id, type, actor_id, post_id)
        SELECT told.id, told.recipient_id, told.type, told.actor_id, told.post_id
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
            AS told (id, recipient_id, type, actor_id, post_id)
        JOIN account ON account.actor_id = told.recipient_id
        WHERE (told.recipient_id <> told.actor_id OR told.type = 'poll')
            AND NOT EXISTS (
                SELECT FROM barred WHERE reader_id = told.recipient_id AND author_id = told.actor_id OFFSET 0)
            AND NOT EXISTS (SELECT FROM mute WHERE actor_id = told.recipient_id AND target_id = told.actor_id
                AND notifications AND (until IS NULL OR until > now()))
            AND NOT EXISTS (SELECT FROM thread_mute t JOIN post p ON t.root_id = coalesce(p.root_id, p.id)
                WHERE p.id = told.post_id AND t.actor_id = told.recipient_id OFFSET 0)
            AND NOT EXISTS (SELECT FROM held_post h WHERE h.post_id = told.post_id AND h.draft IS NULL)
            AND NOT EXISTS (SELECT FROM post p WHERE p.id = told.post_id AND p.audience = 'community'
                AND NOT {inside} OFFSET 0)  -- one after the other by its id, whatever the number of posts
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


async def notify_many(conn: Connection, news: Sequence[Told]) -> list[int]:
    """Tell all this in one statement, each once; the ids of the notifications. `notify_all` says who is not told."""
    if not news:
        return []
    told = await fetch_records(
        conn,
        _NOTIFY,
        [make_id() for _ in news],
        [new.recipient_id for new in news],
        [new.type for new in news],
        [new.actor_id for new in news],
        [new.post_id for new in news],
    )
    await jobs.enqueue_all(conn, PUSH, {f"{PUSH}:{row['id']}": {"id": row["id"]} for row in told if row["pushed"]})
    return [row["id"] for row in told]
