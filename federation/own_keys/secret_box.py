"""Secrets that the server itself has to read again: encrypted with the key file, where the instance has one."""

import os
from typing import TYPE_CHECKING

from federation.own_keys.private_keys import read_passphrase
from models.access.second_factors import list_unencrypted_totp, save_encrypted_totp
from models.lazy import LazyModule
from models.repairs.bookings import shop_calendars
from models.settings import Settings, SettingsError
from models.store.database import Connection

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers import aead
    from cryptography.hazmat.primitives.kdf import hkdf
else:
    exceptions, hashes, aead, hkdf = map(
        LazyModule,
        (
            *("cryptography.exceptions", "cryptography.hazmat.primitives.hashes"),
            *("cryptography.hazmat.primitives.ciphers.aead", "cryptography.hazmat.primitives.kdf.hkdf"),
        ),
    )

PLAIN, SEALED = b"\x00", b"\x01"
"""The first byte says how the rest is kept."""

NONCE = 12


FACTORS, CALENDARS = "second factors", "calendar addresses"
"""What is kept: each kind has a key of its own, made of the same file."""


def encrypt_secret(settings: Settings, secret: bytes, *, owner: int, kind: str = FACTORS) -> bytes:
    """`secret` as it is kept for the account `owner`. Raises SettingsError."""
    passphrase = read_passphrase(settings)
    if passphrase is None:
        return PLAIN + secret
    nonce = os.urandom(NONCE)
    return SEALED + nonce + aead.AESGCM(_derive(passphrase, kind)).encrypt(nonce, secret, str(owner).encode())


def decrypt_secret(settings: Settings, kept: bytes, *, owner: int, kind: str = FACTORS) -> bytes:
    """The secret again. Raises SettingsError without the key file that it was sealed with."""
    if kept[:1] == PLAIN:
        return kept[1:]
    passphrase = read_passphrase(settings)
    if passphrase is None:
        raise SettingsError(f"The secrets ({kind}) are encrypted, but DECLIC_KEY_FILE is not set.")
    nonce, sealed = kept[1 : 1 + NONCE], kept[1 + NONCE :]
    try:
        return aead.AESGCM(_derive(passphrase, kind)).decrypt(nonce, sealed, str(owner).encode())
    except exceptions.InvalidTag:
        raise SettingsError(
            f"A secret ({kind}) cannot be read; is DECLIC_KEY_FILE the file that it was encrypted with?"
        ) from None


async def encrypt_totp_secrets(conn: Connection, settings: Settings) -> int:
    """Encrypt the secrets of log-in codes that were made before there was a key file; how many."""
    plain = await list_unencrypted_totp(conn)
    for totp in plain:
        secret = decrypt_secret(settings, totp.secret, owner=totp.actor_id)
        await save_encrypted_totp(conn, totp.actor_id, encrypt_secret(settings, secret, owner=totp.actor_id))
    return len(plain)


async def encrypt_calendar_addresses(conn: Connection, settings: Settings) -> int:
    """The same of the addresses of calendars that shops keep elsewhere; nothing where there is no key file."""
    plain = await shop_calendars.list_unencrypted(conn) if settings.key_file is not None else []
    for one in plain:
        address = decrypt_secret(settings, one.secret, owner=one.actor_id, kind=CALENDARS)
        sealed = encrypt_secret(settings, address, owner=one.actor_id, kind=CALENDARS)
        await shop_calendars.save_encrypted(conn, one.actor_id, sealed)
    return len(plain)


def _derive(passphrase: bytes, kind: str) -> bytes:
    """A key of its own, so that it never encrypts what another one does."""
    return hkdf.HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"declic {kind}".encode()).derive(passphrase)
