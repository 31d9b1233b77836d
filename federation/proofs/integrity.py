"""Embedded proofs after FEP-8b32 with `eddsa-jcs-2022`: made with our keys, and read from what others made."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from federation.json.fields import Json, each, moment, uri
from federation.json.json_limits import needs_compaction, read_structure
from federation.proofs.canonical import canonicalize
from federation.signatures import PublicKey, Signer, multibase, policy

CONTEXT = "https://w3id.org/security/data-integrity/v1"
CONTEXTS = frozenset({CONTEXT, "https://w3id.org/security/data-integrity/v2"})
SUITE = "eddsa-jcs-2022"
PURPOSE = "assertionMethod"

OLDEST = timedelta(days=7)
"""As long as we remember what was received: what is older may be a replay, and is fetched from its origin instead."""

MOST_PROOFS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof as read from a document; all that needs no key has been checked. One of the `bases` was signed."""

    key_id: str
    value: bytes
    bases: tuple[bytes, ...]

    def holds(self, key: PublicKey) -> bool:
        """Whether this key made the proof."""
        return key.algorithm == "ed25519" and any(key.verify(self.value, base) for base in self.bases)


def add_proof(document: Json, signer: Signer, at: datetime) -> Json:
    """The document with a proof by this Ed25519 key; less than 0.2 ms."""
    context = _add_context(document.get("@context"))
    unsigned = {"@context": context} | _without(document, "proof", "signature", "@context")
    options = {
        "@context": context,
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": signer.key_id,
        "proofPurpose": PURPOSE,
    }
    value = multibase.encode(signer.sign(build_base(options, unsigned)))
    return unsigned | {"proof": options | {"proofValue": value}}


def build_base(options: Json, document: Json) -> bytes:
    """What is signed: the hashes of how it is signed and of the document. Raises ValueError."""
    return sha256(canonicalize(options)).digest() + sha256(canonicalize(document)).digest()


def has_integrity_proof(document: Json) -> bool:
    """Whether this document carries a proof of the kind that is checked here."""
    return any(isinstance(proof, dict) and proof.get("cryptosuite") == SUITE for proof in each(document.get("proof")))


def read_proofs(document: Json, at: datetime) -> list[Proof]:
    """The proofs that may hold; those of unknown kinds, for other purposes, outdated or garbled are left out (EP2)."""
    unsigned = _without(document, "proof", "signature")
    found = []
    for written in islice(each(document.get("proof")), MOST_PROOFS):
        proof = _read_proof(written, unsigned, at) if isinstance(written, dict) else None
        if proof is not None:
            found.append(proof)
    return found


def _read_proof(written: Json, unsigned: Json, at: datetime) -> Proof | None:
    key_id, created = uri(written.get("verificationMethod")), moment(written.get("created"))
    asked = (written.get("type"), written.get("cryptosuite"), written.get("proofPurpose"))
    if asked != ("DataIntegrityProof", SUITE, PURPOSE) or key_id is None or created is None:
        return None
    if not at - OLDEST <= created <= at + policy.MARGIN or has_expired(written, at):
        return None
    try:
        value = multibase.decode(written.get("proofValue", ""))
        bases = tuple(build_base(*signed) for signed in _list_signed(written, unsigned))
    except (ValueError, AttributeError):
        return None
    return Proof(key_id=key_id, value=value, bases=bases) if bases and len(value) == 64 else None


def has_expired(written: Json, at: datetime) -> bool:
    """Whether a proof names an end that is past, or one that cannot be read."""
    if "expires" not in written:
        return False
    expires = moment(written["expires"])
    return expires is None or at > expires + policy.GRACE


def _list_signed(written: Json, unsigned: Json) -> list[tuple[Json, Json]]:
    """How the document was signed: with the context of the proof, or with its own where the proof has none.

    A context that was made longer since is no part of what was signed. It does no harm to those who read plainly; to
    others it could say anything.
    """
    options = _without(written, "proofValue")
    context = unsigned.get("@context")
    if "@context" not in options:
        return [(options, unsigned), (options | {"@context": context}, unsigned)]
    signed, found = list(each(options["@context"])), list(each(context))
    if found[: len(signed)] != signed:
        return []
    if len(found) > len(signed) and needs_compaction(*read_structure(unsigned)):
        return []
    return [(options, unsigned | {"@context": options["@context"]})]


def _add_context(context: Any) -> list[Any]:
    """The context with the words of proofs right behind those of ActivityStreams, where they are not there yet."""
    found = list(context) if isinstance(context, list) else [context] if context else []
    if not any(isinstance(member, str) and member in CONTEXTS for member in found):
        found.insert(1, CONTEXT)
    return found


def _without(document: Json, *names: str) -> Json:
    return {name: member for name, member in document.items() if name not in names}
