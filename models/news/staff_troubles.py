"""Telling the team of what waits for too long: each thing once, and again each week while it waits."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from models.news import staff_alerts, staff_notifications
from models.news.notifications import NotificationType
from models.news.staff_notifications import KIND_OF, Topic
from models.news.staff_preferences import RIGHT_OF_KIND
from models.people import roles
from models.store.database import Connection, fetch_column, fetch_records

TYPES: Mapping[str, NotificationType] = {
    "letters": "letters_waiting",
    "servers": "servers_stuck",
    "mails": "mails_stuck",
    "chores": "chores_failing",
    "backup": "backup_overdue",
}
"""What is told of each kind that may wait for too long (models/coop/overdue)."""

AGAIN = timedelta(days=7)


async def notify(conn: Connection, overdue: Mapping[str, datetime], *, at: datetime) -> list[str]:
    """Tell all who settle these kinds, since when the latest of each waits, in their news; of which some were told.

    Not whoever was told of that already within AGAIN. Telephone and mail follow at this moment, or later for those who
    are not on duty.
    """
    told = []
    for kind, latest in overdue.items():
        type = TYPES[kind]
        holders = await roles.list_holders(conn, RIGHT_OF_KIND[KIND_OF[type]])
        knowing, replaced = await _list_knowing(conn, type, latest)
        waited = await staff_alerts.map_due(conn, replaced)
        to = [id for id in holders if id not in knowing]
        if to and await staff_notifications.notify_team(conn, type, Topic(), to=to, waited=waited):
            await staff_alerts.put_off(conn, type, at)
            told.append(kind)
    return told


async def _list_knowing(conn: Connection, type: NotificationType, latest: datetime) -> tuple[list[int], list[int]]:
    """Who was told of the latest of this kind, and what told others of something before it."""
    rows = await fetch_records(
        conn,
        """
        SELECT id, recipient_id, created_at >= $2 AND created_at > now() - $3::interval AS fresh FROM notification
        WHERE type IN ('letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue')
            AND type = $1
        """,
        type,
        latest,
        AGAIN,
    )
    return [row["recipient_id"] for row in rows if row["fresh"]], [row["id"] for row in rows if not row["fresh"]]


async def forget_settled(conn: Connection, overdue: Collection[str]) -> list[str]:
    """Nobody needs to be told any more of what is not among these kinds; which notifications went, by their type."""
    return await fetch_column(
        conn,
        """
        WITH gone AS (
            DELETE FROM notification
            WHERE type IN ('letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue')
                AND type <> ALL($1::text[]) RETURNING type
        )
        SELECT DISTINCT type FROM gone ORDER BY type
        """,
        [TYPES[kind] for kind in overdue],
    )
