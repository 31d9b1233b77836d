"""What is half done for a few minutes: a log-in that lacks its second proof, a challenge that a passkey has to sign."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.hashing import hash_token
from models.store.database import Connection, execute, fetch_one

Purpose = Literal["second", "passkey", "register"]
"""The second proof of somebody whose first was right; a passkey instead of everything; a new passkey."""

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginStep:
    """One such step; `actor_id` is None while nobody knows who it will be."""

    token_hash: bytes
    purpose: Purpose
    actor_id: int | None
    challenge: bytes
    expires_at: datetime
    without_password: bool
    """Whether the first proof was a link in a mail."""


async def begin(
    conn: Connection, purpose: Purpose, actor_id: int | None = None, *, without_password: bool = False
) -> tuple[str, LoginStep]:
    """A new step; its token stands in the form that ends it."""
    token = secrets.token_urlsafe(32)
    step = await fetch_one(
        conn,
        LoginStep,
        """
        INSERT INTO login_step (token_hash, purpose, actor_id, challenge, expires_at, without_password)
        VALUES ($1, $2, $3, $4, now() + $5::interval, $6)
        RETURNING token_hash, purpose, actor_id, challenge, expires_at, without_password
        """,
        hash_token(token),
        purpose,
        actor_id,
        secrets.token_bytes(32),
        LIFETIME,
        without_password,
    )
    assert step is not None, "an INSERT without a condition returns its row"
    return token, step


async def find(conn: Connection, purpose: Purpose, token: str) -> LoginStep | None:
    """The living step of this token."""
    return await fetch_one(
        conn,
        LoginStep,
        """
        SELECT token_hash, purpose, actor_id, challenge, expires_at, without_password
        FROM login_step WHERE token_hash = $1 AND purpose = $2 AND expires_at > now()
        """,
        hash_token(token),
        purpose,
    )


async def finish(conn: Connection, step: LoginStep) -> bool:
    """Use it up; False when it was used meanwhile."""
    return await execute(conn, "DELETE FROM login_step WHERE token_hash = $1", step.token_hash) > 0


async def forget_old(conn: Connection) -> int:
    """Delete what nobody finished; a chore."""
    return await execute(conn, "DELETE FROM login_step WHERE expires_at < now()")
