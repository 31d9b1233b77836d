"""Private notes below a listing, read as messages of an exchange; `posts/exchange_threads` puts them there."""

from dataclasses import dataclass

from models.exchanges import exchanges
from models.exchanges.exchanges import Exchange
from models.store.database import Connection, execute, fetch_column, fetch_one, fetch_value


async def find_last_message(conn: Connection, id: int, author_id: int) -> int | None:
    """The newest message that one of the two wrote and did not take back."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT max(m.post_id) FROM exchange_message m JOIN post p ON p.id = m.post_id
        WHERE m.exchange_id = $1 AND p.author_id = $2 AND p.deleted_at IS NULL
        """,
        id,
        author_id,
    )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """How far the two of a thread had read, and which of a member's conversations in apps were unread."""

    thread: Exchange
    conversation_ids: list[int]


async def list_around(conn: Connection, post_id: int, *, each: int) -> list[int]:
    """The messages just before and after this one in its thread, at most `each` on either side; eldest first."""
    found: list[int] = await fetch_column(
        conn,
        """
        WITH here AS (SELECT exchange_id FROM exchange_message WHERE post_id = $1), near AS (
            (SELECT m.post_id FROM exchange_message m JOIN here USING (exchange_id) JOIN post p ON p.id = m.post_id
                WHERE m.post_id < $1 AND p.deleted_at IS NULL AND p.kind <> 'notice'
                ORDER BY m.post_id DESC LIMIT $2)
            UNION ALL
            (SELECT m.post_id FROM exchange_message m JOIN here USING (exchange_id) JOIN post p ON p.id = m.post_id
                WHERE m.post_id > $1 AND p.deleted_at IS NULL AND p.kind <> 'notice'
                ORDER BY m.post_id LIMIT $2))
        SELECT post_id FROM near ORDER BY post_id
        """,
        post_id,
        each,
    )
    return found


async def find_exchange_of(conn: Connection, post_id: int) -> int | None:
    """The thread that this message stands in."""
    found: int | None = await fetch_value(
        conn, "SELECT exchange_id FROM exchange_message WHERE post_id = $1 LIMIT 1", post_id
    )
    return found


async def find_unread(conn: Connection, thread_id: int, member_id: int) -> Unread:
    """As it is before something is written in a member's name that she has not seen."""
    thread = await exchanges.get_for(conn, thread_id, member_id)
    ids: list[int] = await fetch_column(
        conn,
        "SELECT id FROM conversation WHERE owner_id = $1 AND root_id = $2 AND unread",
        member_id,
        thread.listing_id,
    )
    return Unread(thread=thread, conversation_ids=ids)


async def restore_unread(conn: Connection, unread: Unread) -> None:
    """What was written meanwhile shows nobody that the other one's words were read."""
    thread = unread.thread
    await execute(
        conn,
        "UPDATE exchange SET owner_read_id = $2, partner_read_id = $3 WHERE id = $1",
        thread.id,
        thread.owner_read_id,
        thread.partner_read_id,
    )
    await execute(conn, "UPDATE conversation SET unread = true WHERE id = ANY($1)", unread.conversation_ids)


async def filter_kept(conn: Connection, post_ids: list[int]) -> set[int]:
    """Those of these notes that a thread shows: as a message, or as a line about what happened."""
    if not post_ids:
        return set()
    found: list[int] = await fetch_column(
        conn,
        """
        SELECT post_id FROM exchange_message WHERE post_id = ANY($1)
        UNION SELECT post_id FROM exchange_notice WHERE post_id = ANY($1)
        UNION SELECT post_id FROM thanks WHERE post_id = ANY($1)
        """,
        post_ids,
    )
    return set(found)


async def find_repeated(conn: Connection, id: int, author_id: int, sources: list[str], pictures: int) -> int | None:
    """The newest message of a thread, if it is this very one, written within the last minute.

    Its listing is locked until the transaction ends: of two taps at once, the second one sees what the first one wrote.
    """
    await exchanges.lock_listing_of(conn, id)
    found: int | None = await fetch_value(
        conn,
        """
        SELECT p.id FROM post p
        WHERE p.id = (SELECT max(post_id) FROM exchange_message WHERE exchange_id = $1)
            AND p.author_id = $2 AND p.source = ANY($3) AND p.deleted_at IS NULL
            AND p.published_at > now() - interval '1 minute'
            AND (SELECT count(*) FROM media WHERE post_id = p.id) = $4
        """,
        id,
        author_id,
        sources,
        pictures,
    )
    return found


async def find_by_message(conn: Connection, post_id: int) -> Exchange | None:
    """The thread in which a message stands."""
    return await fetch_one(
        conn,
        Exchange,
        "SELECT e.* FROM exchange e JOIN exchange_message m ON m.exchange_id = e.id WHERE m.post_id = $1",
        post_id,
    )
