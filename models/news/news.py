"""What is new to a member, as pages and mails tell it: reactions to one thing together, a line for each thread."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.exchanges.exchanges import EventKind
from models.ids import HIGHEST_ID
from models.news.notifications import NotificationType
from models.store.database import Connection, execute, fetch_all, fetch_value
from models.store.statements import compose

TOGETHER = 50
"""So many reactions to one thing are counted, and of those beyond only that there are more."""

STEPS = 500
"""Reactions to so many things that stand further up are passed over on the way to what a page shows."""

COUNTED = 100
"""What is unread is counted no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What people did: one notification, or several of one kind about one post. `id` is the newest one's.

    `actor_ids` are the latest three of `count`, which is TOGETHER + 1 where there are more than TOGETHER.
    """

    id: int
    type: NotificationType
    post_id: int | None
    actor_ids: list[int]
    count: int
    created_at: datetime
    unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadNews:
    """A thread in which the other one, or the clock, did something that is unread: the newest of `count` such things.

    `kind` is "message" or what happened, `agreement_id` in which agreement, `result` what came out of a
    repair where that was told.
    """

    exchange_id: int
    listing_id: int
    other_id: int
    count: int
    id: int
    kind: EventKind | str
    created_at: datetime
    agreement_id: int | None
    result: dict[str, Any] | None


# From one line to the next below it, so that what is read is what is shown: reactions to a thing that has its line
# already are passed over by the index, and so are those to things whose line stands further up, on an earlier page.
_NEWS = """
    WITH RECURSIVE line (id, type, post_id, actor_id, created_at, unread, place, seen, stands, shown, steps) AS (
        SELECT NULL::bigint, NULL::text, NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::boolean,
            coalesce($2::bigint, $6::bigint), ARRAY[]::text[], false, 0, 0
        UNION ALL
        SELECT next.id, next.type, next.post_id, next.actor_id, next.created_at, next.unread, next.id,
            CASE WHEN next.type IN ('favourite', 'reblog') THEN line.seen || (next.type || next.post_id)
                ELSE line.seen END,
            next.stands, line.shown + next.stands::integer, line.steps + 1
        FROM line CROSS JOIN LATERAL (
            SELECT n.*, $2::bigint IS NULL OR n.type NOT IN ('favourite', 'reblog') OR NOT EXISTS (
                SELECT FROM listed_notification newer
                WHERE newer.recipient_id = $1 AND newer.post_id = n.post_id AND newer.type = n.type
                    AND newer.type IN ('favourite', 'reblog') AND newer.id >= $2) AS stands
            FROM listed_notification n
            WHERE n.recipient_id = $1 AND n.id < line.place
                AND NOT (n.type IN ('favourite', 'reblog') AND (n.type || n.post_id) = ANY(line.seen))
            ORDER BY n.id DESC LIMIT 1
        ) AS next
        WHERE line.shown < $3 AND line.steps < $4
    )
    SELECT line.id, line.type, line.post_id, coalesce(together.actor_ids, ARRAY[line.actor_id]) AS actor_ids,
        coalesce(together.count, 1) AS count, line.created_at, coalesce(together.unread, line.unread) AS unread
    FROM line LEFT JOIN LATERAL (
        SELECT (array_agg(actor_id ORDER BY id DESC))[1:3] AS actor_ids, count(*)::integer AS count,
            bool_or(unread) AS unread
        FROM (
            SELECT id, actor_id, unread FROM listed_notification
            WHERE recipient_id = $1 AND post_id = line.post_id AND type = line.type
                AND type IN ('favourite', 'reblog')
            ORDER BY id DESC LIMIT $5
        ) AS newest
    ) AS together ON line.type IN ('favourite', 'reblog')
    WHERE line.stands
    ORDER BY line.id DESC
"""


async def list_news(conn: Connection, recipient_id: int, *, before: int | None = None, limit: int = 20) -> list[News]:
    """Newest first, by keyset on `id`. Messages of threads are not among them: those have lines of their own.

    A group stands where its newest reaction does.
    """
    return await fetch_all(conn, News, _NEWS, recipient_id, before, limit, limit + STEPS, TOGETHER + 1, HIGHEST_ID)


async def list_unread(conn: Connection, recipient_id: int, ids: list[int]) -> list[News]:
    """Those of these notifications that she has not seen, reactions to one thing together, newest first."""
    return await fetch_all(
        conn,
        News,
        """
        SELECT max(id) AS id, type, post_id, (array_agg(actor_id ORDER BY id DESC))[1:3] AS actor_ids,
            count(*)::integer AS count, max(created_at) AS created_at, true AS unread
        FROM listed_notification WHERE recipient_id = $1 AND id = ANY($2) AND unread
        GROUP BY type, post_id, CASE WHEN type IN ('favourite', 'reblog') THEN 0 ELSE id END
        ORDER BY 1 DESC
        """,
        recipient_id,
        ids,
    )


_THREADS_PART = """
    SELECT e.id AS exchange_id, e.listing_id, e.other_id, n.count, n.id, n.kind, n.created_at, n.agreement_id,
        n.result
    FROM (
        SELECT e.* FROM (
            (SELECT id, last_id FROM exchange WHERE owner_id = $1 AND last_id > owner_read_id AND NOT owner_muted
                ORDER BY last_id DESC LIMIT $2::integer * 5)
            UNION ALL
            (SELECT id, last_id FROM exchange WHERE partner_id = $1 AND last_id > partner_read_id
                AND NOT partner_muted ORDER BY last_id DESC LIMIT $2::integer * 5)
            ORDER BY last_id DESC
        ) AS newest CROSS JOIN LATERAL (
            SELECT * FROM unread_exchange WHERE id = newest.id AND reader_id = $1 LIMIT 1) AS e
        ORDER BY newest.last_id DESC LIMIT $2::integer * 2
    ) AS e
    CROSS JOIN LATERAL (
        SELECT count(*) OVER ()::integer AS count, id, kind, created_at, agreement_id, result FROM (
            (SELECT m.post_id AS id, 'message' AS kind, p.published_at AS created_at,
            NULL::bigint AS agreement_id, NULL::jsonb AS result
                FROM exchange_message m JOIN post p ON p.id = m.post_id
                WHERE m.exchange_id = e.id AND m.post_id > e.read_id AND p.author_id <> $1
                    AND p.deleted_at IS NULL AND p.hidden_at IS NULL ORDER BY m.post_id DESC LIMIT 100)
            UNION ALL
            (SELECT id, kind, created_at, agreement_id, details->'result' FROM exchange_event
                WHERE exchange_id = e.id AND id > e.read_id AND actor_id IS DISTINCT FROM $1
                ORDER BY id DESC LIMIT 100)
        ) AS fresh ORDER BY id DESC LIMIT 1
    ) AS n
    ORDER BY n.id DESC LIMIT $2
"""

_THREADS = compose(_THREADS_PART)

# Threads are counted only where notifications alone are not as many as are counted.
_UNREAD = compose(
    """
    SELECT least(told.count + CASE WHEN told.count >= $2 THEN 0
        ELSE (SELECT count(*) FROM ({threads}) AS threads) END, $2::bigint)
    FROM (SELECT count(*) FROM (
        SELECT FROM listed_notification WHERE recipient_id = $1 AND unread LIMIT $2) AS unread) AS told
    """,
    threads=_THREADS_PART,
)


async def list_threads(conn: Connection, reader_id: int, *, limit: int = 20) -> list[ThreadNews]:
    """Threads with news for this person, the latest first; not those that she muted, or with whom she hides.

    More are looked at than wanted, since some are hidden, and in some all that is new was taken back.
    """
    return await fetch_all(conn, ThreadNews, _THREADS, reader_id, limit)


async def list_entries(conn: Connection, reader_id: int, ids: list[int]) -> list[ThreadNews]:
    """Those of these messages and events that are unread still, each by itself, in their order."""
    return await fetch_all(
        conn,
        ThreadNews,
        """
        SELECT e.id AS exchange_id, e.listing_id, e.other_id, 1 AS count, n.id, n.kind, n.created_at, n.agreement_id,
            n.result
        FROM (
            SELECT m.exchange_id, m.post_id AS id, 'message' AS kind, p.published_at AS created_at,
                NULL::bigint AS agreement_id, NULL::jsonb AS result
            FROM exchange_message m JOIN post p ON p.id = m.post_id
            WHERE m.post_id = ANY($2) AND p.deleted_at IS NULL AND p.hidden_at IS NULL
                AND NOT was_read_in_an_app(m.post_id, $1)
            UNION ALL
            SELECT exchange_id, id, kind, created_at, agreement_id, details->'result' FROM exchange_event v
            WHERE id = ANY($2) AND NOT was_told_in_an_app(id, $1)
                AND NOT EXISTS (SELECT FROM thanks t WHERE t.event_id = v.id AND was_read_in_an_app(t.post_id, $1))
        ) AS n JOIN unread_exchange e ON e.id = n.exchange_id AND e.reader_id = $1 AND n.id > e.read_id
        ORDER BY n.id
        """,
        reader_id,
        ids,
    )


async def count_unread(conn: Connection, reader_id: int) -> int:
    """How many things the member saw neither here nor in an app, at most COUNTED; a thread counts once."""
    unread: int = await fetch_value(conn, _UNREAD, reader_id, COUNTED)
    return unread


async def is_read(conn: Connection, recipient_id: int, type: NotificationType, post_id: int) -> bool:
    """Whether she has seen what tells her of this, or has thrown it away."""
    return not await fetch_value(
        conn,
        """
        SELECT EXISTS (SELECT FROM listed_notification
            WHERE recipient_id = $1 AND type = $2 AND post_id = $3 AND unread)
        """,
        recipient_id,
        type,
        post_id,
    )


async def mark_read(conn: Connection, recipient_id: int, last_id: int, *, since: int = 0) -> None:
    """The member has seen what people did between these notifications, groups of reactions whole."""
    await execute(
        conn,
        """
        UPDATE notification SET read_at = now() WHERE recipient_id = $1 AND id <= $2 AND read_at IS NULL AND (
            id >= $3 OR type IN ('favourite', 'reblog') AND EXISTS (
                SELECT FROM notification newer WHERE newer.recipient_id = $1 AND newer.type = notification.type
                    AND newer.post_id = notification.post_id AND newer.id BETWEEN $3 AND $2))
        """,
        recipient_id,
        last_id,
        since,
    )


async def mark_threads_read(conn: Connection, reader_id: int, last_id: int) -> None:
    """The member has seen all of her threads up to this moment."""
    await execute(
        conn,
        """
        UPDATE exchange SET
            owner_read_id = CASE WHEN owner_id = $1 THEN greatest(owner_read_id, least(last_id, $2))
                ELSE owner_read_id END,
            partner_read_id = CASE WHEN partner_id = $1 THEN greatest(partner_read_id, least(last_id, $2))
                ELSE partner_read_id END
        WHERE owner_id = $1 AND last_id > owner_read_id OR partner_id = $1 AND last_id > partner_read_id
        """,
        reader_id,
        last_id,
    )
