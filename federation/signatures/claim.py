"""A signature as read from a request, before anybody knows whether it holds."""

from dataclasses import dataclass
from datetime import datetime

from federation.signatures.public_keys import Algorithm, PublicKey
from federation.signatures.signer import SignatureScheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who says to have signed what; all that needs no key has been checked already.

    `bases` are the texts that may have been signed: one, or two for a GET, whose query old servers leave out (SG9).
    `algorithms` are those that the request allows; the key decides which of them it is (SG2, RS4).
    """

    key_id: str
    signature: bytes
    bases: tuple[bytes, ...]
    algorithms: frozenset[Algorithm]
    scheme: SignatureScheme
    created: datetime
    nonce: str | None = None


def holds(claim: Claim, key: PublicKey) -> bool:
    """Whether this key made the signature of this claim."""
    if key.algorithm not in claim.algorithms:
        return False
    for base in claim.bases:  # noqa: SIM110 - a generator takes as long as an eighth of a verification
        if key.verify(claim.signature, base):
            return True
    return False
