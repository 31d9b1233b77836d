"""Addresses that nobody can guess or change: what they say is signed with a key of this instance; no session needed."""

import base64
import binascii
import hashlib
import hmac
from functools import partial

from federation.own_keys.secret_box import decrypt_secret, encrypt_secret
from models.settings import Settings
from models.store import instance_secrets
from models.store.database import Connection

OWNER = 0
"""Keys are the instance's, no account's."""

MAC_BYTES = 18

LONGEST = 400


async def sign(conn: Connection, settings: Settings, purpose: str, text: str) -> str:
    """`text` with its signature, as a part of an address; it holds for this purpose only."""
    return f"{_pack(text.encode())}.{_pack(await _make_mac(conn, settings, purpose, text))}"


async def read_signed(conn: Connection, settings: Settings, purpose: str, token: str) -> str | None:
    """What was signed for this purpose; None for anything that was not."""
    text, signed = peek(token), token[:LONGEST].partition(".")[2]
    try:
        mac = _unpack(signed)
    except (binascii.Error, ValueError):
        return None
    if text is None:
        return None
    return text if hmac.compare_digest(mac, await _make_mac(conn, settings, purpose, text)) else None


def peek(token: str) -> str | None:
    """What it says, whoever says so; None for what nobody signs."""
    try:
        return _unpack(token[:LONGEST].partition(".")[0]).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


async def _make_mac(conn: Connection, settings: Settings, purpose: str, text: str) -> bytes:
    kept = await instance_secrets.find_or_make(conn, "links", partial(encrypt_secret, settings, owner=OWNER))
    key = decrypt_secret(settings, kept, owner=OWNER)
    return hmac.digest(key, f"{purpose}\n{text}".encode(), hashlib.sha256)[:MAC_BYTES]


def _pack(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpack(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
