"""What people said yes to: the code that tells the application, used once, and the tokens that come of it."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.access.applications import Application
from models.access.tokens import announce_end
from models.hashing import hash_token
from models.ids import make_id
from models.store.database import Connection, execute, fetch_column, fetch_one

KEPT = timedelta(days=30)
"""So long what an application was allowed is known once it ended."""

CODE_LIFETIME = timedelta(minutes=10)
"""RFC 6749 §4.1.2 recommends no more; some people copy the code by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One person's yes to one application."""

    id: int
    application_id: int
    actor_id: int
    scopes: list[str]
    redirect_uri: str
    challenge: str | None
    created_at: datetime
    redeemed_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What was asked for and allowed; `challenge` is that of PKCE (RFC 7636), S256."""

    actor_id: int
    application_id: int
    scopes: Sequence[str]
    redirect_uri: str
    challenge: str | None


async def allow(conn: Connection, consent: Consent) -> str:
    """Keep the yes; its code, which is said once and cannot be read again."""
    code = secrets.token_urlsafe(32)
    await execute(
        conn,
        """
        INSERT INTO access_grant (id, application_id, actor_id, scopes, redirect_uri, code_hash, challenge)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        make_id(),
        consent.application_id,
        consent.actor_id,
        list(consent.scopes),
        consent.redirect_uri,
        hash_token(code),
        consent.challenge,
    )
    return code


async def redeem(
    conn: Connection, application: Application, code: str, *, redirect_uri: str, verifier: str
) -> Grant | None:
    """Use the code up, if it is this application's, of this redirect URI, and the verifier fits; else None.

    A code that comes twice was read by somebody else: everything that came of it ends (RFC 6749 §4.1.2). The caller
    commits in any case.
    """
    grant = await fetch_one(
        conn,
        Grant,
        """
        SELECT g.id, application_id, g.actor_id, scopes, redirect_uri, challenge, g.created_at, redeemed_at, revoked_at
        FROM access_grant g
        JOIN account ON account.actor_id = g.actor_id
        JOIN actor ON actor.id = g.actor_id
        WHERE code_hash = $1 AND account.disabled_at IS NULL
            AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
        FOR UPDATE OF g
        """,
        hash_token(code),
    )
    if grant is None or grant.revoked_at is not None:
        return None
    if grant.redeemed_at is not None:
        await revoke(conn, grant.id)
        return None
    fits = (
        grant.application_id == application.id
        and grant.redirect_uri == redirect_uri
        and is_answered(grant.challenge, verifier)
    )
    if not fits:
        return None
    used = await execute(
        conn,
        "UPDATE access_grant SET redeemed_at = now() WHERE id = $1 AND created_at > now() - $2::interval",
        grant.id,
        CODE_LIFETIME,
    )
    return grant if used else None


def is_answered(challenge: str | None, verifier: str) -> bool:
    """Whether the verifier is that of the challenge; without a challenge there may be none (RFC 9700 §2.1.1)."""
    if challenge is None:
        return verifier == ""
    digest = hashlib.sha256(verifier.encode(errors="surrogateescape")).digest()
    return secrets.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"="), challenge.encode())


async def make_refresh_token(conn: Connection, grant_id: int) -> str:
    """A token that is good for one new pair."""
    token = secrets.token_urlsafe(32)
    await execute(conn, "INSERT INTO refresh_token (token_hash, grant_id) VALUES ($1, $2)", hash_token(token), grant_id)
    return token


async def use_refresh_token(conn: Connection, application: Application, token: str) -> Grant | None:
    """Use it up: the grant that it belongs to, whose access tokens end here; None when it is not good.

    One that comes twice was stolen, from the application or from us, so that everything of its grant ends. The caller
    commits in any case.
    """
    grant = await fetch_one(
        conn,
        Grant,
        """
        SELECT g.id, application_id, g.actor_id, scopes, redirect_uri, challenge, g.created_at, redeemed_at, revoked_at
        FROM refresh_token r
        JOIN access_grant g ON g.id = r.grant_id
        JOIN account ON account.actor_id = g.actor_id
        JOIN actor ON actor.id = g.actor_id
        WHERE r.token_hash = $1 AND g.revoked_at IS NULL AND account.disabled_at IS NULL
            AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
        FOR UPDATE OF g
        """,
        hash_token(token),
    )
    if grant is None or grant.application_id != application.id:
        return None
    fresh = await execute(
        conn,
        "UPDATE refresh_token SET used_at = now() WHERE token_hash = $1 AND used_at IS NULL",
        hash_token(token),
    )
    if not fresh:
        await revoke(conn, grant.id)
        return None
    await _end_access_tokens(conn, grant.id)
    return grant


async def find_by_refresh_token(conn: Connection, token: str) -> Grant | None:
    """The grant of a refresh token, used or not; looking at it uses nothing."""
    return await fetch_one(
        conn,
        Grant,
        """
        SELECT g.id, application_id, g.actor_id, scopes, redirect_uri, challenge, g.created_at, redeemed_at, revoked_at
        FROM refresh_token r JOIN access_grant g ON g.id = r.grant_id WHERE r.token_hash = $1
        """,
        hash_token(token),
    )


async def revoke(conn: Connection, grant_id: int) -> None:
    """Take the yes back: nothing that came of it opens anything."""
    await execute(conn, "UPDATE access_grant SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL", grant_id)
    await _end_access_tokens(conn, grant_id)


async def _end_access_tokens(conn: Connection, grant_id: int) -> None:
    ended = await fetch_column(
        conn,
        "UPDATE token SET revoked_at = now() WHERE grant_id = $1 AND revoked_at IS NULL RETURNING id",
        grant_id,
    )
    await announce_end(conn, ended)


async def forget_old(conn: Connection) -> int:
    """Delete codes that nobody fetched, grants that ended a month ago, and refresh tokens long used; a chore."""
    return await execute(
        conn,
        """
        WITH spent AS (DELETE FROM refresh_token WHERE used_at < now() - $1::interval)
        DELETE FROM access_grant
        WHERE (redeemed_at IS NULL AND created_at < now() - interval '1 day')
            OR revoked_at < now() - $1::interval
        """,
        KEPT,
    )
