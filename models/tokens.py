"""Bearer tokens: what an application shows instead of a password. Only their SHA-256 is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.database import Connection, execute, fetch_all, fetch_one
from models.errors import Invalid
from models.ids import make_id
from models.sessions import hash_token

SCOPES = ("read", "write", "follow", "push")
"""The scopes that stand alone; `read:statuses` and the like are parts of one of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What an application may do, and for whom; `actor_id` is None for the application itself."""

    id: int
    actor_id: int | None
    application_name: str
    application_website: str | None
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None

    def allows(self, scope: str) -> bool:
        """Whether `scope` (`read`, `write:statuses`…) is granted, itself or by what it is a part of."""
        return scope in self.scopes or scope.partition(":")[0] in self.scopes


def require_scopes(scopes: Sequence[str]) -> None:
    """Raise Invalid unless each scope is one of SCOPES or a part of one."""
    for scope in scopes:
        if scope.partition(":")[0] not in SCOPES:
            raise Invalid(f"{scope} is not a scope; there are: {', '.join(SCOPES)}.", field="scopes")
    if not scopes:
        raise Invalid("A token needs at least one scope.", field="scopes")


async def create(
    conn: Connection,
    *,
    actor_id: int | None,
    scopes: Sequence[str],
    application_name: str = "",
    application_website: str | None = None,
) -> str:
    """A new token; the bearer string is returned once and cannot be read again."""
    require_scopes(scopes)
    bearer = secrets.token_urlsafe(32)
    await execute(
        conn,
        """
        INSERT INTO token (id, token_hash, actor_id, application_name, application_website, scopes)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        make_id(),
        hash_token(bearer),
        actor_id,
        application_name,
        application_website,
        list(dict.fromkeys(scopes)),
    )
    return bearer


async def find_by_bearer(conn: Connection, bearer: str) -> Token | None:
    """The living token with this bearer string, unless its account is disabled or gone."""
    return await fetch_one(
        conn,
        Token,
        """
        SELECT token.id, token.actor_id, application_name, application_website, scopes, token.created_at,
            used_at
        FROM token
        LEFT JOIN account ON account.actor_id = token.actor_id
        LEFT JOIN actor ON actor.id = token.actor_id
        WHERE token_hash = $1 AND revoked_at IS NULL AND account.disabled_at IS NULL
          AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
        """,
        hash_token(bearer),
    )


async def touch(conn: Connection, token_id: int) -> None:
    """Remember that the token was used; written at most once an hour."""
    await execute(
        conn,
        """
        UPDATE token SET used_at = now()
        WHERE id = $1 AND (used_at IS NULL OR used_at < now() - interval '1 hour')
        """,
        token_id,
    )


async def list_of(conn: Connection, actor_id: int) -> list[Token]:
    """The living tokens of this account, the newest first."""
    return await fetch_all(
        conn,
        Token,
        """
        SELECT id, actor_id, application_name, application_website, scopes, created_at, used_at
        FROM token WHERE actor_id = $1 AND revoked_at IS NULL
        ORDER BY id DESC
        """,
        actor_id,
    )


async def revoke(conn: Connection, actor_id: int, token_id: int) -> bool:
    """Take back one token of this account; False when it has none such."""
    revoked = await execute(
        conn,
        "UPDATE token SET revoked_at = now() WHERE id = $2 AND actor_id = $1 AND revoked_at IS NULL",
        actor_id,
        token_id,
    )
    return revoked > 0


async def revoke_bearer(conn: Connection, bearer: str) -> None:
    """Take back the token with this bearer string; unknown ones are ignored (RFC 7009 §2.2)."""
    await execute(
        conn,
        "UPDATE token SET revoked_at = now() WHERE token_hash = $1 AND revoked_at IS NULL",
        hash_token(bearer),
    )


async def revoke_all(conn: Connection, actor_id: int) -> None:
    """Take back every token of this account."""
    await execute(conn, "UPDATE token SET revoked_at = now() WHERE actor_id = $1 AND revoked_at IS NULL", actor_id)
