"""What members here asked about frame numbers, and what each cooperative answered; the numbers are not kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.errors import Conflict
from models.ids import make_id
from models.limits import FRAME_INQUIRIES, FRAME_INQUIRIES_HERE
from models.store.database import Connection, execute, execute_many, fetch_all, fetch_value

KEPT = timedelta(days=365)
"""So long both sides keep a line of each question."""

_LOCK = 7_375
"""Of the advisory lock under which questions are counted, so that two at once are not both the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendAnswer:
    """What one cooperative said; `stolen` is None where no answer came."""

    host: str
    name: str
    stolen: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question; `member_id` is None once she left."""

    id: int
    member_id: int | None
    asked_at: datetime
    ending: str
    may_write: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _AnswerRow(FriendAnswer):
    inquiry_id: int


async def begin(conn: Connection, member_id: int, ending: str, *, may_write: bool) -> int:
    """Count one more question of hers and of this server. Needs the caller's transaction.

    Raises Conflict beyond what one member, or all of them, may ask in a day.
    """
    await execute(conn, "SELECT pg_advisory_xact_lock($1)", _LOCK)
    if await count_today(conn, member_id) >= FRAME_INQUIRIES.most:
        raise Conflict("frame_inquiries_too_many", field="number", most=FRAME_INQUIRIES.most)
    here = await fetch_value(
        conn, "SELECT count(*) FROM frame_inquiry WHERE asked_at > now() - $1::interval", FRAME_INQUIRIES_HERE.within
    )
    if here >= FRAME_INQUIRIES_HERE.most:
        raise Conflict("frame_inquiries_too_many_here", field="number", most=FRAME_INQUIRIES_HERE.most)
    inquiry_id = make_id()
    await execute(
        conn,
        "INSERT INTO frame_inquiry (id, member_id, ending, may_write) VALUES ($1, $2, $3, $4)",
        inquiry_id,
        member_id,
        ending,
        may_write,
    )
    return inquiry_id


async def count_today(conn: Connection, member_id: int) -> int:
    """How many questions she asked within a day."""
    found: int = await fetch_value(
        conn,
        "SELECT count(*) FROM frame_inquiry WHERE member_id = $1 AND asked_at > now() - $2::interval",
        member_id,
        FRAME_INQUIRIES.within,
    )
    return found


async def save_answers(conn: Connection, inquiry_id: int, answers: Sequence[FriendAnswer]) -> None:
    """What each cooperative said, or that it is asked."""
    await execute_many(
        conn,
        """
        INSERT INTO frame_answer (inquiry_id, host, name, stolen) VALUES ($1, $2, $3, $4)
        ON CONFLICT (inquiry_id, host) DO UPDATE SET stolen = excluded.stolen
        """,
        [(inquiry_id, one.host, one.name, one.stolen) for one in answers],
    )


async def list_own(conn: Connection, member_id: int, *, limit: int = 20) -> list[Inquiry]:
    """What she asked, the newest first."""
    return await fetch_all(
        conn,
        Inquiry,
        """
        SELECT id, member_id, asked_at, ending, may_write FROM frame_inquiry
        WHERE member_id = $1 ORDER BY asked_at DESC, id DESC LIMIT $2
        """,
        member_id,
        limit,
    )


async def list_all(conn: Connection, *, before: int | None = None, limit: int = 50) -> list[Inquiry]:
    """What everybody here asked, the newest first; for the team."""
    return await fetch_all(
        conn,
        Inquiry,
        """
        SELECT id, member_id, asked_at, ending, may_write FROM frame_inquiry
        WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2
        """,
        before,
        limit,
    )


async def map_answers(conn: Connection, inquiry_ids: Sequence[int]) -> dict[int, list[FriendAnswer]]:
    """What was answered to each of these; those who did not answer last."""
    rows = await fetch_all(
        conn,
        _AnswerRow,
        """
        SELECT inquiry_id, host, name, stolen FROM frame_answer WHERE inquiry_id = ANY($1)
        ORDER BY stolen DESC NULLS LAST, name, host
        """,
        list(inquiry_ids),
    )
    found: dict[int, list[FriendAnswer]] = {id: [] for id in inquiry_ids}
    for row in rows:
        found[row.inquiry_id].append(row)
    return found


async def forget_member(conn: Connection, member_id: int) -> None:
    """She left: the team's lines say no more who asked."""
    await execute(conn, "UPDATE frame_inquiry SET member_id = NULL, may_write = false WHERE member_id = $1", member_id)


async def forget_old(conn: Connection) -> int:
    """Lines of more than a year ago. A sweep."""
    return await execute(conn, "DELETE FROM frame_inquiry WHERE asked_at < now() - $1::interval", KEPT)
