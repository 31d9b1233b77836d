"""Private messages that this server writes to a member alone, so that her apps tell what happens in a thread."""

from models.exchanges.exchanges import Exchange
from models.posts import Post
from models.store.database import Connection, execute, fetch_one


async def add(conn: Connection, *, post_id: int, exchange_id: int, event_id: int | None, reader_id: int) -> None:
    """This post tells the reader of this event, or without one what her own words did."""
    await execute(
        conn,
        "INSERT INTO exchange_notice (post_id, exchange_id, event_id, reader_id) VALUES ($1, $2, $3, $4)",
        post_id,
        exchange_id,
        event_id,
        reader_id,
    )


async def find_exchange(conn: Connection, post_id: int) -> Exchange | None:
    """The thread that a notice is about."""
    return await fetch_one(
        conn,
        Exchange,
        "SELECT e.* FROM exchange e JOIN exchange_notice x ON x.exchange_id = e.id WHERE x.post_id = $1",
        post_id,
    )


async def find_last(conn: Connection, exchange_id: int, reader_id: int) -> Post | None:
    """The newest message or notice of a thread that the reader has before her in an app; None where there is none."""
    return await fetch_one(
        conn,
        Post,
        """
        SELECT * FROM full_post WHERE deleted_at IS NULL AND id = greatest(
            (SELECT max(m.post_id) FROM exchange_message m JOIN post p ON p.id = m.post_id
                WHERE m.exchange_id = $1 AND p.deleted_at IS NULL
                    AND (p.hidden_at IS NULL OR p.author_id = $2)),
            (SELECT max(x.post_id) FROM exchange_notice x JOIN post p ON p.id = x.post_id
                WHERE x.exchange_id = $1 AND x.reader_id = $2 AND p.kind = 'notice'))
        """,
        exchange_id,
        reader_id,
    )


async def link_post(conn: Connection, post_id: int, notice_id: int) -> None:
    """Here the answer stands below the notice; to others, who do not have that, it answers what they have."""
    await execute(conn, "UPDATE post SET in_reply_to_id = $2 WHERE id = $1", post_id, notice_id)
