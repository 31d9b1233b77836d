"""Requests to join that were answered: kept a month, so that the team knows who said what."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, fetch_all, fetch_one

KEPT_DAYS = 30
"""So long it is known who was let in or not, and by whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request that somebody answered, with yes (`welcome`) or no."""

    id: int
    name: str
    username: str
    welcome: bool
    answered_by: int | None
    answered_at: datetime


async def find_answered(conn: Connection, id: int) -> Answered | None:
    """How this request was answered lately."""
    return await fetch_one(
        conn,
        Answered,
        "SELECT id, name, username, welcome, answered_by, answered_at FROM answered_sign_up WHERE id = $1",
        id,
    )


async def find_refused(conn: Connection, username: str) -> Answered | None:
    """The last request by this name that was refused lately: the same person may ask again, and another one too."""
    return await fetch_one(
        conn,
        Answered,
        """
        SELECT id, name, username, welcome, answered_by, answered_at FROM answered_sign_up
        WHERE username = $1 AND NOT welcome ORDER BY answered_at DESC, id DESC LIMIT 1
        """,
        username,
    )


async def list_answered(conn: Connection, *, limit: int = 20) -> list[Answered]:
    """The requests answered last."""
    return await fetch_all(
        conn,
        Answered,
        """
        SELECT id, name, username, welcome, answered_by, answered_at FROM answered_sign_up
        ORDER BY answered_at DESC, id DESC LIMIT $1
        """,
        limit,
    )


async def forget_answered(conn: Connection, *, days: int = KEPT_DAYS) -> int:
    """Forget who was let in or not, and by whom; how many."""
    return await execute(
        conn, "DELETE FROM answered_sign_up WHERE answered_at < now() - make_interval(days => $1)", days
    )
