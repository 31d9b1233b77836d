"""One-time links: log in, confirm an address, choose a new password, set the instance up."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.errors import Gone
from models.hashing import hash_token
from models.store.database import Connection, execute, fetch_one

KEPT = timedelta(days=7)
"""So long a link that ended is known, so that it can be said that it ended."""

Purpose = Literal["login", "confirm", "password", "setup"]

LIFETIMES: dict[Purpose, timedelta] = {
    "login": timedelta(hours=1),
    "confirm": timedelta(days=3),
    "password": timedelta(hours=1),
    "setup": timedelta(days=3),
}

BY_HAND = timedelta(days=2)
"""For a link that an administrator hands over: it travels by telephone or on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """A link that acts once, for one account (none for the first set-up)."""

    token_hash: bytes
    purpose: Purpose
    actor_id: int | None
    email: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


async def create(
    conn: Connection,
    purpose: Purpose,
    *,
    actor_id: int | None = None,
    email: str | None = None,
    lifetime: timedelta | None = None,
) -> str:
    """A new link's token. `email` is the address that following the link confirms."""
    token = secrets.token_urlsafe(32)
    await execute(
        conn,
        """
        INSERT INTO one_time_link (token_hash, purpose, actor_id, email, expires_at)
        VALUES ($1, $2, $3, $4, now() + $5::interval)
        """,
        hash_token(token),
        purpose,
        actor_id,
        email,
        lifetime or LIFETIMES[purpose],
    )
    return token


async def find(conn: Connection, token: str) -> OneTimeLink | None:
    """The link of this token while it can still be used; looking at it does not use it."""
    return await fetch_one(
        conn,
        OneTimeLink,
        """
        SELECT token_hash, purpose, actor_id, email, created_at, expires_at, used_at
        FROM one_time_link WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
        """,
        hash_token(token),
    )


async def use(conn: Connection, token: str, *purposes: Purpose) -> OneTimeLink:
    """Use the link up, if it is for one of `purposes`. Raises Gone when it is unknown, used or too old."""
    link = await fetch_one(
        conn,
        OneTimeLink,
        """
        UPDATE one_time_link SET used_at = now()
        WHERE token_hash = $1 AND purpose = ANY($2) AND used_at IS NULL AND expires_at > now()
        RETURNING token_hash, purpose, actor_id, email, created_at, expires_at, used_at
        """,
        hash_token(token),
        list(purposes),
    )
    if link is None:
        raise Gone("link_expired")
    return link


async def revoke_all(conn: Connection, purpose: Purpose, actor_id: int | None) -> None:
    """Make the unused links for this purpose and account useless."""
    await execute(
        conn,
        """
        DELETE FROM one_time_link
        WHERE purpose = $1 AND actor_id IS NOT DISTINCT FROM $2 AND used_at IS NULL
        """,
        purpose,
        actor_id,
    )


async def forget_expired(conn: Connection) -> int:
    """Delete links that ended more than a week ago; a chore."""
    return await execute(conn, "DELETE FROM one_time_link WHERE expires_at < now() - $1::interval", KEPT)
