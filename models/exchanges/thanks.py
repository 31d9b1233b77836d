"""Who thanked whom for which exchange: once each, in a note, or to and from guests in a line of the thread."""

from dataclasses import dataclass
from datetime import datetime

from models.errors import NotFound
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanks:
    """`event_id` is the line of the thread, `post_id` the note with the words, None to and from guests."""

    event_id: int
    agreement_id: int
    author_id: int
    thanked_id: int
    post_id: int | None
    hidden: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicThanks:
    """Public thanks, as a profile shows them: the note, and which listing it was about."""

    event_id: int
    author_id: int
    post_id: int
    listing_id: int
    hidden: bool


async def find(conn: Connection, agreement_id: int, author_id: int) -> Thanks | None:
    """Whether one of the two has thanked."""
    return await fetch_one(
        conn, Thanks, "SELECT * FROM thanks WHERE agreement_id = $1 AND author_id = $2", agreement_id, author_id
    )


async def save(
    conn: Connection, event_id: int, *, agreement_id: int, author_id: int, thanked_id: int, post_id: int | None
) -> None:
    """This line of the thread is thanks; the note is no message besides."""
    await execute(
        conn,
        """
        INSERT INTO thanks (event_id, agreement_id, author_id, thanked_id, post_id) VALUES ($1, $2, $3, $4, $5)
        """,
        event_id,
        agreement_id,
        author_id,
        thanked_id,
        post_id,
    )
    await execute(conn, "DELETE FROM exchange_message WHERE post_id = $1", post_id)


async def list_notes(conn: Connection, event_ids: list[int]) -> dict[int, int]:
    """The notes with the words of these lines, by line. Checks no audience: the caller does."""
    rows = await fetch_records(
        conn, "SELECT event_id, post_id FROM thanks WHERE event_id = ANY($1) AND post_id IS NOT NULL", event_ids
    )
    return {row["event_id"]: row["post_id"] for row in rows}


async def list_early(conn: Connection, agreement_id: int) -> list[int]:
    """Notes from elsewhere below the listing that thank for this agreement and came before both had confirmed it."""
    return await fetch_column(
        conn,
        """
        SELECT p.id FROM agreement a JOIN post p ON p.root_id = a.listing_id
        WHERE a.id = $1 AND p.author_id IN (a.owner_id, a.partner_id) AND NOT p.local AND p.deleted_at IS NULL
            AND p.raw->>'thanksFor' IN (SELECT uri FROM economic_event WHERE agreement_id = $1)
        ORDER BY p.id LIMIT 10
        """,
        agreement_id,
    )


async def list_received(conn: Connection, thanked_id: int, *, hidden: bool, limit: int) -> list[PublicThanks]:
    """What anybody may read of thanks to somebody, the newest first; with `hidden` also what she keeps off her page.

    Only about listings that anybody may still read.
    """
    return await fetch_all(
        conn,
        PublicThanks,
        """
        SELECT t.event_id, t.author_id, t.post_id, a.listing_id, t.hidden
        FROM thanks t JOIN agreement a ON a.id = t.agreement_id
        JOIN post p ON p.id = t.post_id AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted')
        JOIN post l ON l.id = a.listing_id AND l.deleted_at IS NULL AND l.audience IN ('network', 'unlisted')
        WHERE t.thanked_id = $1 AND t.post_id IS NOT NULL AND ($2 OR NOT t.hidden)
        ORDER BY t.event_id DESC LIMIT $3
        """,
        thanked_id,
        hidden,
        limit,
    )


async def save_hidden(conn: Connection, event_id: int, thanked_id: int, *, hidden: bool) -> None:
    """Whether these thanks stand on the page of who was thanked. Raises NotFound for others' thanks."""
    sql = "UPDATE thanks SET hidden = $3 WHERE event_id = $1 AND thanked_id = $2 AND post_id IS NOT NULL"
    if not await execute(conn, sql, event_id, thanked_id, hidden):
        raise NotFound
