"""What those who look after the cooperative are told of: in their news at once, by telephone and mail as they choose.

All who can settle it have it in their news. Telephone and mail go first to those who are on duty this week, and to the
others where nobody settled it after a while, or she is on duty no more; with nobody on duty, to all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.ids import make_id
from models.news import staff_alerts, staff_preferences
from models.news.notifications import NotificationType
from models.news.staff_preferences import RIGHT_OF_KIND, StaffKind
from models.people import accounts, actors, roles
from models.people.team import duty
from models.store.background import jobs
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_records, fetch_value

JOB = "staff_mail"
"""The job that tells one of the team by telephone and mail what is due (web/mail/staff_alerts)."""

KIND_OF: Mapping[NotificationType, StaffKind] = {
    "admin.report": "reports",
    "admin.sign_up": "sign_ups",
    "sign_up": "sign_ups",
    "sign_up_message": "sign_ups",
    "appeal": "appeals",
    "second_asked": "confirmations",
    "held_post": "held_posts",
    "coop_follow": "servers",
    "coop_friendship": "servers",
    "territory_proposed": "servers",
    "handed_over": "duty",
    "community_unmanaged": "reports",
    "community_hold_asked": "reports",
    "letters_waiting": "held_posts",
    "servers_stuck": "servers",
    "mails_stuck": "servers",
    "chores_failing": "servers",
    "backup_overdue": "servers",
}
"""What the team is told of, and the subject for which each chooses how."""

URGENT: frozenset[NotificationType] = frozenset({"admin.report", "sign_up", "sign_up_message", "handed_over"})
"""Somebody waits or is harmed, or she is on duty from now on: a mail leaves at once although one left just before."""

SAME_CASE = timedelta(minutes=10)
"""Two notifications of the same case are so far apart at least."""

LATER = timedelta(hours=24)

LATER_OF: Mapping[StaffKind, timedelta] = {"reports": timedelta(hours=2)}
"""What is not settled after so long is told to those of the role who are not on duty; LATER for the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What the team is told of. `actor_id` is who did it; without her the platform tells it."""

    actor_id: int | None = None
    post_id: int | None = None
    report_id: int | None = None
    sign_up_id: int | None = None
    case_id: int | None = None
    decision_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a notification of the team is about."""

    id: int
    recipient_id: int
    actor_id: int
    post_id: int | None
    report_id: int | None
    sign_up_id: int | None
    case_id: int | None
    decision_id: int | None


async def notify_team(
    conn: Connection,
    type: NotificationType,
    topic: Topic,
    *,
    but: Collection[int | None] = (),
    to: Collection[int] | None = None,
    waited: Mapping[int, datetime] | None = None,
) -> list[int]:
    """Tell all who can settle it but whom it is about and those in `but` (who did it); only those in `to`, where given.

    Returns whom. Told again it is as if it were the first time. Telephone and mail follow by themselves, and no later
    than what this takes the place of would have (`waited`, see `staff_alerts.map_due`).
    """
    kind = KIND_OF[type]
    right = RIGHT_OF_KIND[kind]
    but = {*but, *await _list_concerned(conn, topic)}
    told = [id for id in await roles.list_holders(conn, right) if id not in but and (to is None or id in to)]
    made = await _notify(conn, told, type, topic)
    if made:
        on_duty = await duty.list_on_duty(conn, right, datetime.now(UTC))
        first = await staff_preferences.filter_told(conn, kind, [id for id in on_duty if id in told])
        await staff_alerts.add(
            conn,
            made,
            kind,
            urgent=type in URGENT,
            first_ids=first or told,
            later=LATER_OF.get(kind, LATER),
        )
        await staff_alerts.bring_forward(conn, made, waited or {})
        await ask_mail(conn, kind)
    return told


async def _list_concerned(conn: Connection, topic: Topic) -> list[int]:
    """Whom a report, a case, a decision or a held post concerns: they are not told as one of the team."""
    return await fetch_column(
        conn,
        """
        SELECT actor_id FROM concerned WHERE about_id IN (
            SELECT target_id FROM report WHERE id = $1
            UNION SELECT actor_id FROM moderation_case WHERE id = $2
            UNION SELECT actor_id FROM moderation_decision WHERE id = $3
            UNION SELECT author_id FROM post WHERE id = $4)
        """,
        topic.report_id,
        topic.case_id,
        topic.decision_id,
        topic.post_id,
    )


async def notify_of_report(conn: Connection, report_id: int, *, but: Sequence[int | None]) -> list[int]:
    """Tell all who can settle a report, but whoever made it and whom it is about; whom.

    Whom an unread notification told of the same case a moment ago is told no second time, and a later one takes the
    place of the first: a flood is one line of news, and one mail.
    """
    case_id: int | None = await fetch_value(conn, "SELECT case_id FROM report WHERE id = $1", report_id)
    knowing = await fetch_column(
        conn,
        """
        SELECT recipient_id FROM notification
        WHERE case_id = $1 AND type = 'admin.report' AND read_at IS NULL AND created_at > now() - $2::interval
        """,
        case_id,
        SAME_CASE,
    )
    told = [id for id in await roles.list_holders(conn, "reports") if id not in knowing]
    if not told:
        return []
    replaced = await fetch_column(
        conn,
        """
        SELECT id FROM notification
        WHERE case_id = $1 AND type = 'admin.report' AND read_at IS NULL AND recipient_id = ANY($2)
        """,
        case_id,
        told,
    )
    topic, waited = Topic(report_id=report_id, case_id=case_id), await staff_alerts.map_due(conn, replaced)
    await execute(conn, "DELETE FROM notification WHERE id = ANY($1)", replaced)
    return await notify_team(conn, "admin.report", topic, but=but, to=told, waited=waited)


async def notify_of_sign_up(conn: Connection, sign_up_id: int) -> None:
    """Tell all who can answer a request to join."""
    await notify_team(conn, "sign_up", Topic(sign_up_id=sign_up_id))


async def notify_of_sign_up_message(conn: Connection, sign_up_id: int) -> None:
    """Tell all who can answer that whoever asks to join wrote, as if it were the first time."""
    topic = Topic(sign_up_id=sign_up_id)
    replaced = await fetch_column(conn, "SELECT id FROM notification WHERE sign_up_id = $1", sign_up_id)
    waited = await staff_alerts.map_due(conn, replaced)
    await forget_topic(conn, "sign_up", topic)
    await forget_topic(conn, "sign_up_message", topic)
    await notify_team(conn, "sign_up_message", topic, waited=waited)


async def notify_reporter(conn: Connection, report_id: int, reporter_id: int) -> None:
    """Tell a member that what she reported is settled; a second time as if it were the first."""
    await _notify(conn, [reporter_id], "report_settled", Topic(report_id=report_id))


async def forget_topic(conn: Connection, type: NotificationType, topic: Topic) -> None:
    """It is settled: nobody of the team needs to be told of it any more."""
    await execute(
        conn,
        """
        DELETE FROM notification WHERE type = $1
            AND (post_id = $2 OR report_id = $3 OR sign_up_id = $4 OR case_id = $5 OR decision_id = $6)
        """,
        type,
        topic.post_id,
        topic.report_id,
        topic.sign_up_id,
        topic.case_id,
        topic.decision_id,
    )


async def forget_report(conn: Connection, report_id: int) -> None:
    """It is settled: nobody needs to be told of it any more, but of the others of its case that wait still."""
    await execute(
        conn,
        """
        UPDATE notification AS told SET report_id = other.id
        FROM (SELECT o.id FROM report r JOIN report o ON o.case_id = r.case_id
            WHERE r.id = $1 AND o.id <> $1 AND o.closed_at IS NULL ORDER BY o.id LIMIT 1) AS other
        WHERE told.report_id = $1 AND told.type = 'admin.report' AND NOT EXISTS (
            SELECT FROM notification n WHERE n.recipient_id = told.recipient_id AND n.type = 'admin.report'
                AND n.case_id = told.case_id AND n.id <> told.id)
        """,
        report_id,
    )
    await forget_topic(conn, "admin.report", Topic(report_id=report_id))


async def ask_mail(conn: Connection, kind: StaffKind) -> None:
    """Have those told by telephone and mail, as they choose, to whom something of this subject is due now."""
    for actor_id in await staff_alerts.list_due_recipients(conn, kind):
        await jobs.enqueue(conn, JOB, {"actor_id": actor_id}, key=f"{JOB}:{actor_id}", priority=1)


async def list_about(conn: Connection, notification_ids: Sequence[int]) -> dict[int, About]:
    """What these notifications are about, by their ids."""
    found = await fetch_all(
        conn,
        About,
        """
        SELECT id, recipient_id, actor_id, post_id, report_id, sign_up_id, case_id, decision_id
        FROM notification WHERE id = ANY($1)
        """,
        list(notification_ids),
    )
    return {one.id: one for one in found}


async def forget_for(conn: Connection, actor_id: int) -> None:
    """Somebody has other roles: what she was told of and can settle no more goes."""
    account = await accounts.get(conn, actor_id)
    lost = [type for type, kind in KIND_OF.items() if not roles.has_right(account, RIGHT_OF_KIND[kind])]
    await execute(conn, "DELETE FROM notification WHERE recipient_id = $1 AND type = ANY($2)", actor_id, lost)


async def _notify(conn: Connection, recipient_ids: Sequence[int], type: NotificationType, topic: Topic) -> list[int]:
    """Tell these people, in the name of the server where nobody did it: whom they block has no bearing on that.

    The notifications' ids.
    """
    instance = await actors.find_local(conn, "instance")
    actor_id = topic.actor_id or (instance.id if instance is not None else None)
    if not recipient_ids or actor_id is None:
        return []
    about = (topic.post_id, topic.report_id, topic.sign_up_id, topic.case_id, topic.decision_id)
    await execute(
        conn,
        """
        DELETE FROM notification WHERE recipient_id = ANY($1) AND type = $2 AND actor_id = $3
            AND post_id IS NOT DISTINCT FROM $4 AND report_id IS NOT DISTINCT FROM $5
            AND sign_up_id IS NOT DISTINCT FROM $6 AND case_id IS NOT DISTINCT FROM $7
            AND decision_id IS NOT DISTINCT FROM $8
        """,
        list(recipient_ids),
        type,
        actor_id,
        *about,
    )
    told = await fetch_records(
        conn,
        """
        WITH notified AS (
            INSERT INTO notification (id, recipient_id, type, actor_id, post_id, report_id, sign_up_id, case_id,
                decision_id)
            SELECT told.id, told.recipient_id, $3, $4, $5, $6, $7, $8, $9
            FROM unnest($1::bigint[], $2::bigint[]) AS told (id, recipient_id)
            JOIN account ON account.actor_id = told.recipient_id
            ON CONFLICT DO NOTHING RETURNING id
        ), streamed AS (
            INSERT INTO stream_event (kind, object_id) SELECT 'notification', id FROM notified
        )
        SELECT id FROM notified
        """,
        [make_id() for _ in recipient_ids],
        list(recipient_ids),
        type,
        actor_id,
        *about,
    )
    return [row["id"] for row in told]
