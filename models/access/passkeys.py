"""Passkeys: the public halves of keys that live in people's devices."""

from dataclasses import dataclass
from datetime import datetime

from models.access.second_factors import forget_codes_alone
from models.errors import Conflict
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one

MOST = 20
"""Keys of one account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """What a device made, checked; the name is the person's."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A key that is known."""

    id: int
    actor_id: int
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


async def save(conn: Connection, actor_id: int, new: NewPasskey) -> None:
    """One more key of this account. Raises Conflict for one that is known, or when there are too many."""
    saved = await execute(
        conn,
        """
        INSERT INTO passkey (id, actor_id, credential_id, public_key, sign_count, name)
        SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM passkey WHERE actor_id = $2) < $7
        ON CONFLICT (credential_id) DO NOTHING
        """,
        make_id(),
        actor_id,
        new.credential_id,
        new.public_key,
        new.sign_count,
        new.name,
        MOST,
    )
    if not saved:
        raise Conflict("passkey_not_added")


async def list_of(conn: Connection, actor_id: int) -> list[Passkey]:
    """The keys of this account, the oldest first."""
    return await fetch_all(
        conn,
        Passkey,
        """
        SELECT id, actor_id, credential_id, public_key, sign_count, name, created_at, used_at
        FROM passkey WHERE actor_id = $1 ORDER BY id
        """,
        actor_id,
    )


async def find(conn: Connection, credential_id: bytes) -> Passkey | None:
    """The key of this id, whosever it is."""
    return await fetch_one(
        conn,
        Passkey,
        """
        SELECT id, actor_id, credential_id, public_key, sign_count, name, created_at, used_at
        FROM passkey WHERE credential_id = $1
        """,
        credential_id,
    )


async def note_use(conn: Connection, passkey_id: int, sign_count: int) -> None:
    """Remember when it was used and how often its device says it was: a copy of the key would count from before."""
    await execute(
        conn,
        "UPDATE passkey SET used_at = now(), sign_count = greatest(sign_count, $2) WHERE id = $1",
        passkey_id,
        sign_count,
    )


async def remove(conn: Connection, actor_id: int, passkey_id: int) -> None:
    """Forget one key of this account."""
    await execute(conn, "DELETE FROM passkey WHERE actor_id = $1 AND id = $2", actor_id, passkey_id)
    await forget_codes_alone(conn, actor_id)
