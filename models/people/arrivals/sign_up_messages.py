"""What the team and somebody who asks to join write to each other, until she is answered."""

from dataclasses import dataclass
from datetime import datetime

from models.errors import Conflict, NotFound
from models.ids import make_id
from models.people.accounts import Role
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

WORDS_LIMIT = 2000
"""Characters of one message."""

MOST_UNANSWERED = 5
"""Messages that she may write before the team answers."""

MOST = 60
"""Messages about one request, of both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpMessage:
    """One message. `role` is the one as which somebody of the team wrote; None where the person who asks did.

    `name` is empty where whoever wrote it is gone.
    """

    id: int
    author_id: int | None
    name: str
    role: Role | None
    words: str
    written_at: datetime


async def list_of(conn: Connection, sign_up_id: int) -> list[SignUpMessage]:
    """The conversation, the oldest first."""
    return await fetch_all(
        conn,
        SignUpMessage,
        """
        SELECT m.id, m.author_id, coalesce(nullif(a.name, ''), a.username, '') AS name, m.role, m.words, m.written_at
        FROM sign_up_message m LEFT JOIN actor a ON a.id = m.author_id
        WHERE m.sign_up_id = $1 ORDER BY m.id
        """,
        sign_up_id,
    )


async def write(conn: Connection, sign_up_id: int, author_id: int, words: str, *, role: Role | None) -> None:
    """Say something to the other side.

    Raises NotFound once the request is answered, Conflict for one message too many.
    """
    if not await fetch_value(conn, "SELECT id FROM sign_up WHERE id = $1 FOR UPDATE", sign_up_id):
        raise NotFound
    await _require_room(conn, sign_up_id, hers=role is None)
    await execute(
        conn,
        "INSERT INTO sign_up_message (id, sign_up_id, author_id, role, words) VALUES ($1, $2, $3, $4, $5)",
        make_id(),
        sign_up_id,
        author_id,
        role,
        words,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCounts:
    """How many messages there are, and how many of hers since the team wrote last."""

    messages: int
    unanswered: int


async def _require_room(conn: Connection, sign_up_id: int, *, hers: bool) -> None:
    counts = await fetch_one(
        conn,
        MessageCounts,
        """
        SELECT count(*) AS messages, count(*) FILTER (WHERE m.id > coalesce((
            SELECT max(id) FROM sign_up_message WHERE sign_up_id = $1 AND role IS NOT NULL), 0)) AS unanswered
        FROM sign_up_message m WHERE m.sign_up_id = $1
        """,
        sign_up_id,
    )
    assert counts is not None
    if counts.messages >= MOST:
        raise Conflict("too_many_sign_up_messages", most=MOST, field="words")
    if hers and counts.unanswered >= MOST_UNANSWERED:
        raise Conflict("sign_up_messages_wait", most=MOST_UNANSWERED, field="words")
