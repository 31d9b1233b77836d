"""News of posts that wait for a look, for their authors; `staff_notifications` tells the team."""

from collections.abc import Sequence
from typing import Literal

from models.ids import make_id
from models.news.notifications import NotificationType
from models.news.told import PUSH
from models.people import actors
from models.store.background import jobs
from models.store.database import Connection, execute, fetch_records

AuthorNews = Literal["post_held", "post_released"]


async def notify_author(conn: Connection, type: AuthorNews, author_id: int, post_id: int) -> None:
    """Tell the author of a post that it waits, or that it appeared; what she was told before of it goes."""
    await notify_authors(conn, type, [author_id], post_id)


async def notify_authors(conn: Connection, type: AuthorNews, author_ids: Sequence[int], post_id: int) -> None:
    """The same where several people write under one name."""
    await execute(
        conn,
        """
        DELETE FROM notification
        WHERE recipient_id = ANY($1) AND post_id = $2 AND type IN ('post_held', 'post_released')
        """,
        list(author_ids),
        post_id,
    )
    await _notify(conn, author_ids, type, post_id=post_id)


async def _notify(
    conn: Connection,
    recipient_ids: Sequence[int],
    type: NotificationType,
    *,
    post_id: int,
) -> None:
    """Tell these people, in the name of the cooperative's server."""
    instance = await actors.find_local(conn, "instance")
    if not recipient_ids or instance is None:
        return
    told = await fetch_records(
        conn,
        """
        WITH notified AS (
            INSERT INTO notification (id, recipient_id, type, actor_id, post_id)
            SELECT told.id, told.recipient_id, $3, $4, $5
            FROM unnest($1::bigint[], $2::bigint[]) AS told (id, recipient_id)
            JOIN account ON account.actor_id = told.recipient_id
            ON CONFLICT DO NOTHING RETURNING id, recipient_id
        ), streamed AS (
            INSERT INTO stream_event (kind, object_id) SELECT 'notification', id FROM notified
        )
        SELECT notified.id, EXISTS (SELECT FROM push_subscription s WHERE s.actor_id = notified.recipient_id) AS pushed
        FROM notified
        """,
        [make_id() for _ in recipient_ids],
        list(recipient_ids),
        type,
        instance.id,
        post_id,
    )
    for row in told:
        if row["pushed"]:
            await jobs.enqueue(conn, PUSH, {"id": row["id"]}, key=f"{PUSH}:{row['id']}")
