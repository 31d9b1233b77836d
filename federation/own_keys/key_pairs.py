"""The keys of our own actors: made, saved, and loaded to sign what is sent."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from federation.instance import Instance
from federation.own_keys.private_keys import load_private, read_passphrase, read_private
from federation.signatures.signer import Signer
from federation.uris import ed25519_key_uri, main_key_uri
from models.errors import NotFound
from models.lazy import LazyModule
from models.people import actors, keys
from models.people.actors import Actor
from models.people.keys import Algorithm, KeyPair
from models.settings import Settings, Site
from models.store.database import Connection, connection

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
else:
    serialization = LazyModule("cryptography.hazmat.primitives.serialization")
    ed25519, rsa = (LazyModule(f"cryptography.hazmat.primitives.asymmetric.{name}") for name in ("ed25519", "rsa"))

RSA_BITS = 2048

KEYS_CHANNEL = "declic_keys"
"""Announced when keys changed: whoever keeps signers in memory forgets them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPairs:
    """What a new actor needs: RSA for HTTP signatures, Ed25519 for proofs."""

    rsa: KeyPair
    ed25519: KeyPair


async def make_key_pairs(settings: Settings) -> KeyPairs:
    """New keys, encrypted when there is a key file; some 30 ms in a thread. Raises SettingsError."""
    return await asyncio.to_thread(_make_key_pairs, settings)


async def save_local_keys(conn: Connection, site: Site, actor: Actor, pairs: KeyPairs) -> None:
    """Give an actor of ours its keys, under the ids that its document shows."""
    await keys.save_key_pair(conn, actor.id, main_key_uri(site, actor.username), pairs.rsa)
    await keys.save_key_pair(conn, actor.id, ed25519_key_uri(site, actor.username), pairs.ed25519)


async def load_signer(instance: Instance, actor_id: int, algorithm: Algorithm = "rsa") -> Signer:
    """The signer of an actor of ours, kept in memory once loaded. Raises NotFound, SettingsError."""
    found = instance.signers.find((actor_id, algorithm))
    if found is None:
        since = instance.signers.forgotten
        async with connection(instance.pool) as conn:
            stored = await keys.find_private_key(conn, actor_id, algorithm)
        if stored is None:
            raise NotFound("key_not_found")
        found = await load_private(instance.settings, stored)
        instance.signers.keep((actor_id, algorithm), found, since=since)
    return found


async def instance_signer(instance: Instance) -> Signer | None:
    """The signer of the server's own actor, which signs our fetches (RS13); None before the server is set up."""
    actor_id = instance.instance_actor.find("instance")
    if actor_id is None:
        async with connection(instance.pool) as conn:
            actor = await actors.find_local(conn, "instance")
        if actor is None:
            return None
        actor_id = actor.id
        instance.instance_actor.keep("instance", actor_id)
    try:
        return await load_signer(instance, actor_id)
    except NotFound:
        return None


def _make_key_pairs(settings: Settings) -> KeyPairs:
    passphrase = read_passphrase(settings)

    def encryption() -> "serialization.KeySerializationEncryption":
        return serialization.NoEncryption() if passphrase is None else serialization.BestAvailableEncryption(passphrase)

    return KeyPairs(
        rsa=_write("rsa", rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS), encryption),
        ed25519=_write("ed25519", ed25519.Ed25519PrivateKey.generate(), encryption),
    )


def _write(
    algorithm: Algorithm,
    key: "rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey",
    encryption: "Callable[[], serialization.KeySerializationEncryption]",
) -> KeyPair:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(
        algorithm=algorithm,
        public_pem=public.decode("ascii"),
        private_pem=key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption()),
    )


async def encrypt_private_keys(conn: Connection, settings: Settings) -> int:
    """Encrypt what was kept in plain text with the key file; how many keys. Raises SettingsError."""
    passphrase = read_passphrase(settings)
    if passphrase is None:
        return 0
    plain = await keys.list_unencrypted(conn)
    for actor_id, algorithm, stored in plain:
        signer = read_private(stored, None)
        encryption = serialization.BestAvailableEncryption(passphrase)
        pem = await asyncio.to_thread(
            signer.private_key.private_bytes,
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            encryption,
        )
        await keys.save_encrypted(conn, actor_id, algorithm, pem)
    return len(plain)
