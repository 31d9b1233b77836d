"""Accounts: who logs in here, with which address and role, under a name that is never given out again."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from models.errors import Conflict, Invalid, NotFound
from models.people import name_rest
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import compose

Role = Literal["welcome", "moderator", "keeper", "admin"]

Standing = Literal["full", "waiting", "suspended", "passing"]

ROLES: tuple[Role, ...] = get_args(Role)
"""What members can be trusted with, beside being one: models/people/roles says what each may do."""

USERNAME = re.compile(r"[a-z0-9_]{1,30}")

# fmt: off
RESERVED = frozenset({
    "abuse", "accueil", "adhesions", "admin", "administrator", "aide", "api", "compte", "contact", "coop", "declic",
    "demandes", "depannage_velo", "help", "hostmaster", "inbox", "info", "instance", "liste", "me", "moderation",
    "moderator", "moi", "no_reply", "noreply", "nouveau", "offers", "offres", "outbox", "postmaster", "privacy",
    "repairs", "requests", "root", "securite", "security", "services", "staff", "support", "system",
    "user", "users", "webmaster", "www",
})
# fmt: on
"""Names of our built-in actors, of roles that mail knows (RFC 2142), and what people would mistake for us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A local person's log-in. The password's hash and the exact place are read by functions of their own.

    `roles` are what she is trusted with; a member is who holds none. `leaves_at` is when the account will be deleted,
    where its owner asked for that. `authority` is that of a town hall, or of another local authority.
    """

    actor_id: int
    username: str
    name: str
    email: str
    roles: list[Role]
    language: str
    confirmed_at: datetime | None
    disabled_at: datetime | None
    default_commune_code: str | None
    last_seen_at: datetime | None
    created_at: datetime
    leaves_at: datetime | None
    waits_since: datetime | None = None
    documents_due_at: datetime | None = None
    suspended_at: datetime | None = None
    passing: bool = False
    authority: bool = False

    @property
    def standing(self) -> Standing:
        """Whether she takes part like everybody, waits to be let in, is suspended, or passes by for one call."""
        if self.waits_since is not None:
            return "waiting"
        if self.suspended_at is not None:
            return "suspended"
        return "passing" if self.passing else "full"


def require_username(username: str) -> None:
    """Raise Invalid unless `username` follows the rule and is nobody's by nature (B-26)."""
    if not USERNAME.fullmatch(username):
        raise Invalid("username_invalid", field="username")
    if username in RESERVED:
        raise Invalid("username_reserved", username=username, field="username")


def order_roles(roles: Collection[str]) -> list[Role]:
    """These roles, each once, in the order of the table; what is no role is left out."""
    return [role for role in ROLES if role in roles]


async def reserve_username(conn: Connection, username: str, *, despite_loss: bool = False) -> None:
    """Take `username` for ever. Raises Invalid; Conflict for one that was used, and while names rest (`name_rest`)."""
    require_username(username)
    if not despite_loss:
        await name_rest.require_given_out(conn)
    taken = await execute(
        conn,
        """
        INSERT INTO used_username AS held (username) VALUES ($1)
        ON CONFLICT (username) DO UPDATE SET told_by = NULL, given_back_at = NULL WHERE held.given_back_at IS NOT NULL
        """,
        username,
    )
    if not taken:
        raise Conflict("username_taken", username=username, field="username")


async def create(
    conn: Connection, *, actor_id: int, email: str, password_hash: str | None, roles: Collection[Role], language: str
) -> Account:
    """Give the local actor an account, not yet confirmed. Raises Conflict for an address in use."""
    created = await execute(
        conn,
        """
        INSERT INTO account (actor_id, email, password_hash, roles, language) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (lower(email)) DO NOTHING
        """,
        actor_id,
        email,
        password_hash,
        order_roles(roles),
        language,
    )
    if not created:
        raise Conflict("email_taken", field="email")
    return await get(conn, actor_id)


ACCOUNT = """
    account.actor_id, actor.username, actor.name, account.email, account.roles, account.language, account.confirmed_at,
    account.disabled_at, account.default_commune_code, account.last_seen_at, account.created_at,
    (SELECT due_at FROM departure WHERE departure.actor_id = account.actor_id) AS leaves_at,
    account.waits_since, account.documents_due_at, actor.suspended_at, account.passing, account.authority
"""
"""The columns of an Account, of `account` and its `actor`."""

_ONE = compose(
    """
    SELECT {account} FROM account JOIN actor ON actor.id = account.actor_id
    WHERE account.actor_id = $1 AND actor.deleted_at IS NULL
    """,
    account=ACCOUNT,
)

_BY_EMAIL = compose(
    """
    SELECT {account} FROM account JOIN actor ON actor.id = account.actor_id
    WHERE lower(account.email) = lower($1) AND actor.deleted_at IS NULL
    """,
    account=ACCOUNT,
)


async def find(conn: Connection, actor_id: int) -> Account | None:
    """The account of this actor."""
    return await fetch_one(conn, Account, _ONE, actor_id)


async def get(conn: Connection, actor_id: int) -> Account:
    """The account of this actor. Raises NotFound."""
    account = await find(conn, actor_id)
    if account is None:
        raise NotFound("account_not_found")
    return account


async def find_by_email(conn: Connection, email: str) -> Account | None:
    """The account with this address, whatever its case."""
    return await fetch_one(conn, Account, _BY_EMAIL, email)


async def find_by_username(conn: Connection, username: str) -> Account | None:
    """The member of this name, whatever its case; whoever waits to be let in is none yet."""
    found = await _find_by_name(conn, username)
    return found if found is not None and found.waits_since is None else None


async def _find_by_name(conn: Connection, username: str) -> Account | None:
    return await fetch_one(
        conn,
        Account,
        """
        SELECT actor_id, actor.username, actor.name, email, roles, language, confirmed_at, disabled_at,
               default_commune_code, last_seen_at, account.created_at,
               (SELECT due_at FROM departure WHERE departure.actor_id = account.actor_id) AS leaves_at,
               waits_since, documents_due_at, actor.suspended_at, passing, authority
        FROM account JOIN actor ON actor.id = actor_id
        WHERE lower(actor.username) = lower($1) AND actor.local AND actor.deleted_at IS NULL
        """,
        username,
    )


async def find_by_login(conn: Connection, login: str) -> Account | None:
    """Whose account somebody means who typed a user name, a handle's @name, or an address; she may wait still."""
    name = login.strip().removeprefix("@")
    return await (find_by_email(conn, name) if "@" in name else _find_by_name(conn, name))


async def list_accounts(conn: Connection, *, search: str = "", limit: int = 50, offset: int = 0) -> list[Account]:
    """Members by name; `search` is part of the name, user name or address, accents and case aside."""
    return await fetch_all(
        conn,
        Account,
        """
        SELECT actor_id, actor.username, actor.name, email, roles, language, confirmed_at, disabled_at,
               default_commune_code, last_seen_at, account.created_at,
               (SELECT due_at FROM departure WHERE departure.actor_id = account.actor_id) AS leaves_at,
               waits_since, documents_due_at, actor.suspended_at, passing, authority
        FROM account JOIN actor ON actor.id = actor_id
        WHERE actor.deleted_at IS NULL AND waits_since IS NULL AND NOT passing
          AND ($1 = '' OR strpos(fold(actor.username || ' ' || actor.name || ' ' || email), fold($1)) > 0)
        ORDER BY fold(actor.name), actor.username
        LIMIT $2 OFFSET $3
        """,
        search.strip(),
        limit,
        offset,
    )


async def has_admin(conn: Connection) -> bool:
    """Whether anybody administers this instance yet."""
    found: bool = await fetch_value(
        conn, "SELECT EXISTS (SELECT 1 FROM account WHERE 'admin' = ANY(roles) AND disabled_at IS NULL)"
    )
    return found


async def find_password_hash(conn: Connection, actor_id: int) -> str | None:
    """What to check a typed password against; None when this account logs in by link only."""
    found: str | None = await fetch_value(conn, "SELECT password_hash FROM account WHERE actor_id = $1", actor_id)
    return found


async def set_password(conn: Connection, actor_id: int, password_hash: str) -> None:
    """Replace the password's hash."""
    await execute(conn, "UPDATE account SET password_hash = $2 WHERE actor_id = $1", actor_id, password_hash)


async def forget_password(conn: Connection, actor_id: int) -> None:
    """Let nobody in by password until a new one is chosen."""
    await execute(conn, "UPDATE account SET password_hash = NULL WHERE actor_id = $1", actor_id)


async def set_language(conn: Connection, actor_id: int, language: str) -> None:
    """The language that the interface and the mails speak to this person."""
    await execute(conn, "UPDATE account SET language = $2 WHERE actor_id = $1", actor_id, language)


async def set_commune(conn: Connection, actor_id: int, commune_code: str | None) -> None:
    """The commune that this person's listings take when nothing else is said."""
    await execute(conn, "UPDATE account SET default_commune_code = $2 WHERE actor_id = $1", actor_id, commune_code)


async def set_email(conn: Connection, actor_id: int, email: str) -> None:
    """Move the account to another address, and what its owner asked for. Raises Conflict when that one is in use."""
    changed = await fetch_value(
        conn,
        """
        WITH moved AS (
            UPDATE account SET email = $2, mail_refused_at = NULL
            WHERE actor_id = $1 AND NOT EXISTS (
                SELECT FROM account AS other WHERE lower(other.email) = lower($2) AND other.actor_id <> $1
                UNION ALL SELECT FROM sign_up AS other
                WHERE lower(other.email) = lower($2) AND other.actor_id IS DISTINCT FROM $1)
            RETURNING actor_id
        ), asked AS (
            UPDATE sign_up SET email = $2 FROM moved WHERE sign_up.actor_id = moved.actor_id
        )
        SELECT actor_id FROM moved
        """,
        actor_id,
        email,
    )
    if not changed:
        await get(conn, actor_id)
        raise Conflict("email_taken", field="email")


async def confirm_email(conn: Connection, actor_id: int) -> None:
    """The address is this person's: a link sent there came back, or an administrator vouches for it."""
    await execute(
        conn, "UPDATE account SET confirmed_at = now() WHERE actor_id = $1 AND confirmed_at IS NULL", actor_id
    )


async def lock_account(conn: Connection, actor_id: int) -> None:
    """Let nothing else of this member's that takes its turn go on before the transaction ends.

    Whoever asks twice at the same moment (two apps, an impatient finger) is then answered as if one came after the
    other, and what is counted stays within its limit.
    """
    await execute(conn, "SELECT FROM account WHERE actor_id = $1 FOR NO KEY UPDATE", actor_id)


async def touch(conn: Connection, actor_id: int) -> None:
    """Remember that this person came by; written at most once an hour."""
    await execute(
        conn,
        """
        UPDATE account SET last_seen_at = now()
        WHERE actor_id = $1 AND (last_seen_at IS NULL OR last_seen_at < now() - interval '1 hour')
        """,
        actor_id,
    )
