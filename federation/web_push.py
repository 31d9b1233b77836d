"""Messages to apps as their services take them: encrypted (RFC 8291 and its draft), signed by us (RFC 8292)."""

import asyncio
import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from federation.instance import Instance
from federation.own_keys.private_keys import ENCRYPTED, read_passphrase
from federation.push_encryption import encrypt_as_drafted, encrypt_message, write_point
from federation.uris import origin_of
from models.errors import Invalid
from models.news import push_subscriptions
from models.settings import Settings, SettingsError
from models.store.database import Connection, connection, transaction

MOST_BYTES = 3500
"""Of a message before it is encrypted; services take 4 KiB afterwards."""

KEPT_FOR = timedelta(days=2)
"""How long a service keeps what it cannot hand over yet."""

SIGNED_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushMessage:
    """What is posted to an app's service."""

    headers: dict[str, str]
    body: bytes


async def load_key(instance: Instance) -> ec.EllipticCurvePrivateKey:
    """The key of this server, made at the first need and kept as all keys are. Raises SettingsError."""
    kept = instance.vapid.find("key")
    if kept is not None:
        return kept
    async with connection(instance.pool) as conn:
        pem = await push_subscriptions.find_key(conn)
    if pem is None:
        made = await asyncio.to_thread(_write, ec.generate_private_key(ec.SECP256R1()), instance.settings)
        async with transaction(instance.pool) as conn:
            pem = await push_subscriptions.keep_key(conn, made)
    key = await asyncio.to_thread(_read, pem, instance.settings)
    instance.vapid.keep("key", key)
    return key


async def encrypt_key(conn: Connection, settings: Settings) -> int:
    """Encrypt the key with the key file where it was kept in plain text; how many keys. Raises SettingsError."""
    pem = await push_subscriptions.find_key(conn)
    if pem is None or pem.startswith(ENCRYPTED) or settings.key_file is None:
        return 0
    await push_subscriptions.replace_key(conn, await asyncio.to_thread(_write, _read(pem, settings), settings))
    return 1


def _write(key: ec.EllipticCurvePrivateKey, settings: Settings) -> bytes:
    passphrase = read_passphrase(settings)
    encryption = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def _read(pem: bytes, settings: Settings) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem, read_passphrase(settings) if pem.startswith(ENCRYPTED) else None)
    except (ValueError, TypeError):
        raise SettingsError(
            "The key for web push cannot be read; is DECLIC_KEY_FILE the file that it was encrypted with?"
        ) from None
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def write_public(key: ec.EllipticCurvePrivateKey) -> str:
    """The public key as apps want it: the point, base64url without padding."""
    return _encode(write_point(key))


def require_keys(p256dh: str, auth: str) -> None:
    """Raise Invalid unless these are a point on the curve and a secret of sixteen bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decode(p256dh))
    except ValueError:
        raise Invalid("push_p256dh_invalid", field="subscription[keys][p256dh]") from None
    try:
        length = len(_decode(auth))
    except ValueError:
        length = 0
    if length != 16:
        raise Invalid("push_auth_invalid", field="subscription[keys][auth]")


def encrypt(
    subscription: push_subscriptions.PushSubscription, message: bytes, key: ec.EllipticCurvePrivateKey, claims: "Claims"
) -> PushMessage:
    """The message, readable for this app only, with our signature for its service."""
    own, salt = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    secret, theirs = _decode(subscription.auth), _decode(subscription.p256dh)
    token, public = _sign(key, subscription.endpoint, claims), write_public(key)
    headers = {"TTL": str(int(KEPT_FOR.total_seconds())), "Urgency": "normal"}
    if subscription.standard:
        body = encrypt_message(message, own=own, theirs=theirs, secret=secret, salt=salt)
        headers |= {"Content-Encoding": "aes128gcm", "Authorization": f"vapid t={token}, k={public}"}
        return PushMessage(headers=headers, body=body)
    body = encrypt_as_drafted(message, own=own, theirs=theirs, secret=secret, salt=salt)
    headers |= {
        "Content-Encoding": "aesgcm",
        "Encryption": f"salt={_encode(salt)}",
        "Crypto-Key": f"dh={write_public(own)};p256ecdsa={public}",
        "Authorization": f"WebPush {token}",
    }
    return PushMessage(headers=headers, body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Whom a service may write to about our messages, and when this one is signed."""

    contact: str
    at: datetime


def _sign(key: ec.EllipticCurvePrivateKey, endpoint: str, claims: Claims) -> str:
    """A token for one service (RFC 8292), as JWT with ES256."""
    said = {
        "aud": origin_of(endpoint),
        "exp": int((claims.at + SIGNED_FOR).timestamp()),
        "sub": claims.contact,
    }
    parts = [{"typ": "JWT", "alg": "ES256"}, said]
    head = ".".join(_encode(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    r, s = decode_dss_signature(key.sign(head.encode(), ec.ECDSA(SHA256())))
    return f"{head}.{_encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    """Base64url, with or without padding. Raises ValueError."""
    plain = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    if len(plain) > 500 or not plain.isascii():
        raise ValueError
    return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
