"""Keys: the private ones of our actors, the public ones of everybody, and the nonces that were used up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.store.database import (
    Connection,
    execute,
    execute_many,
    fetch_all,
    fetch_column,
    fetch_one,
    fetch_records,
    fetch_value,
)

Algorithm = Literal["rsa", "ed25519"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A key pair of ours; `private_pem` is PKCS8, encrypted when the instance has a key file."""

    algorithm: Algorithm
    public_pem: str
    private_pem: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPrivateKey:
    """A private key as it is kept, and the id of its public half."""

    uri: str
    pem: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPublicKey:
    """A public key and the id of its actor.

    `refetched_at` tells when it was last looked at anew because a signature did not hold.
    """

    uri: str
    owner: str
    algorithm: Algorithm
    pem: str
    fetched_at: datetime
    refetched_at: datetime | None = None


async def save_key_pair(conn: Connection, actor_id: int, uri: str, pair: KeyPair) -> None:
    """Give an actor of ours a key; one that it had under this algorithm is replaced."""
    await execute(
        conn,
        """
        INSERT INTO private_key (actor_id, algorithm, uri, pem) VALUES ($1, $2, $3, $4)
        ON CONFLICT (actor_id, algorithm) DO UPDATE SET uri = excluded.uri, pem = excluded.pem, created_at = now()
        """,
        actor_id,
        pair.algorithm,
        uri,
        pair.private_pem,
    )
    await execute(
        conn,
        """
        INSERT INTO public_key (uri, actor_id, algorithm, pem) VALUES ($1, $2, $3, $4)
        ON CONFLICT (uri) DO UPDATE SET pem = excluded.pem, fetched_at = now()
        """,
        uri,
        actor_id,
        pair.algorithm,
        pair.public_pem,
    )


async def find_private_key(conn: Connection, actor_id: int, algorithm: Algorithm) -> StoredPrivateKey | None:
    """The private key of an actor of ours."""
    return await fetch_one(
        conn,
        StoredPrivateKey,
        "SELECT uri, pem FROM private_key WHERE actor_id = $1 AND algorithm = $2",
        actor_id,
        algorithm,
    )


async def list_owners(conn: Connection) -> list[int]:
    """Row ids of everybody here who has keys."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT k.actor_id FROM private_key k JOIN actor a ON a.id = k.actor_id
        WHERE a.deleted_at IS NULL ORDER BY k.actor_id
        """,
    )


async def count_unencrypted(conn: Connection) -> int:
    """How many private keys are kept without being encrypted."""
    return int(
        await fetch_value(
            conn, "SELECT count(*) FROM private_key WHERE position('ENCRYPTED' IN encode(pem, 'escape')) = 0"
        )
    )


async def list_unencrypted(conn: Connection) -> list[tuple[int, Algorithm, StoredPrivateKey]]:
    """Those keys: whose, of which kind, and the key. Locked until the transaction ends."""
    rows = await fetch_records(
        conn,
        """
        SELECT actor_id, algorithm, uri, pem FROM private_key
        WHERE position('ENCRYPTED' IN encode(pem, 'escape')) = 0 ORDER BY actor_id, algorithm FOR UPDATE
        """,
    )
    return [(row["actor_id"], row["algorithm"], StoredPrivateKey(uri=row["uri"], pem=row["pem"])) for row in rows]


async def save_encrypted(conn: Connection, actor_id: int, algorithm: Algorithm, pem: bytes) -> None:
    """The same key, encrypted."""
    await execute(
        conn, "UPDATE private_key SET pem = $3 WHERE actor_id = $1 AND algorithm = $2", actor_id, algorithm, pem
    )


async def find_public_key(conn: Connection, uri: str) -> StoredPublicKey | None:
    """The key with this id, of somebody here or elsewhere."""
    return await fetch_one(
        conn,
        StoredPublicKey,
        """
        SELECT k.uri, a.uri AS owner, k.algorithm, k.pem, k.fetched_at, k.refetched_at
        FROM public_key k JOIN actor a ON a.id = k.actor_id WHERE k.uri = $1
        """,
        uri,
    )


async def list_public_keys(conn: Connection, actor_id: int) -> list[StoredPublicKey]:
    """The keys of one actor, RSA last, so that the first of a kind is easily found."""
    return await fetch_all(
        conn,
        StoredPublicKey,
        """
        SELECT k.uri, a.uri AS owner, k.algorithm, k.pem, k.fetched_at
        FROM public_key k JOIN actor a ON a.id = k.actor_id WHERE k.actor_id = $1 ORDER BY k.algorithm, k.uri
        """,
        actor_id,
    )


async def replace_public_keys(conn: Connection, actor_id: int, keys: list[tuple[str, Algorithm, str]]) -> None:
    """Make these (id, algorithm, PEM) the keys of an actor elsewhere; those that it no longer shows are dropped (SG14).

    A key id that is already somebody else's stays with them. Once one of them changes, none is held since before:
    whoever took over an address could show the old ones for a while.
    """
    before = {(key.uri, key.pem) for key in await list_public_keys(conn, actor_id)}
    await execute(
        conn,
        "DELETE FROM public_key WHERE actor_id = $1 AND uri <> ALL($2)",
        actor_id,
        [uri for uri, _, _ in keys],
    )
    await execute_many(
        conn,
        """
        INSERT INTO public_key (uri, actor_id, algorithm, pem) VALUES ($1, $2, $3, $4)
        ON CONFLICT (uri) DO UPDATE SET algorithm = excluded.algorithm, pem = excluded.pem, fetched_at = now(),
            held_since = coalesce(public_key.held_since, public_key.fetched_at)
        WHERE public_key.actor_id = excluded.actor_id
        """,
        [(uri, actor_id, algorithm, pem) for uri, algorithm, pem in keys],
    )
    if before != {(uri, pem) for uri, _, pem in keys}:
        await execute(conn, "UPDATE public_key SET held_since = now() WHERE actor_id = $1", actor_id)


async def save_refetched(conn: Connection, uri: str) -> None:
    """This key was looked at anew just now."""
    await execute(conn, "UPDATE public_key SET refetched_at = now() WHERE uri = $1", uri)


async def use_nonce(conn: Connection, nonce: bytes) -> bool:
    """Use up a nonce, given as its hash; False when it was used before (RS5). Kept longer than signatures last."""
    used = await fetch_value(
        conn,
        """
        INSERT INTO used_nonce (nonce, forget_at) VALUES ($1, now() + interval '1 day')
        ON CONFLICT (nonce) DO NOTHING RETURNING true
        """,
        nonce,
    )
    return bool(used)


async def forget_old_nonces(conn: Connection) -> int:
    """Forget nonces whose signatures are too old to be accepted anyway; how many there were."""
    return await execute(conn, "DELETE FROM used_nonce WHERE forget_at < now()")
