"""Bearer tokens: what an application shows instead of a password. Only their SHA-256 is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.access import applications
from models.access.applications import Application
from models.access.scopes import covers, require_scopes
from models.hashing import hash_token
from models.ids import make_id
from models.people.actors import Actor
from models.store.background.notify import announce
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_records
from models.store.statements import compose, fragment

KEPT = timedelta(days=30)
"""So long a token that ended is known."""

UNUSED_KEPT = timedelta(days=90)
"""So long one of an application alone lives without being used: no person stands behind it."""

CHANNEL = "declic_tokens"
"""Where it is said that tokens ended, as `{"tokens": [their ids]}`, or as `{"actor": id}` for all of one account."""

ANNOUNCED_AT_ONCE = 300
"""Ids that surely fit into one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What an application may do, and for whom; `actor_id` is None for the application itself.

    `application_id` is None for a token that was made by hand, `grant_id` for one that no person allowed on a page.
    Without `confirmed` the account waits for its mail to be answered, `waiting` for a yes of the team: the token opens
    nothing yet; `suspended`, it opens nothing any more. `language` is that of its owner, read with what a request shows
    (`find_by_bearer`).
    """

    id: int
    actor_id: int | None
    application_id: int | None
    grant_id: int | None
    application_name: str
    application_website: str | None
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None
    confirmed: bool = True
    language: str | None = None
    suspended: bool = False
    waiting: bool = False

    def allows(self, scope: str) -> bool:
        """Whether `scope` (`read`, `write:statuses`…) is granted, itself or by what it is a part of."""
        return covers(self.scopes, scope)


async def create(
    conn: Connection,
    *,
    actor_id: int | None,
    scopes: Sequence[str],
    application_name: str = "",
    application: Application | None = None,
    grant_id: int | None = None,
) -> str:
    """A new token; the bearer string is returned once and cannot be read again."""
    require_scopes(scopes)
    bearer = secrets.token_urlsafe(32)
    await execute(
        conn,
        """
        INSERT INTO token
            (id, token_hash, actor_id, application_id, grant_id, application_name, application_website, scopes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        make_id(),
        hash_token(bearer),
        actor_id,
        application.id if application else None,
        grant_id,
        application.name if application else application_name,
        application.website if application else None,
        list(dict.fromkeys(scopes)),
    )
    if application is not None:
        await applications.touch(conn, application.id)
    return bearer


_LIVING = """
    FROM token
    LEFT JOIN account ON account.actor_id = token.actor_id
    LEFT JOIN actor ON actor.id = token.actor_id
    WHERE token.revoked_at IS NULL AND account.disabled_at IS NULL
        AND actor.deleted_at IS NULL
"""

_SHOWN = fragment(
    """
    SELECT token.id, token.actor_id, application_id, grant_id, application_name, application_website, scopes,
        token.created_at, used_at, account.actor_id IS NULL OR account.confirmed_at IS NOT NULL OR EXISTS (
            SELECT FROM sign_up s WHERE s.actor_id = account.actor_id AND s.confirmed_at IS NOT NULL) AS confirmed,
        account.language, actor.suspended_at IS NOT NULL AND account.waits_since IS NULL AS suspended,
        account.waits_since IS NOT NULL AS waiting
    {living} AND token.token_hash = $1
    """,
    living=_LIVING,
)

_BY_BEARER = compose(_SHOWN)

_WITH_ACTOR = compose(
    "SELECT shown.*, owner.* FROM ({shown}) AS shown LEFT JOIN full_actor AS owner ON owner.id = shown.actor_id",
    shown=_SHOWN,
)

_BY_ID = compose(
    """
    SELECT token.id {living} AND account.waits_since IS NULL AND actor.suspended_at IS NULL
        AND token.id = ANY($1::bigint[])
    """,
    living=_LIVING,
)


async def find_by_bearer(conn: Connection, bearer: str) -> Token | None:
    """The living token with this bearer string, unless its account is disabled or gone."""
    return await fetch_one(conn, Token, _BY_BEARER, hash_token(bearer))


async def find_with_actor(conn: Connection, bearer: str) -> tuple[Token, Actor | None] | None:
    """The same with whom it belongs to, in one question: every call of an app asks it."""
    for row in await fetch_records(conn, _WITH_ACTOR, hash_token(bearer)):
        columns = list(row.items())
        own, owners = columns[: len(Token.__slots__)], columns[len(Token.__slots__) :]
        token = Token(**dict(own))
        return token, None if token.actor_id is None else Actor(**dict(owners))
    return None


async def filter_living(conn: Connection, token_ids: list[int]) -> set[int]:
    """Those of these tokens that still open something."""
    return set(await fetch_column(conn, _BY_ID, token_ids))


async def find_living(conn: Connection, bearer: str) -> Token | None:
    """The token with this bearer string while nobody took it back, whatever became of its account."""
    return await fetch_one(
        conn,
        Token,
        """
        SELECT id, actor_id, application_id, grant_id, application_name, application_website, scopes,
               created_at, used_at
        FROM token WHERE token_hash = $1 AND revoked_at IS NULL
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
        SELECT id, actor_id, application_id, grant_id, application_name, application_website, scopes,
               created_at, used_at
        FROM token WHERE actor_id = $1 AND revoked_at IS NULL
        ORDER BY id DESC
        """,
        actor_id,
    )


async def revoke(conn: Connection, actor_id: int, token_id: int) -> bool:
    """Take back one token of this account, and all that the same yes led to; False when it has none such."""
    return await _end(
        conn,
        await fetch_column(
            conn,
            """
            UPDATE token SET revoked_at = now()
            WHERE actor_id = $1 AND revoked_at IS NULL AND (id = $2 OR grant_id = (
                SELECT grant_id FROM token WHERE id = $2 AND actor_id = $1 AND revoked_at IS NULL))
            RETURNING id
            """,
            actor_id,
            token_id,
        ),
    )


async def revoke_bearer(conn: Connection, bearer: str) -> None:
    """Take back the token with this bearer string, and its refresh tokens; unknown ones are ignored (RFC 7009 §2.2)."""
    ended = await fetch_column(
        conn,
        "UPDATE token SET revoked_at = now() WHERE token_hash = $1 AND revoked_at IS NULL RETURNING id",
        hash_token(bearer),
    )
    await _end(conn, ended)


async def _end(conn: Connection, token_ids: Sequence[int]) -> bool:
    """What follows when tokens ended: their grants end, and it is said to whoever holds streams open."""
    if token_ids:
        await execute(
            conn,
            """
            UPDATE access_grant SET revoked_at = now()
            WHERE revoked_at IS NULL AND id IN (SELECT grant_id FROM token WHERE id = ANY($1))
            """,
            token_ids,
        )
    await announce_end(conn, token_ids)
    return bool(token_ids)


async def announce_end(conn: Connection, token_ids: Sequence[int]) -> None:
    """Tell whoever listens on CHANNEL, once the transaction commits, that these tokens open nothing any more."""
    for begin in range(0, len(token_ids), ANNOUNCED_AT_ONCE):
        await announce(conn, CHANNEL, {"tokens": list(token_ids[begin : begin + ANNOUNCED_AT_ONCE])})


async def end_access(conn: Connection, actor_id: int, *, except_session: bytes = b"") -> None:
    """Close every door of one account: sessions but the one with this hash, tokens, refresh tokens, codes, streams.

    The database does the same by itself when an account is disabled, suspended or deleted.
    """
    await execute(conn, "SELECT end_access($1, $2)", actor_id, except_session)


async def forget_old(conn: Connection) -> int:
    """Delete tokens that ended a month ago, and those of applications alone that were long not used; a chore."""
    return await execute(
        conn,
        """
        DELETE FROM token
        WHERE revoked_at < now() - $1::interval
            OR (actor_id IS NULL AND coalesce(used_at, created_at) < now() - $2::interval)
        """,
        KEPT,
        UNUSED_KEPT,
    )
