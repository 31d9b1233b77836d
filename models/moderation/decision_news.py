"""Telling a member what the team decided about her."""

from collections.abc import Collection

from models.ids import make_id
from models.news.notifications import NotificationType
from models.news.told import PUSH
from models.people import actors
from models.store.background import jobs
from models.store.database import Connection, fetch_records


async def notify(
    conn: Connection, recipient_id: int, type: NotificationType, *, case_id: int, decision_id: int
) -> None:
    """Tell her in the name of the platform; what was told before is told as if it were the first time."""
    instance = await actors.find_local(conn, "instance")
    if instance is None:
        return
    told = await fetch_records(
        conn,
        """
        WITH before AS (
            DELETE FROM notification WHERE recipient_id = $2 AND type = $3 AND decision_id = $6
        ), notified AS (
            INSERT INTO notification (id, recipient_id, type, actor_id, case_id, decision_id)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id, recipient_id
        ), streamed AS (
            INSERT INTO stream_event (kind, object_id) SELECT 'notification', id FROM notified
        )
        SELECT notified.id, EXISTS (SELECT FROM push_subscription s WHERE s.actor_id = notified.recipient_id) AS pushed
        FROM notified
        """,
        make_id(),
        recipient_id,
        type,
        instance.id,
        case_id,
        decision_id,
    )
    for row in told:
        if row["pushed"]:
            await jobs.enqueue(conn, PUSH, {"id": row["id"]}, key=f"{PUSH}:{row['id']}")


async def map_decisions(conn: Connection, notification_ids: Collection[int]) -> dict[int, int]:
    """The decision that each of these notifications is about, by their ids."""
    found = await fetch_records(
        conn,
        "SELECT id, decision_id FROM notification WHERE id = ANY($1) AND decision_id IS NOT NULL",
        list(notification_ids),
    )
    return {row["id"]: row["decision_id"] for row in found}
