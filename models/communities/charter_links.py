"""Links by which somebody whose server knows no Join answers the charter of a community, each once."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.errors import Gone
from models.hashing import hash_token
from models.store.database import Connection, execute, fetch_one

LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterLink:
    """Who may answer which version of whose charter; `used` where she did."""

    community_id: int
    actor_id: int
    version: int
    used: bool


async def create(conn: Connection, community_id: int, actor_id: int, version: int) -> str:
    """The token of a new link by which this person answers this version."""
    token = secrets.token_urlsafe(24)
    await execute(
        conn,
        """
        INSERT INTO community_link (token_hash, community_id, actor_id, version, expires_at)
        VALUES ($1, $2, $3, $4, $5)
        """,
        hash_token(token),
        community_id,
        actor_id,
        version,
        datetime.now(UTC) + LASTS,
    )
    return token


async def find(conn: Connection, token: str) -> CharterLink | None:
    """The link of this token until its time is over; looking at it does not use it."""
    return await fetch_one(
        conn,
        CharterLink,
        """
        SELECT community_id, actor_id, version, used_at IS NOT NULL AS used FROM community_link
        WHERE token_hash = $1 AND expires_at > now()
        """,
        hash_token(token),
    )


async def use(conn: Connection, token: str) -> CharterLink:
    """Use the link up. Raises Gone for one that is unknown, too old or used."""
    found = await fetch_one(
        conn,
        CharterLink,
        """
        UPDATE community_link SET used_at = now() WHERE token_hash = $1 AND expires_at > now() AND used_at IS NULL
        RETURNING community_id, actor_id, version, true AS used
        """,
        hash_token(token),
    )
    if found is None:
        raise Gone("community_link_expired")
    return found


async def forget_old(conn: Connection) -> int:
    """Remove links whose time is over."""
    return await execute(conn, "DELETE FROM community_link WHERE expires_at < now()")
