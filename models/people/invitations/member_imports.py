"""Members brought in by a list: looked at first, then made line by line, each with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.ids import make_id
from models.store.database import Connection, execute, execute_many, fetch_all, fetch_column, fetch_one

KEPT_DAYS = 30
"""So long a list of members that was brought is known."""

UNCONFIRMED_KEPT = timedelta(days=1)
"""And one that nobody confirmed."""

LineState = Literal["waiting", "made", "email_taken", "username_taken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMemberLine:
    """One line of a list, as an account will be made of it; `line` is its number in the file."""

    line: int
    name: str
    username: str
    email: str
    commune_code: str | None
    place: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """One line, and what became of it."""

    line: int
    name: str
    username: str
    email: str
    commune_code: str | None
    place: bool
    state: LineState
    actor_id: int | None
    mail_state: Literal["sent", "refused"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberImport:
    """A list. Without `confirmed_at` nothing was made of it, without `finished_at` it is still at work."""

    id: int
    made_by: int | None
    created_at: datetime
    confirmed_at: datetime | None
    finished_at: datetime | None
    total: int
    settled: int
    made: int


async def create(conn: Connection, made_by: int, lines: Sequence[NewMemberLine]) -> int:
    """Keep a list that was looked at; its row id."""
    id = make_id()
    await execute(conn, "INSERT INTO member_import (id, made_by) VALUES ($1, $2)", id, made_by)
    await execute_many(
        conn,
        """
        INSERT INTO member_import_line (import_id, line, name, username, email, commune_code, place)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        [(id, one.line, one.name, one.username, one.email, one.commune_code, one.place) for one in lines],
    )
    return id


async def find(conn: Connection, id: int) -> MemberImport | None:
    """One list, with how far it is."""
    return await fetch_one(
        conn,
        MemberImport,
        """
        SELECT i.id, i.made_by, i.created_at, i.confirmed_at, i.finished_at, count(l.line) AS total,
            count(*) FILTER (WHERE l.state <> 'waiting') AS settled, count(*) FILTER (WHERE l.state = 'made') AS made
        FROM member_import i LEFT JOIN member_import_line l ON l.import_id = i.id
        WHERE i.id = $1 GROUP BY i.id
        """,
        id,
    )


async def list_recent(conn: Connection, *, limit: int = 10) -> list[MemberImport]:
    """The lists of which members were made, the latest first."""
    return await fetch_all(
        conn,
        MemberImport,
        """
        SELECT i.id, i.made_by, i.created_at, i.confirmed_at, i.finished_at, count(l.line) AS total,
            count(*) FILTER (WHERE l.state <> 'waiting') AS settled, count(*) FILTER (WHERE l.state = 'made') AS made
        FROM member_import i LEFT JOIN member_import_line l ON l.import_id = i.id
        WHERE i.confirmed_at IS NOT NULL GROUP BY i.id ORDER BY i.id DESC LIMIT $1
        """,
        limit,
    )


async def list_lines(conn: Connection, id: int) -> list[MemberLine]:
    """Its lines in their order."""
    return await fetch_all(
        conn,
        MemberLine,
        """
        SELECT line, name, username, email, commune_code, place, state, actor_id, mail_state FROM member_import_line
        WHERE import_id = $1 ORDER BY line
        """,
        id,
    )


async def list_unseen(conn: Connection, id: int) -> list[MemberLine]:
    """Its members who were never here: those who still need their first link."""
    return await fetch_all(
        conn,
        MemberLine,
        """
        SELECT l.line, l.name, l.username, l.email, l.commune_code, l.place, l.state, l.actor_id, l.mail_state
        FROM member_import_line l JOIN account a ON a.actor_id = l.actor_id
        WHERE l.import_id = $1 AND a.password_hash IS NULL AND a.last_seen_at IS NULL AND a.disabled_at IS NULL
        ORDER BY l.line
        """,
        id,
    )


async def confirm(conn: Connection, id: int) -> bool:
    """It shall be done; False where that was said before."""
    return bool(
        await execute(conn, "UPDATE member_import SET confirmed_at = now() WHERE id = $1 AND confirmed_at IS NULL", id)
    )


async def claim_line(conn: Connection, id: int) -> MemberLine | None:
    """The next line that nobody made yet, kept for this transaction alone."""
    return await fetch_one(
        conn,
        MemberLine,
        """
        SELECT line, name, username, email, commune_code, place, state, actor_id, mail_state FROM member_import_line
        WHERE import_id = $1 AND state = 'waiting' ORDER BY line LIMIT 1 FOR UPDATE SKIP LOCKED
        """,
        id,
    )


async def settle_line(conn: Connection, id: int, line: int, state: LineState, actor_id: int | None = None) -> None:
    """What became of a line."""
    await execute(
        conn,
        """
        UPDATE member_import_line SET state = $3, actor_id = $4
        WHERE import_id = $1 AND line = $2 AND state = 'waiting'
        """,
        id,
        line,
        state,
        actor_id,
    )


async def note_mail(conn: Connection, actor_id: int, *, sent: bool) -> None:
    """Whether the mail with the first link left."""
    await execute(
        conn,
        "UPDATE member_import_line SET mail_state = CASE WHEN $2 THEN 'sent' ELSE 'refused' END WHERE actor_id = $1",
        actor_id,
        sent,
    )


async def finish(conn: Connection, id: int) -> None:
    """Every line has its answer."""
    await execute(conn, "UPDATE member_import SET finished_at = coalesce(finished_at, now()) WHERE id = $1", id)


async def filter_usernames(conn: Connection, usernames: Sequence[str]) -> list[str]:
    """Names that were ever given out and are one of these, numbers at the end aside."""
    return await fetch_column(
        conn,
        """
        SELECT username FROM used_username
        WHERE given_back_at IS NULL AND regexp_replace(username, '[0-9]+$', '') IN (
            SELECT regexp_replace(one, '[0-9]+$', '') FROM unnest($1::text[]) AS one)
        """,
        list(usernames),
    )


async def forget_old(conn: Connection, *, days: int = KEPT_DAYS) -> int:
    """Forget lists that nobody confirmed within a day, and the others after a month; how many."""
    return await execute(
        conn,
        """
        DELETE FROM member_import WHERE created_at < now() - make_interval(days => $1)
            OR confirmed_at IS NULL AND created_at < now() - $2::interval
        """,
        days,
        UNCONFIRMED_KEPT,
    )
