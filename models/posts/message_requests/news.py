"""When a member was told that something waits of people whom she does not know, and when she looked last."""

from collections.abc import Sequence

from models.store.database import Connection, execute, fetch_column


async def claim(conn: Connection, reader_id: int) -> bool:
    """Whether she is to be told now: once until she looks, once a day at most, and again after a week without a look.

    Nobody is told of people whom she muted or blocked. Two who ask at once get one yes.
    """
    return bool(
        await execute(
            conn,
            """
            INSERT INTO message_request_news AS news (reader_id, told_at)
            SELECT $1, now() WHERE EXISTS (SELECT FROM shown_message_request
                WHERE reader_id = $1 AND accepted_at IS NULL)
            ON CONFLICT (reader_id) DO UPDATE SET told_at = now()
            WHERE news.told_at IS NULL OR news.told_at < now() - interval '7 days'
                OR (news.told_at < now() - interval '1 day' AND news.seen_at >= news.told_at)
            """,
            reader_id,
        )
    )


async def list_untold(conn: Connection, limit: int = 200) -> list[int]:
    """Members who may be told now (see `claim`) of something that they were not told of, nor have looked at."""
    found: list[int] = await fetch_column(
        conn,
        """
        SELECT DISTINCT r.reader_id FROM shown_message_request r
        LEFT JOIN message_request_news n ON n.reader_id = r.reader_id
        WHERE r.accepted_at IS NULL AND (n.told_at IS NULL
            OR r.received_at > greatest(n.told_at, n.seen_at) AND (n.told_at < now() - interval '7 days'
                OR (n.told_at < now() - interval '1 day' AND n.seen_at >= n.told_at)))
        LIMIT $1
        """,
        limit,
    )
    return found


async def add_notice(conn: Connection, reader_id: int, post_id: int) -> None:
    """By this message she was told."""
    await execute(conn, "INSERT INTO message_request_notice (post_id, reader_id) VALUES ($1, $2)", post_id, reader_id)


async def filter_notices(conn: Connection, post_ids: Sequence[int]) -> set[int]:
    """Those of these posts by which somebody was told."""
    found: list[int] = await fetch_column(
        conn, "SELECT post_id FROM message_request_notice WHERE post_id = ANY($1)", list(post_ids)
    )
    return set(found)


async def mark_seen(conn: Connection, reader_id: int) -> None:
    """She looked: what told her of it is read."""
    await execute(conn, "UPDATE message_request_news SET seen_at = now() WHERE reader_id = $1", reader_id)
    await execute(
        conn,
        """
        UPDATE notification SET read_at = now()
        WHERE recipient_id = $1 AND read_at IS NULL
            AND post_id IN (SELECT post_id FROM message_request_notice WHERE reader_id = $1)
        """,
        reader_id,
    )
