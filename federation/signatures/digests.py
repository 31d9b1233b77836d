"""Digests of bodies: the older `Digest` (RFC 3230) and `Content-Digest` (RFC 9530), made and checked."""

from hashlib import sha256, sha512

from federation.errors import SignatureInvalid
from federation.signatures import base64
from federation.signatures.envelope import Envelope
from federation.signatures.structured import read_dictionary

_HASHES = {"sha-256": sha256, "sha-512": sha512}


def build_digest(body: bytes) -> str:
    """The value of a `Digest` header."""
    return write_digest(sha256(body).digest())


def write_digest(body_hash: bytes) -> str:
    """The same for a body with this SHA-256."""
    return f"SHA-256={base64.encode(body_hash)}"


def build_content_digest(body: bytes) -> str:
    """The value of a `Content-Digest` header."""
    return f"sha-256=:{base64.encode(sha256(body).digest())}:"


def require_digests(envelope: Envelope) -> None:
    """Check every digest that a request carries, covered by the signature or not (B-28). Raises SignatureInvalid."""
    headers = envelope.headers
    if digests := headers.getall("digest", None):
        _require_digest(", ".join(digests), envelope.body_hash)
    if digests := headers.getall("content-digest", None):
        _require_content_digest(", ".join(digests), envelope.body)


def _require_digest(value: str, body_hash: bytes) -> None:
    """SHA-256 has to be there; names are compared without case, as bovine writes `sha-256` (SG7)."""
    if value == write_digest(body_hash):  # as nearly all write it
        return
    found = False
    for member in value.split(","):
        algorithm, _, encoded = member.strip().partition("=")
        if algorithm.lower() == "sha-256":
            found = True
            if base64.decode(encoded) != body_hash:
                raise SignatureInvalid("The digest does not match the body.")
    if not found:
        raise SignatureInvalid("The Digest header has no SHA-256.")


def _require_content_digest(value: str, body: bytes) -> None:
    """At least one algorithm that we know; all that we know have to match."""
    found = False
    for algorithm, (digest, _) in read_dictionary("Content-Digest", value).items():
        make = _HASHES.get(algorithm)
        if make is not None:
            found = True
            if digest != make(body).digest():
                raise SignatureInvalid("The content digest does not match the body.")
    if not found:
        raise SignatureInvalid("The Content-Digest header has no algorithm that is known here.")
