"""What servers of friends asked about frame numbers, and what they were told; the numbers are not kept."""

from dataclasses import dataclass
from datetime import datetime

from models.ids import make_id
from models.limits import FRAME_QUESTIONS
from models.repairs.frame_numbers.inquiries import KEPT
from models.repairs.frame_numbers.sightings import COMPLETED
from models.store.database import Connection, execute, fetch_all, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerQuestion:
    """One of them."""

    id: int
    host: str
    asked_at: datetime
    ending: str
    stolen: bool


async def lock_host(conn: Connection, host: str) -> None:
    """Let this server ask nothing else before the transaction ends."""
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtextextended('frame_question ' || $1, 0))", host)


async def find_answer(conn: Connection, host: str, uri: str) -> bool | None:
    """What this very question of this server was answered before; None for a new one."""
    found: bool | None = await fetch_value(
        conn, "SELECT stolen FROM frame_question WHERE host = $1 AND $2 IN (uri, completed_by)", host, uri
    )
    return found


async def find_first(conn: Connection, host: str, ending: str) -> int | None:
    """What this server asked just before about such a number, was told yes to, and has not completed yet."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT max(id) FROM frame_question
        WHERE host = $1 AND ending = $2 AND stolen AND completed_by IS NULL AND asked_at > now() - $3::interval
        """,
        host,
        ending,
        COMPLETED,
    )
    return found


async def complete(conn: Connection, question_id: int, uri: str) -> None:
    """The question of this id, with an address in it, is one with that."""
    await execute(conn, "UPDATE frame_question SET completed_by = $2 WHERE id = $1", question_id, uri)


async def close(conn: Connection, question_id: int) -> None:
    """The question of this id is one with no other."""
    await execute(conn, "UPDATE frame_question SET completed_by = uri WHERE id = $1", question_id)


async def has_room(conn: Connection, host: str) -> bool:
    """Whether this server may ask one more today."""
    asked: int = await fetch_value(
        conn,
        "SELECT count(*) FROM frame_question WHERE host = $1 AND asked_at > now() - $2::interval",
        host,
        FRAME_QUESTIONS.within,
    )
    return asked < FRAME_QUESTIONS.most


async def save(conn: Connection, host: str, uri: str, ending: str, *, stolen: bool) -> None:
    """A line of it."""
    await execute(
        conn,
        "INSERT INTO frame_question (id, host, uri, ending, stolen) VALUES ($1, $2, $3, $4, $5)",
        make_id(),
        host,
        uri,
        ending,
        stolen,
    )


async def list_all(conn: Connection, *, before: int | None = None, limit: int = 50) -> list[PeerQuestion]:
    """The newest first; for the team."""
    return await fetch_all(
        conn,
        PeerQuestion,
        """
        SELECT id, host, asked_at, ending, stolen FROM frame_question
        WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2
        """,
        before,
        limit,
    )


async def forget_old(conn: Connection) -> int:
    """Lines of more than a year ago. A sweep."""
    return await execute(conn, "DELETE FROM frame_question WHERE asked_at < now() - $1::interval", KEPT)
