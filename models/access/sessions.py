"""Log-in sessions: a random token in the browser, only its SHA-256 here."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.hashing import hash_token
from models.people.accounts import ACCOUNT, Account
from models.store.database import Connection, execute, fetch_all, fetch_records
from models.store.statements import compose

LIFETIME = timedelta(days=90)
"""How long a session lives after its last use."""

TOUCHED = timedelta(hours=1)
"""How long a session that was used is taken for used."""

CONFIRMED = timedelta(minutes=15)
"""How long a password that was asked for again opens what is locked even to who is logged in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which somebody is logged in."""

    token_hash: bytes
    actor_id: int
    csrf_token: str
    user_agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None
    without_password: bool
    """Whether she came in by a link in a mail or by a passkey."""

    @property
    def is_confirmed(self) -> bool:
        """Whether the password was asked for again just now, so that this is no screen left unlocked."""
        return self.confirmed_at is not None and self.confirmed_at > datetime.now(UTC) - CONFIRMED

    @property
    def is_new(self) -> bool:
        """Whether somebody logged in just now."""
        return self.created_at > datetime.now(UTC) - CONFIRMED

    @property
    def handle(self) -> str:
        """A name for this session that may stand in a page: it lets nobody in."""
        return self.token_hash[:12].hex()


_WITH_ACCOUNT = compose(
    """
    SELECT session.token_hash AS session_token_hash, session.actor_id AS session_actor_id,
        session.csrf_token AS session_csrf_token, session.user_agent AS session_user_agent,
        session.created_at AS session_created_at, session.seen_at AS session_seen_at,
        session.expires_at AS session_expires_at, session.confirmed_at AS session_confirmed_at,
        session.without_password AS session_without_password, {account}
    FROM session JOIN account ON account.actor_id = session.actor_id JOIN actor ON actor.id = session.actor_id
    WHERE token_hash = $1 AND expires_at > now() AND account.disabled_at IS NULL AND actor.deleted_at IS NULL
    """,
    account=ACCOUNT,
)


async def create(conn: Connection, actor_id: int, user_agent: str, *, without_password: bool = False) -> str:
    """Open a session; the token to put in the cookie. Its form token is another random value."""
    token = secrets.token_urlsafe(32)
    await execute(
        conn,
        """
        INSERT INTO session (token_hash, actor_id, csrf_token, user_agent, expires_at, without_password)
        VALUES ($1, $2, $3, $4, now() + $5::interval, $6)
        """,
        hash_token(token),
        actor_id,
        secrets.token_urlsafe(32),
        user_agent[:300].encode(errors="replace").decode(),
        LIFETIME,
        without_password,
    )
    return token


async def find(conn: Connection, token: str) -> Session | None:
    """The living session of this token, unless its account is disabled or gone. What opens for whoever is suspended
    or waits to be let in is decided by web/security/standing.
    """
    found = await find_with_account(conn, token)
    return None if found is None else found[0]


async def find_with_account(conn: Connection, token: str) -> tuple[Session, Account] | None:
    """The same with the account, in one question: every page of hers asks it."""
    rows = await fetch_records(conn, _WITH_ACCOUNT, hash_token(token))
    if not rows:
        return None
    row = dict(rows[0])
    session = Session(**{name: row.pop(f"session_{name}") for name in Session.__slots__})
    return session, Account(**row)


async def touch(conn: Connection, session: Session) -> bool:
    """Slide the end of a session that is used; written at most once an hour, True when it was."""
    if session.seen_at > datetime.now(UTC) - TOUCHED:
        return False
    touched = await execute(
        conn,
        """
        UPDATE session SET seen_at = now(), expires_at = now() + $2::interval
        WHERE token_hash = $1 AND seen_at < now() - $3::interval
        """,
        session.token_hash,
        LIFETIME,
        TOUCHED,
    )
    return touched > 0


async def confirm(conn: Connection, session: Session) -> None:
    """The password was right once more."""
    await execute(conn, "UPDATE session SET confirmed_at = now() WHERE token_hash = $1", session.token_hash)


async def list_of(conn: Connection, actor_id: int) -> list[Session]:
    """The living sessions of this account, the last used first."""
    return await fetch_all(
        conn,
        Session,
        """
        SELECT token_hash, actor_id, csrf_token, user_agent, created_at, seen_at, expires_at, confirmed_at,
            without_password
        FROM session WHERE actor_id = $1 AND expires_at > now()
        ORDER BY seen_at DESC, created_at DESC
        """,
        actor_id,
    )


async def end(conn: Connection, session: Session) -> None:
    """Log out one browser."""
    await execute(conn, "DELETE FROM session WHERE token_hash = $1", session.token_hash)


async def end_by_handle(conn: Connection, actor_id: int, handle: str) -> bool:
    """Log out one browser of this account, named by `Session.handle`; False when it was gone already."""
    ended = await execute(
        conn,
        "DELETE FROM session WHERE actor_id = $1 AND encode(substr(token_hash, 1, 12), 'hex') = $2",
        actor_id,
        handle,
    )
    return ended > 0


async def end_without_password(conn: Connection, actor_id: int) -> None:
    """Log out every browser that a link or a passkey let in."""
    await execute(conn, "DELETE FROM session WHERE actor_id = $1 AND without_password", actor_id)


async def forget_expired(conn: Connection) -> int:
    """Delete what nobody can use any more; a chore."""
    return await execute(conn, "DELETE FROM session WHERE expires_at < now()")
