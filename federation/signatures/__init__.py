"""Signatures of HTTP requests: read their claims, ask a key whether they hold, make our own."""

from datetime import datetime

from multidict import CIMultiDict

from federation.signatures import cavage, rfc9421
from federation.signatures.claim import Claim, holds
from federation.signatures.envelope import Envelope
from federation.signatures.policy import ACCEPT_SIGNATURE
from federation.signatures.public_keys import PublicKey
from federation.signatures.signer import SignatureScheme, Signer
from models.settings import Site

__all__ = [
    "ACCEPT_SIGNATURE",
    "Claim",
    "Envelope",
    "PublicKey",
    "SignatureScheme",
    "Signer",
    "holds",
    "is_signed",
    "read_claims",
    "sign",
]


def is_signed(envelope: Envelope) -> bool:
    """Whether this request claims to be signed at all."""
    return "signature" in envelope.headers or "signature-input" in envelope.headers


def read_claims(envelope: Envelope, site: Site, at: datetime) -> list[Claim]:
    """The signatures of a request to `site`, checked as far as it goes without a key. Raises SignatureInvalid.

    With a Signature-Input header it is RFC 9421 and nothing else (RS7).
    """
    if "signature-input" in envelope.headers:
        return rfc9421.read_claims(envelope, site, at)
    return [cavage.read_claim(envelope, site, at)]


def sign(request: Envelope, target: Site, signer: Signer, *, scheme: SignatureScheme, at: datetime) -> CIMultiDict[str]:
    """All headers of our request to `target`, its signature included."""
    if scheme is SignatureScheme.RFC9421:
        return rfc9421.sign(request, target, signer, at)
    return cavage.sign(request, signer, at)
