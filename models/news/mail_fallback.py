"""Private messages that cannot reach the other one's server for a day, and go by mail where she left an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ids import make_id
from models.limits import DETOURS
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_records

SILENCE = timedelta(hours=24)
"""So long the other server may keep silent before its people are reached otherwise."""

LATEST = timedelta(days=10)
"""What is older was given up: it is not news any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliverableMessage:
    """A message of one of ours that did not arrive."""

    post_id: int
    exchange_id: int
    listing_id: int
    author_id: int
    other_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedFallback:
    """What became of a message on its way by mail, and when."""

    sent: bool
    at: datetime


async def list_stuck(conn: Connection, *, at: datetime, limit: int = 500) -> list[UndeliverableMessage]:
    """Messages that wait for a server which did not answer for a day, the latest first; each is found once.

    Not those that the cooperative keeps back on purpose, nor between people who hide from each other.
    """
    return await fetch_all(
        conn,
        UndeliverableMessage,
        """
        SELECT m.post_id, e.id AS exchange_id, e.listing_id, p.author_id, other.id AS other_id
        FROM exchange_message m
        JOIN post p ON p.id = m.post_id AND p.local AND p.deleted_at IS NULL AND p.hidden_at IS NULL
            AND NOT EXISTS (SELECT FROM actor author WHERE author.id = p.author_id AND author.suspended_at IS NOT NULL)
        JOIN exchange e ON e.id = m.exchange_id
        JOIN actor other ON other.id = CASE WHEN p.author_id = e.owner_id THEN e.partner_id ELSE e.owner_id END
            AND NOT other.local AND other.deleted_at IS NULL AND other.suspended_at IS NULL
        WHERE m.post_id > $1 AND m.post_id <= $2
            AND NOT EXISTS (SELECT FROM detour WHERE detour.post_id = m.post_id)
            AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = other.id AND b.author_id = p.author_id OFFSET 0)
            AND is_welcome(other.host)
            AND EXISTS (
                SELECT FROM activity a JOIN delivery d ON d.activity_id = a.id
                WHERE a.object_uri = p.uri AND a.type = 'Create' AND d.host = other.host
                    AND d.state IN ('waiting', 'held', 'failed') AND d.cause IS DISTINCT FROM 'withheld'
                    AND d.created_at <= $3)
            AND NOT EXISTS (
                SELECT FROM activity a JOIN delivery d ON d.activity_id = a.id
                WHERE a.object_uri = p.uri AND d.host = other.host AND d.state = 'done')
        ORDER BY m.post_id DESC LIMIT $4
        """,
        make_id(at - LATEST),
        make_id(at - SILENCE),
        at - SILENCE,
        limit,
    )


async def list_written(conn: Connection, exchange_id: int, author_id: int, *, limit: int = 200) -> list[str]:
    """What one of the two wrote in a thread, as HTML, the latest first."""
    return await fetch_column(
        conn,
        """
        SELECT p.content FROM exchange_message m JOIN post p ON p.id = m.post_id
        WHERE m.exchange_id = $1 AND p.author_id = $2 AND p.deleted_at IS NULL ORDER BY m.post_id DESC LIMIT $3
        """,
        exchange_id,
        author_id,
        limit,
    )


async def begin(conn: Connection, stuck: UndeliverableMessage) -> bool:
    """Take a message to send it by mail, once; False when it was taken, or enough went about this thread today."""
    taken = await execute(
        conn,
        """
        INSERT INTO detour (post_id, exchange_id) SELECT $1, $2
        WHERE (SELECT count(*) FROM detour WHERE exchange_id = $2 AND created_at > now() - $4::interval) < $3
        ON CONFLICT DO NOTHING
        """,
        stuck.post_id,
        stuck.exchange_id,
        DETOURS.most,
        DETOURS.within,
    )
    return taken == 1


async def finish(conn: Connection, post_id: int, *, sent: bool) -> None:
    """The mail server has it, or will not take it."""
    await execute(
        conn,
        "UPDATE detour SET state = CASE WHEN $2 THEN 'sent' ELSE 'failed' END, finished_at = now() WHERE post_id = $1",
        post_id,
        sent,
    )


async def give_back(conn: Connection, post_id: int) -> None:
    """It certainly did not leave: it is looked at again."""
    await execute(conn, "DELETE FROM detour WHERE post_id = $1 AND state = 'sending'", post_id)


async def list_ended(conn: Connection, post_uris: Sequence[str]) -> dict[str, FinishedFallback]:
    """Which of these messages went by mail, or could not."""
    rows = await fetch_records(
        conn,
        """
        SELECT p.uri, d.state = 'sent' AS sent, d.finished_at AS at FROM detour d JOIN post p ON p.id = d.post_id
        WHERE p.uri = ANY($1) AND d.state <> 'sending'
        """,
        list(post_uris),
    )
    return {row["uri"]: FinishedFallback(sent=row["sent"], at=row["at"]) for row in rows}
