"""What a receiver asks of a signature, in one step: the server itself fetches keys between the two."""

from datetime import datetime

from federation.signatures import Envelope, PublicKey, holds, read_claims
from models.settings import Site


def verify(envelope: Envelope, key: PublicKey, site: Site, at: datetime) -> bool:
    """Whether `key` signed this request; of several signatures, the one that names the key. Raises SignatureInvalid."""
    claims = [claim for claim in read_claims(envelope, site, at) if claim.key_id == key.uri]
    return len(claims) == 1 and holds(claims[0], key)
