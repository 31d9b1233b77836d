"""What asks somebody for a yes or a no in words: which notes of a thread do, and what was said of her answers."""

from collections.abc import Sequence

from models.exchanges.exchanges import Event, EventKind
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_value

ANSWERED: tuple[EventKind, ...] = ("explained", "unheard", "asked_again")
"""What is said of words that are no answer, or none that counts."""


OF_THE_END: tuple[EventKind, ...] = ("done", "noted", "returned", "forgotten", "last_call")
"""What says that it was done, or asks."""


async def list_standing(conn: Connection, agreement_id: int) -> list[int]:
    """The posts that ask for an answer to the terms on the table, the first one first.

    That which put them into words (a note for people elsewhere, a notice for a member), and those that asked again.
    """
    return await fetch_column(
        conn,
        """
        WITH asked AS (
            SELECT id FROM exchange_event WHERE agreement_id = $1 AND is_asking_kind(kind)
            ORDER BY id DESC LIMIT 1
        )
        SELECT (e.details->>'note')::bigint AS post_id FROM asked JOIN exchange_event e
            ON e.agreement_id = $1 AND e.id >= asked.id AND e.details ? 'note'
            AND (is_asking_kind(e.kind) OR e.kind IN ('explained', 'asked_again'))
        UNION SELECT x.post_id FROM asked JOIN exchange_notice x ON x.event_id = asked.id
        ORDER BY post_id
        """,
        agreement_id,
    )


async def find_asking(conn: Connection, agreement_id: int) -> int | None:
    """The event that put the terms on the table there."""
    found: int | None = await fetch_value(
        conn,
        "SELECT max(id) FROM exchange_event WHERE agreement_id = $1 AND is_asking_kind(kind)",
        agreement_id,
    )
    return found


async def is_question(conn: Connection, exchange_id: int, post_id: int) -> bool:
    """Whether this post asks for an answer in this thread, or did once."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM exchange_event WHERE exchange_id = $1 AND (details->>'note')::bigint = $2
                    AND (is_asking_kind(kind) OR kind IN ('explained', 'asked_again')))
                OR EXISTS (SELECT FROM exchange_notice x JOIN exchange_event e ON e.id = x.event_id
                    WHERE x.post_id = $2 AND e.exchange_id = $1 AND is_asking_kind(e.kind))
            """,
            exchange_id,
            post_id,
        )
    )


async def asks_whether_done(conn: Connection, exchange_id: int, post_id: int) -> bool:
    """Whether this post asks, or says, in this thread that what was agreed on was done: a yes to it says so too."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM exchange_event e WHERE e.exchange_id = $1 AND e.kind = ANY($3)
                AND ((e.details->>'note')::bigint = $2
                    OR EXISTS (SELECT FROM exchange_notice x WHERE x.event_id = e.id AND x.post_id = $2)))
            """,
            exchange_id,
            post_id,
            list(OF_THE_END),
        )
    )


async def list_answer_events(conn: Connection, agreement_id: int, kinds: Sequence[EventKind] = ANSWERED) -> list[Event]:
    """What was said of answers since the terms on the table were put there, the first first."""
    return await fetch_all(
        conn,
        Event,
        """
        SELECT * FROM exchange_event WHERE agreement_id = $1 AND kind = ANY($2) AND id > (
            SELECT max(id) FROM exchange_event WHERE agreement_id = $1 AND is_asking_kind(kind))
        ORDER BY id
        """,
        agreement_id,
        list(kinds),
    )


async def list_owed(conn: Connection, *, limit: int) -> list[Event]:
    """Reminders that are still to be told in words, the oldest first."""
    return await fetch_all(
        conn,
        Event,
        "SELECT * FROM exchange_event WHERE details ? 'owed' ORDER BY id LIMIT $1",
        limit,
    )


async def claim_owed(conn: Connection, event_id: int) -> bool:
    """It is told now, or will not be told any more. False where another worker was faster."""
    sql = "UPDATE exchange_event SET details = details - 'owed' WHERE id = $1 AND details ? 'owed'"
    return bool(await execute(conn, sql, event_id))


async def save_note(conn: Connection, event_id: int, *, note_id: int, note_uri: str) -> None:
    """This note told it in words."""
    await execute(
        conn,
        "UPDATE exchange_event SET details = details || jsonb_build_object('note', $2::bigint, 'activity', $3::text)"
        " WHERE id = $1",
        event_id,
        note_id,
        note_uri,
    )
