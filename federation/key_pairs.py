"""The keys of our own actors: made, kept encrypted if the operator wants it, and loaded to sign."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from federation.instance import Instance
from federation.signatures.signer import Signer
from federation.uris import ed25519_key_uri, main_key_uri
from models import actors, keys
from models.actors import Actor
from models.database import Connection, connection
from models.errors import NotFound
from models.keys import Algorithm, KeyPair, StoredPrivateKey
from models.settings import Settings, SettingsError, Site

RSA_BITS = 2048
SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 16, 1000
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


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
        async with connection(instance.pool) as conn:
            stored = await keys.find_private_key(conn, actor_id, algorithm)
        if stored is None:
            raise NotFound("This actor has no key here.")
        found = await _load(instance.settings, stored)
        instance.signers.keep((actor_id, algorithm), found)
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


async def _load(settings: Settings, stored: StoredPrivateKey) -> Signer:
    if not stored.pem.startswith(_ENCRYPTED):
        return _read_private(stored, None)
    passphrase = _read_passphrase(settings)
    if passphrase is None:
        raise SettingsError("The private keys are encrypted, but DECLIC_KEY_FILE is not set.")
    return await asyncio.to_thread(_read_private, stored, passphrase)


def _read_private(stored: StoredPrivateKey, passphrase: bytes | None) -> Signer:
    """Checking an RSA key takes 25 ms with the interpreter locked; these are our own, checked when they were made."""
    try:
        key = load_pem_private_key(stored.pem, passphrase, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError):
        raise SettingsError(
            "A private key cannot be read; is DECLIC_KEY_FILE the file that it was encrypted with?"
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise SettingsError(f"The private key {stored.uri} is of a kind that is not used here.")
    return Signer(key_id=stored.uri, private_key=key)


def _make_key_pairs(settings: Settings) -> KeyPairs:
    passphrase = _read_passphrase(settings)

    def encryption() -> KeySerializationEncryption:
        return NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase)

    return KeyPairs(
        rsa=_write("rsa", rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS), encryption),
        ed25519=_write("ed25519", ed25519.Ed25519PrivateKey.generate(), encryption),
    )


def _write(
    algorithm: Algorithm,
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
    encryption: Callable[[], KeySerializationEncryption],
) -> KeyPair:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(
        algorithm=algorithm,
        public_pem=public.decode("ascii"),
        private_pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption()),
    )


def _read_passphrase(settings: Settings) -> bytes | None:
    if settings.key_file is None:
        return None
    try:
        passphrase = settings.key_file.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"DECLIC_KEY_FILE names {settings.key_file}, which cannot be read.") from error
    if not SHORTEST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE:
        raise SettingsError(
            f"The file of DECLIC_KEY_FILE holds {SHORTEST_PASSPHRASE} to {LONGEST_PASSPHRASE} bytes of passphrase; "
            "`openssl rand -base64 32` makes a good one."
        )
    return passphrase
