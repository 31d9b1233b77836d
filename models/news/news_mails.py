"""Mails with news: what each one tells of, how it fared, and whose address does not exist."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.ids import make_id
from models.news.mail_preferences import DECISIONS, TYPES, Choice, Kind, Rhythm
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

SENT_KEPT = timedelta(days=7)
"""So long it is known that a mail left."""

FAILED_KEPT = timedelta(days=30)
"""And that one could not leave."""

MailState = Literal["waiting", "sending", "sent", "failed"]

MOST = 200
"""Things that one mail tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail with news. It names what it tells of: the words are written when it is sent."""

    id: int
    recipient_id: int
    kind: str
    rhythm: Rhythm
    exchange_id: int | None
    notification_ids: list[int]
    entry_ids: list[int]
    state: MailState
    attempts: int
    cause: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmailedNews:
    """Something that a member was not told of and has not seen. Without `exchange_id` it is a notification."""

    id: int
    exchange_id: int | None
    created_at: datetime


async def list_unmailed(
    conn: Connection, actor_id: int, choices: Collection[Choice], *, since: datetime, until: datetime
) -> list[UnmailedNews]:
    """What of these kinds is still unread and was not told by mail, between two moments; the newest first.

    Whoever is suspended is told by mail of nothing but decisions about her.
    """
    told: dict[Kind, int] = {choice.kind: choice.told_id for choice in choices}
    types = [(type, told[kind]) for type, kind in TYPES.items() if kind in told]
    return await fetch_all(
        conn,
        UnmailedNews,
        """
        (SELECT n.id, NULL::bigint AS exchange_id, n.created_at
        FROM listed_notification n JOIN unnest($2::text[], $3::bigint[]) AS told (type, last_id) ON told.type = n.type
        WHERE n.recipient_id = $1 AND n.id > greatest(told.last_id, $6) AND n.id <= $7 AND n.unread
            AND (n.type = ANY($9::text[])
                OR NOT EXISTS (SELECT FROM actor a WHERE a.id = $1 AND a.suspended_at IS NOT NULL))
        ORDER BY n.id DESC LIMIT $8)
        UNION ALL
        (SELECT fresh.id, e.id, fresh.created_at FROM unread_exchange e
        CROSS JOIN LATERAL (
            SELECT m.post_id AS id, p.published_at AS created_at
            FROM exchange_message m JOIN post p ON p.id = m.post_id
            WHERE m.exchange_id = e.id AND m.post_id > greatest(e.read_id, $4::bigint, $6) AND m.post_id <= $7
                AND $4 IS NOT NULL AND p.author_id <> $1 AND p.deleted_at IS NULL AND p.hidden_at IS NULL
                AND NOT was_read_in_an_app(m.post_id, $1)
            UNION ALL
            SELECT id, created_at FROM exchange_event v
            WHERE v.exchange_id = e.id AND v.id > greatest(e.read_id, $5::bigint, $6) AND v.id <= $7
                AND $5 IS NOT NULL AND v.actor_id IS DISTINCT FROM $1 AND NOT was_told_in_an_app(v.id, $1)
                AND NOT EXISTS (SELECT FROM thanks t WHERE t.event_id = v.id AND was_read_in_an_app(t.post_id, $1))
        ) AS fresh
        WHERE e.reader_id = $1 AND NOT EXISTS (SELECT FROM actor a WHERE a.id = $1 AND a.suspended_at IS NOT NULL)
        ORDER BY fresh.id DESC LIMIT $8)
        ORDER BY 1 DESC
        """,
        actor_id,
        [type for type, _ in types],
        [last_id for _, last_id in types],
        told.get("messages"),
        told.get("exchanges"),
        make_id(since),
        make_id(until),
        MOST,
        list(DECISIONS),
    )


async def create(
    conn: Connection,
    recipient_id: int,
    rhythm: Rhythm,
    untold: Collection[UnmailedNews],
    *,
    exchange_id: int | None = None,
) -> int:
    """A mail that will tell of these; its id. With `exchange_id` all are of one thread."""
    id = make_id()
    await execute(
        conn,
        """
        INSERT INTO mail (id, recipient_id, kind, rhythm, exchange_id, notification_ids, entry_ids)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        id,
        recipient_id,
        "news" if exchange_id is None else "thread",
        rhythm,
        exchange_id,
        [one.id for one in untold if one.exchange_id is None],
        [one.id for one in untold if one.exchange_id is not None],
    )
    return id


async def claim(conn: Connection, id: int) -> Mail | None:
    """Take a mail to send it now. None for one that was taken before: it is never sent twice.

    One that was taken and never finished, since its worker died, may have left: it counts as failed, and is seen.
    """
    taken = await fetch_one(
        conn,
        Mail,
        """
        UPDATE mail SET state = 'sending', attempts = attempts + 1 WHERE id = $1 AND state = 'waiting'
        RETURNING id, recipient_id, kind, rhythm, exchange_id, notification_ids, entry_ids, state, attempts, cause,
            created_at, finished_at
        """,
        id,
    )
    if taken is None:
        await execute(
            conn,
            """
            UPDATE mail SET state = 'failed', cause = 'interrupted', finished_at = now()
            WHERE id = $1 AND state = 'sending'
            """,
            id,
        )
    return taken


async def finish(conn: Connection, id: int) -> None:
    """The mail server has it."""
    await execute(conn, "UPDATE mail SET state = 'sent', cause = NULL, finished_at = now() WHERE id = $1", id)


async def give_back(conn: Connection, id: int, cause: str) -> None:
    """It certainly did not leave; it is tried again later."""
    await execute(conn, "UPDATE mail SET state = 'waiting', cause = $2 WHERE id = $1", id, cause)


async def fail(conn: Connection, id: int, cause: str) -> None:
    """It will not be tried again."""
    await execute(conn, "UPDATE mail SET state = 'failed', cause = $2, finished_at = now() WHERE id = $1", id, cause)


async def drop(conn: Connection, id: int) -> None:
    """There is nothing left to tell."""
    await execute(conn, "DELETE FROM mail WHERE id = $1", id)


async def save_refused(conn: Connection, actor_id: int, *, refused: bool) -> None:
    """Whether her mail provider says that the address of this member's account does not exist."""
    await execute(
        conn,
        """
        UPDATE account SET mail_refused_at = CASE WHEN $2 THEN coalesce(mail_refused_at, now()) END
        WHERE actor_id = $1 AND (mail_refused_at IS NOT NULL) <> $2
        """,
        actor_id,
        refused,
    )


async def is_refused(conn: Connection, actor_id: int) -> bool:
    """Whether mails to this member come back."""
    return bool(await fetch_value(conn, "SELECT mail_refused_at FROM account WHERE actor_id = $1", actor_id))


async def forget_old(conn: Connection) -> int:
    """Delete what was sent a week ago and what failed a month ago; what waits for days has no job any more."""
    await execute(
        conn,
        """
        UPDATE mail SET state = 'failed', cause = coalesce(cause, 'interrupted'), finished_at = now()
        WHERE state IN ('waiting', 'sending') AND created_at < now() - interval '3 days'
        """,
    )
    return await execute(
        conn,
        """
        DELETE FROM mail WHERE state = 'sent' AND finished_at < now() - $1::interval
            OR state = 'failed' AND finished_at < now() - $2::interval
        """,
        SENT_KEPT,
        FAILED_KEPT,
    )
