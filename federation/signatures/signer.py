"""Who signs: a key id and the private key behind it; and `SignatureScheme`, the two ways of signing a request."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from models.lazy import LazyModule

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
else:
    hashes = LazyModule("cryptography.hazmat.primitives.hashes")
    ed25519, padding = (
        LazyModule(f"cryptography.hazmat.primitives.asymmetric.{name}") for name in ("ed25519", "padding")
    )


class SignatureScheme(StrEnum):
    """How a request is signed: draft-cavage is tried first, RFC 9421 second."""

    CAVAGE = "cavage"
    RFC9421 = "rfc9421"

    @property
    def other(self) -> "SignatureScheme":
        """What to try when this one is refused."""
        return SignatureScheme.RFC9421 if self is SignatureScheme.CAVAGE else SignatureScheme.CAVAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A key id (`<actor>#main-key`) and its private key, loaded once and kept."""

    key_id: str
    private_key: "rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey"

    @property
    def algorithm(self) -> str:
        """The name that RFC 9421 gives to what this key makes."""
        return "ed25519" if isinstance(self.private_key, ed25519.Ed25519PrivateKey) else "rsa-v1_5-sha256"

    def sign(self, data: bytes) -> bytes:
        """The signature of `data`: RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519."""
        if isinstance(self.private_key, ed25519.Ed25519PrivateKey):
            return self.private_key.sign(data)
        return self.private_key.sign(data, padding.PKCS1v15(), hashes.SHA256())
