"""What is still to be told to somebody of the team by telephone and mail, and when mails last went to her.

An alert goes with its notification: what is settled is told to nobody any more.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.news import staff_preferences
from models.news.notifications import NotificationType
from models.news.staff_preferences import PROPOSED, RIGHT_OF_KIND, StaffKind, StaffRhythm
from models.news.told import PUSH
from models.people.team import duty
from models.store.background import jobs
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_records, fetch_value

UNMAILED: frozenset[NotificationType] = frozenset({"mails_stuck"})
"""No mail can tell these: apps alone do, beside the news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing, in the rhythm that its receiver chose for the subject; `read` where she saw it on a page meanwhile."""

    notification_id: int
    type: NotificationType
    kind: StaffKind
    rhythm: StaffRhythm
    urgent: bool
    due_at: datetime
    pushed: bool
    read: bool

    @property
    def mailed(self) -> bool:
        """Whether a mail can tell it."""
        return self.type not in UNMAILED


async def add(
    conn: Connection,
    notification_ids: Sequence[int],
    kind: StaffKind,
    *,
    urgent: bool,
    first_ids: Collection[int],
    later: timedelta,
) -> None:
    """Have these notifications told: at once to those who are first, so much later to the others."""
    await execute(
        conn,
        """
        INSERT INTO staff_alert (notification_id, recipient_id, kind, urgent, due_at)
        SELECT id, recipient_id, $2, $3,
            now() + CASE WHEN recipient_id = ANY($4::bigint[]) THEN interval '0' ELSE $5::interval END
        FROM notification n WHERE id = ANY($1)
            AND NOT EXISTS (SELECT FROM staff_choice c
                WHERE c.actor_id = n.recipient_id AND c.kind = $2 AND c.rhythm = 'never')
        """,
        list(notification_ids),
        kind,
        urgent,
        list(first_ids),
        later,
    )


async def bring_forward(conn: Connection, notification_ids: Sequence[int], waited: Mapping[int, datetime]) -> None:
    """These are told to nobody later than at her moment in `waited` (`map_due`): what comes again puts nothing off."""
    await execute(
        conn,
        """
        UPDATE staff_alert SET due_at = w.due_at
        FROM unnest($2::bigint[], $3::timestamptz[]) AS w (actor_id, due_at)
        WHERE notification_id = ANY($1) AND recipient_id = w.actor_id AND staff_alert.due_at > w.due_at
        """,
        list(notification_ids),
        list(waited),
        list(waited.values()),
    )


async def map_due(conn: Connection, notification_ids: Collection[int]) -> dict[int, datetime]:
    """When these notifications were to be told by telephone and mail, the first to each, by its receiver."""
    rows = await fetch_records(
        conn,
        """
        SELECT recipient_id, min(due_at) AS due_at FROM staff_alert WHERE notification_id = ANY($1)
        GROUP BY recipient_id
        """,
        list(notification_ids),
    )
    return {row["recipient_id"]: row["due_at"] for row in rows}


async def hasten(conn: Connection, actor_id: int, kinds: Collection[StaffKind]) -> None:
    """She is on duty from now on: what was to be told to her later is told now."""
    await execute(
        conn,
        "UPDATE staff_alert SET due_at = now() WHERE recipient_id = $1 AND kind = ANY($2) AND due_at > now()",
        actor_id,
        list(kinds),
    )


async def put_off(conn: Connection, type: NotificationType, until: datetime) -> None:
    """What is told with this type is told to nobody before this moment."""
    await execute(
        conn,
        """
        UPDATE staff_alert SET due_at = $2 FROM notification n
        WHERE n.id = notification_id AND n.type = $1 AND due_at < $2
        """,
        type,
        until,
    )


async def hasten_unheard(conn: Connection, at: datetime, *, but: Collection[NotificationType] = ()) -> None:
    """What those on duty were told of first is told to the others now where none of them is on duty still.

    They may be away, suspended, without the role, or have given back the week; who is on duty now need not wait either.
    Not these types.
    """
    kinds: list[StaffKind] = await fetch_column(
        conn, "SELECT DISTINCT kind FROM staff_alert WHERE due_at > now() ORDER BY kind"
    )
    for kind in kinds:
        on_duty = await duty.list_on_duty(conn, RIGHT_OF_KIND[kind], at)
        await _hasten_kind(conn, kind, await staff_preferences.filter_told(conn, kind, on_duty), but)


async def _hasten_kind(
    conn: Connection, kind: StaffKind, first_ids: Collection[int], but: Collection[NotificationType]
) -> None:
    """Tell now, of this subject, what none of those who are first knows, or one of them only later; not these types."""
    await execute(
        conn,
        """
        UPDATE staff_alert a SET due_at = now() FROM notification n
        WHERE n.id = a.notification_id AND a.kind = $1 AND a.due_at > now() AND n.type <> ALL($3::text[])
            AND (a.recipient_id = ANY($2::bigint[]) OR NOT EXISTS (
                SELECT FROM notification o
                WHERE o.recipient_id = ANY($2::bigint[]) AND o.type = n.type AND o.actor_id = n.actor_id
                    AND o.post_id IS NOT DISTINCT FROM n.post_id AND o.sign_up_id IS NOT DISTINCT FROM n.sign_up_id
                    AND o.case_id IS NOT DISTINCT FROM n.case_id
                    AND o.decision_id IS NOT DISTINCT FROM n.decision_id
                    AND (o.case_id IS NOT NULL OR o.report_id IS NOT DISTINCT FROM n.report_id)))
        """,
        kind,
        list(first_ids),
        list(but),
    )


async def list_due_recipients(conn: Connection, kind: StaffKind | None = None) -> list[int]:
    """To whom something is to be told by now, of this subject or any."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT recipient_id FROM staff_alert WHERE due_at <= now() AND ($1::text IS NULL OR kind = $1)
        ORDER BY recipient_id
        """,
        kind,
    )


async def list_due(conn: Connection, recipient_id: int) -> list[Alert]:
    """What is to be told to her by now, the oldest first; nobody else tells it until the transaction ends."""
    return await fetch_all(
        conn,
        Alert,
        """
        SELECT a.notification_id, n.type, a.kind, coalesce(c.rhythm, $2) AS rhythm, a.urgent, a.due_at,
            a.pushed_at IS NOT NULL AS pushed, n.read_at IS NOT NULL AS read
        FROM staff_alert a JOIN notification n ON n.id = a.notification_id
        LEFT JOIN staff_choice c ON c.actor_id = a.recipient_id AND c.kind = a.kind
        WHERE a.recipient_id = $1 AND a.due_at <= now() ORDER BY a.notification_id FOR UPDATE OF a
        """,
        recipient_id,
        PROPOSED,
    )


async def push(conn: Connection, recipient_id: int, alerts: Sequence[Alert]) -> None:
    """Have her apps told of these now."""
    ids = [one.notification_id for one in alerts]
    await execute(conn, "UPDATE staff_alert SET pushed_at = now() WHERE notification_id = ANY($1)", ids)
    if await fetch_value(conn, "SELECT EXISTS (SELECT FROM push_subscription WHERE actor_id = $1)", recipient_id):
        for id in ids:
            await jobs.enqueue(conn, PUSH, {"id": id}, key=f"{PUSH}:{id}")


async def finish(conn: Connection, alerts: Sequence[Alert]) -> None:
    """These are told, or need not be."""
    await execute(
        conn,
        "DELETE FROM staff_alert WHERE notification_id = ANY($1)",
        [one.notification_id for one in alerts],
    )


async def list_mailings(conn: Connection, recipient_id: int, *, since: datetime) -> list[datetime]:
    """When mails of the team went to her after this moment."""
    return await fetch_column(
        conn,
        "SELECT at FROM staff_mailing WHERE actor_id = $1 AND at > $2 ORDER BY at",
        recipient_id,
        since,
    )


async def note_mailing(conn: Connection, recipient_id: int, at: datetime) -> None:
    """She is written to at this moment; what is older than a day counts no more."""
    await execute(
        conn,
        """
        WITH old AS (DELETE FROM staff_mailing WHERE actor_id = $1 AND at < $2::timestamptz - interval '1 day')
        INSERT INTO staff_mailing (actor_id, at) VALUES ($1, $2)
        """,
        recipient_id,
        at,
    )
