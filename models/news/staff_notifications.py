"""What those who look after the cooperative are told of, in their news at once and by a mail that many share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.ids import make_id
from models.news.notifications import PUSH, NotificationType
from models.people import accounts, actors, roles
from models.people.roles import Right
from models.store.background import jobs
from models.store.database import Connection, execute, fetch_all, fetch_records, fetch_value

JOB = "staff_mail"
"""The job that writes to the team (web/mail/staff_mails)."""

MailingKind = Literal["reports", "sign_ups"]

APART: dict[MailingKind, timedelta] = {"reports": timedelta(minutes=10), "sign_ups": timedelta(hours=1)}
"""Two mails of a kind are so far apart at least: a flood is told in few."""

RIGHT_OF: dict[NotificationType, Right] = {
    "admin.report": "reports",
    "admin.sign_up": "sign_ups",
    "sign_up": "sign_ups",
    "sign_up_message": "sign_ups",
    "coop_follow": "servers",
}
"""What the team is told of, and the right of whoever settles it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a notification of the team is about."""

    id: int
    report_id: int | None
    sign_up_id: int | None


async def notify_of_report(conn: Connection, report_id: int, *, but: Sequence[int | None]) -> list[int]:
    """Tell all who can settle a report, but whoever made it and whom it is about; whom. A mail follows."""
    told = [id for id in await roles.list_holders(conn, "reports") if id not in but]
    await _notify(conn, told, "admin.report", report_id=report_id)
    if told:
        await ask_mail(conn, "reports")
    return told


async def notify_of_sign_up(conn: Connection, sign_up_id: int) -> None:
    """Tell all who can answer a request to join. A mail follows."""
    await _notify(conn, await roles.list_holders(conn, "sign_ups"), "sign_up", sign_up_id=sign_up_id)
    await ask_mail(conn, "sign_ups")


async def notify_of_sign_up_message(conn: Connection, sign_up_id: int) -> None:
    """Tell all who can answer that whoever asks to join wrote, as if it were the first time. A mail follows."""
    await execute(
        conn, "DELETE FROM notification WHERE sign_up_id = $1 AND type IN ('sign_up', 'sign_up_message')", sign_up_id
    )
    await execute(conn, "UPDATE sign_up SET mailed_at = NULL WHERE id = $1", sign_up_id)
    told = await roles.list_holders(conn, "sign_ups")
    await _notify(conn, told, "sign_up_message", sign_up_id=sign_up_id)
    await ask_mail(conn, "sign_ups")


async def notify_reporter(conn: Connection, report_id: int, reporter_id: int) -> None:
    """Tell a member that what she reported is settled; a second time as if it were the first."""
    await execute(conn, "DELETE FROM notification WHERE report_id = $1 AND type = 'report_settled'", report_id)
    await _notify(conn, [reporter_id], "report_settled", report_id=report_id)


async def forget_report(conn: Connection, report_id: int) -> None:
    """It is settled: nobody needs to be told of it any more."""
    await execute(conn, "DELETE FROM notification WHERE report_id = $1 AND type = 'admin.report'", report_id)


async def ask_mail(conn: Connection, kind: MailingKind) -> None:
    """Have the team written to: at once, or as soon as the last mail of this kind is old enough."""
    last: datetime | None = await fetch_value(conn, "SELECT at FROM staff_mailing WHERE kind = $1", kind)
    rest: timedelta | None = None
    if last is not None:
        rest = await fetch_value(conn, "SELECT $1::timestamptz + $2::interval - now()", last, APART[kind])
    wait = rest if rest is not None and rest > timedelta(0) else None
    await jobs.enqueue(conn, JOB, {"kind": kind}, key=f"{JOB}:{kind}", wait=wait)


async def note_mailing(conn: Connection, kind: MailingKind) -> None:
    """The team is written to now."""
    await execute(
        conn,
        "INSERT INTO staff_mailing (kind, at) VALUES ($1, now()) ON CONFLICT (kind) DO UPDATE SET at = excluded.at",
        kind,
    )


async def list_about(conn: Connection, notification_ids: Sequence[int]) -> dict[int, About]:
    """What these notifications are about, by their ids."""
    found = await fetch_all(
        conn, About, "SELECT id, report_id, sign_up_id FROM notification WHERE id = ANY($1)", list(notification_ids)
    )
    return {one.id: one for one in found}


async def forget_for(conn: Connection, actor_id: int) -> None:
    """Somebody has other roles: what she was told of and can settle no more goes."""
    account = await accounts.get(conn, actor_id)
    lost = [type for type, right in RIGHT_OF.items() if not roles.has_right(account, right)]
    await execute(conn, "DELETE FROM notification WHERE recipient_id = $1 AND type = ANY($2)", actor_id, lost)


async def _notify(
    conn: Connection,
    recipient_ids: Sequence[int],
    type: NotificationType,
    *,
    report_id: int | None = None,
    sign_up_id: int | None = None,
) -> None:
    """Tell these people, in the name of the server: whom they block has no bearing on what they look after."""
    instance = await actors.find_local(conn, "instance")
    if not recipient_ids or instance is None:
        return
    told = await fetch_records(
        conn,
        """
        WITH notified AS (
            INSERT INTO notification (id, recipient_id, type, actor_id, report_id, sign_up_id)
            SELECT told.id, told.recipient_id, $3, $4, $5, $6
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
        report_id,
        sign_up_id,
    )
    for row in told:
        if row["pushed"]:
            await jobs.enqueue(conn, PUSH, {"id": row["id"]}, key=f"{PUSH}:{row['id']}")
