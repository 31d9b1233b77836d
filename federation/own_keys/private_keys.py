"""Private keys as they are kept, encrypted if the operator wants it, turned into signers."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from federation.signatures.signer import Signer
from models.lazy import LazyModule
from models.people.keys import StoredPrivateKey
from models.settings import Settings, SettingsError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
else:
    serialization = LazyModule("cryptography.hazmat.primitives.serialization")
    ed25519, rsa = (LazyModule(f"cryptography.hazmat.primitives.asymmetric.{name}") for name in ("ed25519", "rsa"))

SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 16, 1000
ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


async def load_private(settings: Settings, stored: StoredPrivateKey) -> Signer:
    """The signer behind a kept key. Raises SettingsError."""
    if not stored.pem.startswith(ENCRYPTED):
        return read_private(stored, None)
    passphrase = read_passphrase(settings)
    if passphrase is None:
        raise SettingsError("The private keys are encrypted, but DECLIC_KEY_FILE is not set.")
    return await asyncio.to_thread(read_private, stored, passphrase)


def read_private(stored: StoredPrivateKey, passphrase: bytes | None) -> Signer:
    """Checking an RSA key takes 25 ms with the interpreter locked; these are our own, checked when they were made."""
    try:
        key = serialization.load_pem_private_key(stored.pem, passphrase, unsafe_skip_rsa_key_validation=True)
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
