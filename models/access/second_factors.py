"""The second proof at log-in: whether an account asks for one, the codes of an application, recovery codes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, execute_many, fetch_all, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What an account has beside its password."""

    totp: bool
    passkeys: int
    codes_left: int

    @property
    def asked_for(self) -> bool:
        """Whether a password alone does not let in."""
        return self.totp or self.passkeys > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totp:
    """The secret that is shared with an application for codes, as it is kept."""

    actor_id: int
    secret: bytes
    confirmed_at: datetime | None
    last_step: int


async def find(conn: Connection, actor_id: int) -> Factors:
    """What this account has."""
    found = await fetch_one(
        conn,
        Factors,
        """
        SELECT EXISTS (SELECT FROM totp WHERE actor_id = $1 AND confirmed_at IS NOT NULL) AS totp,
            (SELECT count(*) FROM passkey WHERE actor_id = $1) AS passkeys,
            (SELECT count(*) FROM recovery_code WHERE actor_id = $1) AS codes_left
        """,
        actor_id,
    )
    assert found is not None, "a SELECT without FROM has one row"
    return found


async def begin_totp(conn: Connection, actor_id: int, secret: bytes) -> bool:
    """Keep a new secret until a first code shows that the application has it; False where one is in use."""
    begun = await execute(
        conn,
        """
        INSERT INTO totp (actor_id, secret) VALUES ($1, $2)
        ON CONFLICT (actor_id) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE totp.confirmed_at IS NULL
        """,
        actor_id,
        secret,
    )
    return begun > 0


async def find_totp(conn: Connection, actor_id: int) -> Totp | None:
    """The secret of this account, confirmed or not."""
    return await fetch_one(
        conn, Totp, "SELECT actor_id, secret, confirmed_at, last_step FROM totp WHERE actor_id = $1", actor_id
    )


async def use_totp(conn: Connection, actor_id: int, step: int) -> bool:
    """Use up this half minute and confirm the secret; False when it or a later one was used (RFC 6238 §5.2)."""
    used = await execute(
        conn,
        """
        UPDATE totp SET last_step = $2, confirmed_at = coalesce(confirmed_at, now())
        WHERE actor_id = $1 AND last_step < $2
        """,
        actor_id,
        step,
    )
    return used > 0


async def remove_totp(conn: Connection, actor_id: int) -> None:
    """No more codes of an application."""
    await execute(conn, "DELETE FROM totp WHERE actor_id = $1", actor_id)
    await forget_codes_alone(conn, actor_id)


async def list_unencrypted_totp(conn: Connection) -> list[Totp]:
    """Secrets that are kept as they are; their first byte is 0. Locked until the transaction ends."""
    return await fetch_all(
        conn,
        Totp,
        """
        SELECT actor_id, secret, confirmed_at, last_step FROM totp
        WHERE get_byte(secret, 0) = 0 ORDER BY actor_id FOR UPDATE
        """,
    )


async def save_encrypted_totp(conn: Connection, actor_id: int, secret: bytes) -> None:
    """The same secret, encrypted."""
    await execute(conn, "UPDATE totp SET secret = $2 WHERE actor_id = $1", actor_id, secret)


async def replace_codes(conn: Connection, actor_id: int, codes: Sequence[str]) -> None:
    """These are the recovery codes from now on; only their hashes are kept."""
    await execute(conn, "DELETE FROM recovery_code WHERE actor_id = $1", actor_id)
    rows = [(actor_id, _hash_code(code)) for code in codes]
    await execute_many(conn, "INSERT INTO recovery_code (actor_id, code_hash) VALUES ($1, $2)", rows)


async def use_code(conn: Connection, actor_id: int, code: str) -> bool:
    """Use up a recovery code; False when it is none of those left."""
    used = await execute(
        conn, "DELETE FROM recovery_code WHERE actor_id = $1 AND code_hash = $2", actor_id, _hash_code(code)
    )
    return used > 0


async def forget_codes_alone(conn: Connection, actor_id: int) -> None:
    """Recovery codes stand in for something: when that is gone, they go."""
    await execute(
        conn,
        """
        DELETE FROM recovery_code WHERE actor_id = $1
            AND NOT EXISTS (SELECT FROM totp WHERE actor_id = $1 AND confirmed_at IS NOT NULL)
            AND NOT EXISTS (SELECT FROM passkey WHERE actor_id = $1)
        """,
        actor_id,
    )


async def remove_all(conn: Connection, actor_id: int) -> bool:
    """Let the password alone suffice again; False where it did already."""
    before = await find(conn, actor_id)
    await execute(conn, "DELETE FROM passkey WHERE actor_id = $1", actor_id)
    await remove_totp(conn, actor_id)
    return before.asked_for


def _hash_code(code: str) -> bytes:
    """Eighty random bits need no slow hash. Case, spaces and hyphens do not count."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode(errors="replace")).digest()
