"""Mails that did not leave: to whom, what kind, why, and the job that sends one again; never what it says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.ids import make_id
from models.news.news_mails import MailState
from models.store.background import job_basics, jobs
from models.store.database import Connection, execute, fetch_all, fetch_records

PASSING = ("away", "login", "busy")
"""Causes that are over once the mail server takes mails again: what failed of them can be sent again all together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailJob:
    """The job that sends a mail, by which its tries are known as one."""

    name: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedMail:
    """A mail that did not arrive, for administrators. Without a `username` it goes to somebody without an account.

    `payload` is its job's, where it can be sent again.
    """

    id: int
    username: str | None
    name: str | None
    kind: str
    state: MailState
    attempts: int
    cause: str
    created_at: datetime
    payload: dict[str, Any] | None


async def save_failure(
    conn: Connection, recipient_id: int | None, kind: str, cause: str, *, final: bool, job: MailJob | None = None
) -> None:
    """A mail about an account, or to an address without one, did not leave: one line, however often it is tried.

    It has failed once its job is tried no more.
    """
    await execute(
        conn,
        """
        WITH known AS (
            UPDATE mail SET cause = $4, attempts = attempts + 1,
                state = CASE WHEN $5 OR attempts >= $8 THEN 'failed' ELSE state END,
                finished_at = CASE WHEN $5 OR attempts >= $8 THEN now() ELSE finished_at END
            WHERE recipient_id IS NOT DISTINCT FROM $2 AND kind = $3 AND payload IS NOT DISTINCT FROM $7
                AND state = 'waiting' AND cause IS NOT NULL RETURNING id
        )
        INSERT INTO mail (id, recipient_id, kind, state, attempts, cause, finished_at, job, payload)
        SELECT $1, $2, $3, CASE WHEN $5 THEN 'failed' ELSE 'waiting' END, 1, $4, CASE WHEN $5 THEN now() END, $6, $7
        WHERE NOT EXISTS (SELECT FROM known)
        """,
        make_id(),
        recipient_id,
        kind,
        cause,
        final,
        job.name if job is not None else None,
        job.payload if job is not None else None,
        job_basics.ATTEMPTS,
    )


async def forget_failure(conn: Connection, recipient_id: int | None, kind: str, job: MailJob | None = None) -> None:
    """A mail left at last, and so did whatever an earlier one was to tell of the same thing."""
    await execute(
        conn,
        """
        DELETE FROM mail WHERE recipient_id IS NOT DISTINCT FROM $1 AND kind = $2 AND cause IS NOT NULL
            AND (state = 'waiting' AND (payload IS NULL OR payload = $3) OR payload ->> 'id' = $3::jsonb ->> 'id')
        """,
        recipient_id,
        kind,
        job.payload if job is not None else None,
    )


async def list_failed(conn: Connection, *, before: int | None = None, limit: int = 50) -> list[FailedMail]:
    """Mails that did not leave, the newest first, by keyset."""
    return await fetch_all(
        conn,
        FailedMail,
        """
        SELECT m.id, a.username, a.name, m.kind, m.state, m.attempts, m.cause, m.created_at, m.payload
        FROM mail m LEFT JOIN actor a ON a.id = m.recipient_id
        WHERE m.cause IS NOT NULL AND ($1::bigint IS NULL OR m.id < $1) ORDER BY m.id DESC LIMIT $2
        """,
        before,
        limit,
    )


async def send_again(conn: Connection, id: int | None) -> int:
    """Have one sent again that failed, or without an `id` all whose cause may be over; how many.

    It is forgotten here, and seen again where it fails again. What may have arrived is never sent twice.
    """
    found = await fetch_records(
        conn,
        """
        DELETE FROM mail WHERE state = 'failed' AND job IS NOT NULL AND cause <> 'interrupted'
            AND CASE WHEN $1::bigint IS NULL THEN cause = ANY($2) ELSE id = $1 END
        RETURNING job, payload
        """,
        id,
        list(PASSING),
    )
    for row in found:
        await jobs.enqueue(conn, row["job"], row["payload"])
    return len(found)
