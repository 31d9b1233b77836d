"""Chores that fail: how often, since when and why, until they went well for two hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.errors import DeclicError, Unfinished
from models.store.database import Connection, execute, fetch_all

CAUSE_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingTask:
    """A chore that fails, or did within the last two hours; `cause` is of the last failure, `since` of the first."""

    name: str
    failures: int
    cause: str
    since: datetime
    last_at: datetime


async def note_failure(conn: Connection, name: str, cause: str) -> None:
    """A run of this chore failed."""
    await execute(
        conn,
        """
        INSERT INTO chore_trouble (name, cause) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE
        SET failures = chore_trouble.failures + 1, cause = excluded.cause, last_at = excluded.last_at
        """,
        name,
        cause[:CAUSE_LIMIT],
    )


async def note_success(conn: Connection, name: str) -> None:
    """A run of this chore ended well. What fails for one member is put off: it is over only after two hours without."""
    await execute(conn, "DELETE FROM chore_trouble WHERE name = $1 AND last_at < now() - interval '2 hours'", name)


async def forget_old(conn: Connection) -> int:
    """Forget what has not failed for four weeks: nobody asked for it again, or this version knows no such chore."""
    return await execute(conn, "DELETE FROM chore_trouble WHERE last_at < now() - interval '28 days'")


async def list_failing(conn: Connection) -> list[FailingTask]:
    """The chores that fail, the longest first; there are only as many as there are chores."""
    return await fetch_all(
        conn, FailingTask, "SELECT name, failures, cause, since, last_at FROM chore_trouble ORDER BY since, name"
    )


def describe_cause(error: Exception) -> str:
    """What an error says, or at least what it is."""
    return str(error) or type(error).__name__


def describe_place(error: Exception) -> Exception | None:
    """The error itself where only a traceback says what is wrong, a mistake; what is said in words needs none."""
    return None if isinstance(error, DeclicError) else error


def require_whole(failed: Mapping[str, Exception]) -> None:
    """Raise Unfinished where parts of a chore failed, by what they are about; the rest was done all the same."""
    if failed:
        raise Unfinished("; ".join(f"{part}: {describe_cause(error)}" for part, error in failed.items()))
