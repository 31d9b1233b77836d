"""Public keys of others: read from PEM or Multikey with suspicion, and asked whether a signature holds."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from federation.errors import SignatureInvalid
from federation.signatures import multibase
from models.lazy import LazyModule

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
else:
    exceptions, hashes, serialization, ed25519, padding, rsa = map(
        LazyModule,
        (
            "cryptography.exceptions",
            *("cryptography.hazmat.primitives.hashes", "cryptography.hazmat.primitives.serialization"),
            *(f"cryptography.hazmat.primitives.asymmetric.{name}" for name in ("ed25519", "padding", "rsa")),
        ),
    )

Key: TypeAlias = "rsa.RSAPublicKey | ed25519.Ed25519PublicKey"

Algorithm = Literal["rsa", "ed25519"]

SMALLEST_RSA, LARGEST_RSA = 2048, 8192

_LONGEST_PEM = 4096

_PEM = re.compile(r"-----BEGIN (?P<kind>(?:RSA )?PUBLIC KEY)-----[A-Za-z0-9+/=\s]+-----END (?P=kind)-----", re.ASCII)

_SMALL_ORDER = frozenset(
    bytes.fromhex(encoded)
    for encoded in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
"""Ed25519 points of small order, sign bit cleared: a signature by them can be made for any text (B-40)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that may be believed: `owner` is the actor whose document lists `uri`."""

    uri: str
    owner: str
    key: Key
    algorithm: Algorithm = field(init=False)
    """What this key makes."""

    def __post_init__(self) -> None:
        """Told once: what kind of key it is takes as long to find out as a tenth of a verification."""
        is_ed25519 = isinstance(self.key, ed25519.Ed25519PublicKey)
        object.__setattr__(self, "algorithm", "ed25519" if is_ed25519 else "rsa")

    @property
    def pem(self) -> str:
        """The key as SubjectPublicKeyInfo in PEM."""
        return self.key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode("ascii")

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether this key signed `data`; the key decides how, never the request."""
        try:
            if self.algorithm == "ed25519":
                self.key.verify(signature, data)  # type: ignore[call-arg] # the algorithm is that of the key
            else:
                self.key.verify(signature, data, *_how_rsa_signs())  # type: ignore[call-arg] # the same
        except exceptions.InvalidSignature:
            return False
        return True


@lru_cache(maxsize=1)
def _how_rsa_signs() -> "tuple[padding.PKCS1v15, hashes.SHA256]":
    return padding.PKCS1v15(), hashes.SHA256()


def read_pem(text: str) -> Key:
    """The key in a `publicKeyPem`. Raises SignatureInvalid for anything but a strong public key (B-40).

    snac2 leaves stray bytes after the trailer: what stands outside the one block is cut.
    """
    found = _PEM.search(text[: _LONGEST_PEM * 2])
    if found is None or len(found[0]) > _LONGEST_PEM:
        raise SignatureInvalid("The public key is not a PEM public key.")
    try:
        key = serialization.load_pem_public_key(found[0].encode("ascii"))
    except (ValueError, TypeError, exceptions.UnsupportedAlgorithm):
        raise SignatureInvalid("The public key cannot be read.") from None
    return _require_strong(key)


def load_stored(pem: str) -> Key:
    """A key that `read_pem` or `read_multikey` accepted earlier."""
    return _require_strong(serialization.load_pem_public_key(pem.encode("ascii")))


def read_multikey(text: str) -> Key:
    """The key in a `publicKeyMultibase` (FEP-521a: Ed25519 or RSA). Raises SignatureInvalid."""
    try:
        codec, raw = multibase.decode_key(text)
        if codec == multibase.ED25519_PUBLIC:
            return _require_strong(ed25519.Ed25519PublicKey.from_public_bytes(raw))
        if codec == multibase.RSA_PUBLIC:
            return _require_strong(serialization.load_der_public_key(raw))
    except (ValueError, TypeError, exceptions.UnsupportedAlgorithm):
        pass
    raise SignatureInvalid("The Multikey cannot be read.")


def write_multikey(key: "ed25519.Ed25519PublicKey") -> str:
    """The `publicKeyMultibase` of one of our Ed25519 keys."""
    return multibase.encode_key(multibase.ED25519_PUBLIC, key.public_bytes_raw())


def _require_strong(key: object) -> Key:
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes_raw()
        if raw[:-1] + bytes([raw[-1] & 0x7F]) in _SMALL_ORDER:
            raise SignatureInvalid("The public key is a point of small order.")
        return key
    if isinstance(key, rsa.RSAPublicKey):
        exponent = key.public_numbers().e
        if not SMALLEST_RSA <= key.key_size <= LARGEST_RSA:
            raise SignatureInvalid(f"An RSA key has {SMALLEST_RSA} to {LARGEST_RSA} bits here.")
        if exponent < 3 or exponent % 2 == 0 or exponent > 2**32:
            raise SignatureInvalid("The exponent of the RSA key is not a sound one.")
        return key
    raise SignatureInvalid("The public key is neither RSA nor Ed25519.")
