"""Applications that may ask people to let them in (OAuth 2 clients). Of their secrets only the SHA-256 is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.hashing import hash_token
from models.ids import make_id
from models.store.database import Connection, execute, fetch_one

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect URI of clients without one: the code is shown to the person, who copies it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApplication:
    """What a client says about itself, checked."""

    name: str
    website: str | None
    redirect_uris: Sequence[str]
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A registered client; `scopes` is the most that it may ask for."""

    id: int
    client_id: str
    secret_hash: bytes
    name: str
    website: str | None
    redirect_uris: list[str]
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None

    def has_secret(self, secret: str) -> bool:
        """Whether this is its secret; takes the same time for every wrong one."""
        return secrets.compare_digest(self.secret_hash, hash_token(secret))


async def register(conn: Connection, new: NewApplication) -> tuple[Application, str]:
    """A new client and its secret, which cannot be read again."""
    secret = secrets.token_urlsafe(32)
    made = await fetch_one(
        conn,
        Application,
        """
        INSERT INTO application (id, client_id, secret_hash, name, website, redirect_uris, scopes)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        RETURNING id, client_id, secret_hash, name, website, redirect_uris, scopes, created_at, used_at
        """,
        make_id(),
        secrets.token_urlsafe(32),
        hash_token(secret),
        new.name,
        new.website,
        list(new.redirect_uris),
        list(new.scopes),
    )
    assert made is not None, "an INSERT without a condition returns its row"
    return made, secret


async def find_by_client_id(conn: Connection, client_id: str) -> Application | None:
    """The client of this id."""
    if not client_id.isascii() or "\0" in client_id:
        return None
    return await fetch_one(
        conn,
        Application,
        """
        SELECT id, client_id, secret_hash, name, website, redirect_uris, scopes, created_at, used_at
        FROM application WHERE client_id = $1
        """,
        client_id,
    )


async def find(conn: Connection, application_id: int) -> Application | None:
    """The client of this row."""
    return await fetch_one(
        conn,
        Application,
        """
        SELECT id, client_id, secret_hash, name, website, redirect_uris, scopes, created_at, used_at
        FROM application WHERE id = $1
        """,
        application_id,
    )


async def touch(conn: Connection, application_id: int) -> None:
    """Remember that it got a token."""
    await execute(conn, "UPDATE application SET used_at = now() WHERE id = $1", application_id)


async def forget_unused(conn: Connection) -> int:
    """Delete clients that hold no living token: those never used after a week, others after a year; a chore.

    Web clients register anew at each log-in; programs keep their registration on disk and come back with it.
    """
    return await execute(
        conn,
        """
        DELETE FROM application
        WHERE coalesce(used_at + interval '1 year', created_at + interval '7 days') < now()
            AND NOT EXISTS (SELECT FROM token WHERE token.application_id = application.id AND revoked_at IS NULL)
            AND NOT EXISTS (SELECT FROM access_grant WHERE access_grant.application_id = application.id
                AND access_grant.created_at > now() - interval '1 day')
        """,
    )
