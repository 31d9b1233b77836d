"""Private keys as they are kept, encrypted if the operator wants it, turned into signers."""

import asyncio
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from federation.cache import Cache
from federation.signatures.signer import Signer
from models.keys import StoredPrivateKey
from models.settings import Settings, SettingsError

SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 16, 1000
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"

_unlocked: Cache[bytes, Signer] = Cache(size=4096, seconds=86_400)
_key_files: dict[Path, None] = {}


def trust_key_file(settings: Settings) -> None:
    """Let this process open keys with the key file of these settings where nobody has the settings at hand.

    Verbs get a connection and no settings, so this is the one thing that a process knows beside its Instance: where
    its key file is, never what is in it.
    """
    if settings.key_file is not None:
        _key_files[settings.key_file] = None


async def load_private(settings: Settings, stored: StoredPrivateKey) -> Signer:
    """The signer behind a kept key. Raises SettingsError."""
    if not stored.pem.startswith(_ENCRYPTED):
        return read_private(stored, None)
    passphrase = read_passphrase(settings)
    if passphrase is None:
        raise SettingsError("The private keys are encrypted, but DECLIC_KEY_FILE is not set.")
    return await asyncio.to_thread(read_private, stored, passphrase)


async def unlock(stored: StoredPrivateKey) -> Signer | None:
    """The same with the key files that this process may use; None when none of them fits. Opened once a day."""
    name = sha256(stored.uri.encode() + stored.pem).digest()
    found = _unlocked.find(name)
    if found is None:
        found = await _unlock(stored)
        if found is not None:
            _unlocked.keep(name, found)
    return found


async def _unlock(stored: StoredPrivateKey) -> Signer | None:
    if not stored.pem.startswith(_ENCRYPTED):
        return read_private(stored, None)
    for path in _key_files:
        try:
            return await asyncio.to_thread(read_private, stored, _read_file(path))
        except SettingsError:
            continue
    return None


def read_private(stored: StoredPrivateKey, passphrase: bytes | None) -> Signer:
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


def read_passphrase(settings: Settings) -> bytes | None:
    """What the key file holds; None without one. Raises SettingsError."""
    return None if settings.key_file is None else _read_file(settings.key_file)


def _read_file(path: Path) -> bytes:
    try:
        passphrase = path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"DECLIC_KEY_FILE names {path}, which cannot be read.") from error
    if not SHORTEST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE:
        raise SettingsError(
            f"The file of DECLIC_KEY_FILE holds {SHORTEST_PASSPHRASE} to {LONGEST_PASSPHRASE} bytes of passphrase; "
            "`openssl rand -base64 32` makes a good one."
        )
    return passphrase
