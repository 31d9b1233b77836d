"""Messages that a push service carries and cannot read: RFC 8291 on RFC 8188, and the draft before, in one record."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_BYTES = 4096
"""Of the one record, with its tag and the byte that ends it."""

LAST = b"\x02"
"""Ends what stands in the last record (RFC 8188 §2)."""


def encrypt_message(
    message: bytes, *, own: ec.EllipticCurvePrivateKey, theirs: bytes, secret: bytes, salt: bytes
) -> bytes:
    """As `aes128gcm`, whose header has the salt and the public key of `own`, both made for this message alone."""
    ours = write_point(own)
    material = _derive(_agree(own, theirs), secret, b"WebPush: info\0" + theirs + ours, 32)
    key = _derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(material, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + len(ours).to_bytes(1, "big") + ours
    return header + AESGCM(key).encrypt(nonce, message + LAST, None)


def encrypt_as_drafted(
    message: bytes, *, own: ec.EllipticCurvePrivateKey, theirs: bytes, secret: bytes, salt: bytes
) -> bytes:
    """As `aesgcm` (draft-ietf-webpush-encryption-04), for apps that know nothing later; salt and key go in headers."""
    ours = write_point(own)
    material = _derive(_agree(own, theirs), secret, b"Content-Encoding: auth\0", 32)
    context = b"P-256\0" + b"".join(len(point).to_bytes(2, "big") + point for point in (theirs, ours))
    key = _derive(material, salt, b"Content-Encoding: aesgcm\0" + context, 16)
    nonce = _derive(material, salt, b"Content-Encoding: nonce\0" + context, 12)
    return AESGCM(key).encrypt(nonce, b"\0\0" + message, None)  # two bytes say how much padding: none


def write_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as a point, uncompressed."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _agree(own: ec.EllipticCurvePrivateKey, theirs: bytes) -> bytes:
    return own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)
