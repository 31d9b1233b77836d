"""Proofs of FEP-8b32, made and read: the vector of the FEP, and everything that must not pass (EP1 to EP3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.proofs.canonical import canonicalize
from federation.proofs.integrity import OLDEST, add_proof, read_proofs
from federation.signatures import PublicKey, multibase
from federation.signatures.public_keys import read_multikey
from tests.federation.proofs.samples import (
    AS,
    FEP_ACTOR,
    FEP_DOCUMENT,
    FEP_OPTIONS,
    FEP_PUBLIC,
    FEP_TIME,
    FEP_VALUE,
    copy,
    fep_signer,
    hash_of,
)
from tests.fediverse import make_signer

KEY = PublicKey(uri=f"{FEP_ACTOR}#ed25519-key", owner=FEP_ACTOR, key=read_multikey(FEP_PUBLIC))
SIGNED = FEP_DOCUMENT | {"proof": FEP_OPTIONS | {"proofValue": FEP_VALUE}}


def holds(document: dict[str, Any], at: datetime = FEP_TIME) -> bool:
    """Whether one of its proofs is by the key of the FEP."""
    return any(proof.holds(KEY) for proof in read_proofs(document, at))


def sign(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The document with a proof whose options were changed before it was signed."""
    options = {name: value for name, value in (FEP_OPTIONS | changes).items() if value is not None}
    base = bytes.fromhex(hash_of(canonicalize(options)) + hash_of(canonicalize(document)))
    return document | {"proof": options | {"proofValue": multibase.encode(fep_signer().sign(base))}}


def test_ep01_the_hashes_of_the_fep_are_ours() -> None:
    assert hash_of(canonicalize(FEP_OPTIONS)) == "cf63e2308ce7d1137667192c5c5e751ba7b1c6e3d5e746a7b717d309654ad198"
    assert hash_of(canonicalize(FEP_DOCUMENT)) == "0793e8d97e2de4b989b2b2d7a5fae8cf941f102a03c0ecab00f03eaa2330c650"


def test_ep01_the_vector_of_the_fep_holds_and_is_made_again_equal() -> None:
    assert holds(SIGNED)
    assert add_proof(FEP_DOCUMENT, fep_signer(), FEP_TIME) == SIGNED


def test_ep01_what_we_make_holds_and_says_its_words() -> None:
    plain = FEP_DOCUMENT | {"@context": AS}

    signed = add_proof(plain, fep_signer(), FEP_TIME)

    assert holds(signed)
    assert signed["@context"] == [AS, "https://w3id.org/security/data-integrity/v1"]
    assert signed["proof"]["@context"] == signed["@context"]


def test_ep01_suites_that_are_not_known_are_ignored() -> None:
    other = FEP_OPTIONS | {"cryptosuite": "mldsa44-jcs-2024", "proofValue": "z" + "2" * 3000}

    assert read_proofs(FEP_DOCUMENT | {"proof": other}, FEP_TIME) == []
    assert holds(FEP_DOCUMENT | {"proof": [other, SIGNED["proof"]]})


@pytest.mark.parametrize(
    "path",
    [("id",), ("type",), ("actor",), ("object", "content"), ("object", "location", "latitude"), ("proof", "created")],
)
def test_ep01_every_change_is_noticed(path: tuple[str, ...]) -> None:
    changed = copy(SIGNED)
    inside = changed
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = "2023-02-24T23:36:39Z" if path[-1] == "created" else "x"

    assert not holds(changed)
    assert not holds(SIGNED | {"bcc": ["https://evil.test/users/eve"]})


@pytest.mark.parametrize(
    "changes",
    [
        {"proofPurpose": "authentication"},
        {"proofPurpose": None},
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"verificationMethod": None},
        {"verificationMethod": "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"},
        {"created": None},
        {"created": "yesterday"},
        {"expires": "2023-02-24T22:00:00Z"},
        {"expires": "never"},
        {"@context": "https://evil.test/context"},
        {"@context": [AS, "https://w3id.org/security/data-integrity/v2", {"content": "as:summary"}]},
    ],
)
def test_ep02_a_proof_for_something_else_is_none(changes: dict[str, Any]) -> None:
    assert not holds(sign(FEP_DOCUMENT, **changes))


def test_ep02_the_context_of_a_proof_is_the_beginning_of_the_documents() -> None:
    signed = sign(FEP_DOCUMENT | {"@context": [AS]}, **{"@context": [AS]})

    assert holds(signed | {"@context": FEP_DOCUMENT["@context"]})
    assert not holds(signed | {"@context": FEP_DOCUMENT["@context"][1:]})


def test_ep02_a_context_that_changes_what_is_said_cannot_be_added_later() -> None:
    longer = [*FEP_DOCUMENT["@context"], {"summary": "as:content", "content": "as:summary"}]

    assert not holds(SIGNED | {"@context": longer})
    assert holds(SIGNED | {"@context": [*FEP_DOCUMENT["@context"], {"Emoji": "http://joinmastodon.org/ns#Emoji"}]})


def test_ep02_proofs_are_of_the_last_seven_days() -> None:
    assert holds(SIGNED, FEP_TIME + OLDEST)
    assert not holds(SIGNED, FEP_TIME + OLDEST + timedelta(seconds=1))
    assert holds(SIGNED, FEP_TIME - timedelta(hours=1))
    assert not holds(SIGNED, FEP_TIME - timedelta(hours=2))


def test_ep02_a_proof_without_a_context_counts_with_that_of_its_document() -> None:
    # Fedify signs with the context and leaves it out of what it sends.
    sent = {name: value for name, value in SIGNED["proof"].items() if name != "@context"}

    assert holds(SIGNED | {"proof": sent})
    assert holds(sign(FEP_DOCUMENT, **{"@context": None}))


def test_ep03_a_linked_data_signature_is_no_part_of_what_is_proven() -> None:
    assert holds(SIGNED | {"signature": {"type": "RsaSignature2017", "signatureValue": "aGFsbG8="}})


@pytest.mark.parametrize(
    "value", ["", "z", "z0", "u" + FEP_VALUE[1:], FEP_VALUE + "1", FEP_VALUE[:-1], None, 7, [FEP_VALUE]]
)
def test_b39_proof_values_are_read_strictly(value: Any) -> None:
    assert not holds(FEP_DOCUMENT | {"proof": FEP_OPTIONS | {"proofValue": value}})


@pytest.mark.parametrize("proof", [None, 7, "proof", [], [[]], {}, [None, 3], {"type": ["DataIntegrityProof"]}])
def test_ep02_what_is_no_proof_is_none(proof: Any) -> None:
    assert read_proofs(FEP_DOCUMENT | {"proof": proof}, FEP_TIME) == []


def test_b40_a_proof_by_an_rsa_key_is_none() -> None:
    rsa = make_signer(KEY.uri)
    key = PublicKey(uri=KEY.uri, owner=FEP_ACTOR, key=rsa.private_key.public_key())

    assert not any(proof.holds(key) for proof in read_proofs(SIGNED, FEP_TIME))


def test_ep04_numbers_that_json_has_not_are_no_proof() -> None:
    assert not holds(SIGNED | {"duration": float("inf")})


def test_the_proof_says_when_in_utc() -> None:
    signed = add_proof(FEP_DOCUMENT, fep_signer(), datetime(2026, 1, 1, tzinfo=UTC))

    assert signed["proof"]["created"] == "2026-01-01T00:00:00Z"
