"""The situations that Mastodon tests its verification of proofs and linked-data signatures with, and our verdicts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.instance import Instance
from federation.proofs import verify_linked_data
from federation.proofs.integrity import OLDEST, Proof, build_base, read_proofs
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
    sign_linked,
)
from tests.fediverse import FakeFediverse, Person

KEY = PublicKey(uri=f"{FEP_ACTOR}#ed25519-key", owner=FEP_ACTOR, key=read_multikey(FEP_PUBLIC))
SHORT = FEP_DOCUMENT | {
    "object": {name: FEP_DOCUMENT["object"][name] for name in ("id", "type", "attributedTo", "content")}
}


def prove(document: dict[str, Any], value: str, **options: str) -> dict[str, Any]:
    """The document with a proof that somebody else made."""
    return document | {"proof": FEP_OPTIONS | options | {"proofValue": value}}


FAR = prove(
    SHORT,
    "z4bp44KNvTEeb7h8gY7tpbF9EaJxzbcYc6JNPxMv1wdWDakBt2vVEC3UzjctghA5XP2NevDnDCPzph2oNNb3qRJ8K",
    expires="3000-01-01T00:00:00Z",
)
OVER = prove(
    SHORT,
    "z25og1nNL6TLjQ8fHK4WmzWZzjb8BhcVvaoXToxE9qpcB6iqCWmWhmSAifmcWA11rtdomgGpkRNeEPDMXWJY5BDVQ",
    expires="2023-02-24T23:36:39Z",
)
CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
CREDENTIAL_OPTIONS = FEP_OPTIONS | {
    "@context": CREDENTIAL["@context"],
    "verificationMethod": f"did:key:{FEP_PUBLIC}#{FEP_PUBLIC}",
}
CREDENTIAL_VALUE = "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
"""The example of eddsa-jcs-2022 in the W3C's own specification."""


def holds(document: dict[str, Any], key: PublicKey = KEY, at: datetime = FEP_TIME) -> bool:
    return any(proof.holds(key) for proof in read_proofs(document, at))


def test_ep01_a_proof_by_the_key_holds_and_by_another_does_not() -> None:
    other = PublicKey(uri=KEY.uri, owner=FEP_ACTOR, key=Ed25519PrivateKey.generate().public_key())

    assert holds(prove(FEP_DOCUMENT, FEP_VALUE))
    assert not holds(prove(FEP_DOCUMENT, FEP_VALUE), other)


def test_ep02_an_end_far_away_is_none_and_stretches_nothing() -> None:
    assert holds(FAR)
    # Mastodon lets it count until then; here a proof is a week old at most.
    assert not holds(FAR, at=FEP_TIME + OLDEST + timedelta(seconds=1))


def test_ep02_a_proof_is_over_once_its_end_is() -> None:
    assert holds(OVER)
    assert not holds(OVER, at=FEP_TIME + timedelta(minutes=5))


def test_ep01_the_example_of_the_w3c_holds() -> None:
    base = build_base(CREDENTIAL_OPTIONS, CREDENTIAL)
    proof = Proof(key_id=KEY.uri, value=multibase.decode(CREDENTIAL_VALUE), bases=(base,))

    assert proof.holds(KEY)
    # Its key is no web address, so that no actor could own it: nothing here is proven by such a one.
    signed = CREDENTIAL | {"proof": CREDENTIAL_OPTIONS | {"proofValue": CREDENTIAL_VALUE}}
    assert read_proofs(signed, FEP_TIME) == []


def hello(person: Person) -> dict[str, Any]:
    """The least that can be signed."""
    return {"@context": AS, "id": f"{person.uri}/hello-world", "type": "Create", "actor": person.uri}


async def test_ep05_a_signature_holds_and_a_key_that_is_missing_is_fetched_once(
    server: Instance, bob: Person, fediverse: FakeFediverse
) -> None:
    signed = sign_linked(hello(bob), bob.signer)

    for _ in range(2):
        read = await verify_linked_data(server, signed)
        assert read is not None and read["actor"] == bob.uri

    assert fediverse.fetched.count(bob.uri) == 1


@pytest.mark.parametrize("value", ["s69F3mfddd99dGjmvjdjjs81e12jn121Gkm1", "", None])
async def test_ep05_a_signature_that_is_none_vouches_for_nothing(server: Instance, bob: Person, value: Any) -> None:
    signed = sign_linked(hello(bob), bob.signer)
    signed["signature"]["signatureValue"] = value

    assert await verify_linked_data(server, signed) is None
    assert await verify_linked_data(server, hello(bob)) is None
    assert await verify_linked_data(server, hello(bob) | {"signature": None}) is None


async def test_ep05_a_signature_names_its_key_and_not_its_actor(server: Instance, bob: Person) -> None:
    # Mastodon names the key when it signs, and takes the actor for it when it verifies. Here the origin is asked then.
    signed = sign_linked(hello(bob), bob.signer, creator=bob.uri)

    assert await verify_linked_data(server, signed) is None


async def test_ep05_a_signature_of_long_ago_vouches_for_nothing_today(server: Instance, bob: Person) -> None:
    # Mastodon's own is of 2017. What we remember of what was received goes back seven days.
    old = sign_linked(hello(bob), bob.signer, created="2017-09-23T20:21:34Z")

    assert await verify_linked_data(server, old) is None
    at = datetime(2017, 9, 23, 21, tzinfo=UTC)
    assert await verify_linked_data(server, old, at=at) is not None
