"""Who vouches for a document that somebody else brought: a proof inside it, held against its actor's own key."""

from collections.abc import Callable
from datetime import UTC, datetime

from federation.authentication.keys import find_fitting_key
from federation.errors import KeyGone, SignatureInvalid
from federation.instance import Instance
from federation.json.fields import Json, uri
from federation.proofs.integrity import has_integrity_proof, read_proofs
from federation.proofs.linked_data import has_linked_signature, open_linked, read_linked_signature
from federation.signatures import PublicKey
from federation.uris import same_origin


def has_proof(document: Json) -> bool:
    """Whether others may believe this document without knowing who brings it, so that passing it on makes sense."""
    return has_integrity_proof(document) or has_linked_signature(document)


async def verify_proof(instance: Instance, document: Json, *, at: datetime | None = None) -> str | None:
    """The actor who vouches for this document as it stands, by a proof of FEP-8b32; None without one that holds.

    Only keys of the actor's own origin are asked for. Raises KeyGone and KeyUnavailable.
    """
    actor = uri(document.get("actor"))
    if actor is None or "proof" not in document:
        return None
    for proof in read_proofs(document, at or datetime.now(UTC)):
        if same_origin(proof.key_id, actor):
            key = await _find_holding(instance, proof.key_id, proof.holds)
            if key is not None and key.owner == actor:
                return actor
    return None


async def verify_linked_data(instance: Instance, document: Json, *, at: datetime | None = None) -> Json | None:
    """The document in the only form that its RsaSignature2017 vouches for; None unless its own actor signed it.

    Raises TookTooLong, KeyGone and KeyUnavailable.
    """
    actor = uri(document.get("actor"))
    read = read_linked_signature(document, at or datetime.now(UTC))
    if actor is None or read is None or not same_origin(read[0], actor):
        return None
    key_id, signature = read
    opened = await open_linked(instance, document)
    if opened is None:
        return None
    key = await _find_holding(
        instance, key_id, lambda key: key.algorithm == "rsa" and key.verify(signature, opened.text)
    )
    return opened.document if key is not None and key.owner == actor else None


async def _find_holding(instance: Instance, key_id: str, holds: Callable[[PublicKey], bool]) -> PublicKey | None:
    """The key with this id if it made the signature, as we know it or as its owner shows it now (SG13)."""
    try:
        return await find_fitting_key(instance, key_id, holds)
    except KeyGone:
        raise
    except SignatureInvalid:
        return None
