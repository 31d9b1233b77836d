"""Fedify signs and we verify, we sign and Fedify verifies: requests, embedded proofs and linked-data signatures."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.instance import Instance
from federation.json.jsonld_terms import TERMS
from federation.proofs import add_proof, verify_linked_data, verify_proof
from federation.signatures import Envelope, SignatureScheme, Signer
from federation.signatures.public_keys import PublicKey
from tests.factories import HERE
from tests.federation.proofs.samples import copy, give_proof_key, make_create, sign_linked, write_now
from tests.fediverse import FakeFediverse, Person, sign_get, sign_post
from tests.peers.fedify_signatures import FedifySignatures, running_signatures, write_jwk, write_request
from tests.peers.programs import needs_fedify
from tests.signature_check import verify


@pytest.fixture(scope="module")
async def fedify() -> AsyncIterator[FedifySignatures]:
    """One Node for all tests of this module."""
    async with running_signatures() as running:
        yield running


@pytest.fixture
def proof_signer(fediverse: FakeFediverse, bob: Person) -> Signer:
    """His Ed25519 key."""
    names = ("assertionMethod", "controller", "Multikey", "publicKeyMultibase")
    bob.document["@context"] = [*bob.document["@context"], {name: TERMS[name] for name in names}]
    return give_proof_key(fediverse, bob)


def key_of(person: Person) -> PublicKey:
    return PublicKey(uri=person.signer.key_id, owner=person.uri, key=person.signer.private_key.public_key())


@needs_fedify
@pytest.mark.parametrize("spec", ["draft-cavage-http-signatures-12", "rfc9421"])
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_sg01_we_accept_what_fedify_signs(fedify: FedifySignatures, bob: Person, spec: str, method: str) -> None:
    body = b'{"type":"Create"}' if method == "POST" else b""
    path = "/inbox" if body else "/users/alice/outbox?page=2"
    headers = CIMultiDict({"Host": HERE.host} | ({"Content-Type": "application/activity+json"} if body else {}))
    bare = Envelope(method=method, path=path, headers=headers, body=body)
    now = write_now()

    signed = await fedify.ask(
        "signRequest",
        request=write_request(bare, HERE.url),
        key=write_jwk(bob.signer),
        keyId=bob.signer.key_id,
        spec=spec,
        at=now,
    )
    received = signed["headers"] | {"host": HERE.host}
    envelope = Envelope(method=method, path=path, headers=CIMultiDict(received), body=body)

    assert verify(envelope, key_of(bob), HERE, datetime.now(UTC))
    assert ("signature-input" in envelope.headers) == (spec == "rfc9421")


@needs_fedify
@pytest.mark.parametrize("scheme", list(SignatureScheme))
async def test_rs09_fedify_accepts_what_we_sign(fedify: FedifySignatures, bob: Person, scheme: SignatureScheme) -> None:
    documents = {bob.uri: bob.document}
    post = sign_post(HERE, "/inbox", b'{"type":"Create"}', bob.signer, scheme=scheme)
    # Fedify leaves the query out of the draft's request target, as old Mastodon did: such a GET is knocked twice.
    get = sign_get(
        HERE, "/users/alice" if scheme is SignatureScheme.CAVAGE else "/users/alice?page=2", bob.signer, scheme=scheme
    )
    changed = Envelope(method="POST", path="/inbox", headers=post.headers, body=b'{"type":"Delete"}')

    for envelope, expected in ((post, bob.signer.key_id), (get, bob.signer.key_id), (changed, None)):
        request = write_request(envelope, HERE.url)
        answer = await fedify.ask("verifyRequest", request=request, documents=documents, at=write_now())
        assert answer["keyId"] == expected


@needs_fedify
async def test_ep01_fedify_accepts_our_proofs(fedify: FedifySignatures, bob: Person, proof_signer: Signer) -> None:
    signed = add_proof(make_create(bob), proof_signer, datetime.now(UTC))
    changed = copy(signed)
    changed["object"]["content"] = "<p>Autre chose</p>"

    answer = await fedify.ask("verifyProof", document=signed, documents={bob.uri: bob.document})
    refused = await fedify.ask("verifyProof", document=changed, documents={bob.uri: bob.document})

    assert answer == {"id": signed["id"], "keyId": proof_signer.key_id}
    assert refused == {"id": None, "keyId": None}


@needs_fedify
async def test_ep01_we_accept_the_proofs_of_fedify(
    fedify: FedifySignatures, instance: Instance, bob: Person, proof_signer: Signer
) -> None:
    answer = await fedify.ask(
        "signProof", document=make_create(bob), key=write_jwk(proof_signer), keyId=proof_signer.key_id, at=write_now()
    )
    signed: dict[str, Any] = answer["document"]

    assert await verify_proof(instance, signed) == bob.uri
    assert await verify_proof(instance, signed | {"published": "2026-11-24T10:00:00Z"}) is None


@needs_fedify
async def test_ep05_fedify_accepts_what_we_call_a_linked_data_signature(fedify: FedifySignatures, bob: Person) -> None:
    signed = sign_linked(make_create(bob), bob.signer)
    documents = {bob.uri: bob.document}

    assert (await fedify.ask("verifyLinkedData", document=signed, documents=documents))["holds"]
    changed = signed | {"published": "2026-11-24T10:00:00Z"}
    assert not (await fedify.ask("verifyLinkedData", document=changed, documents=documents))["holds"]


@needs_fedify
@pytest.mark.parametrize("proven", [False, True])
async def test_ep05_we_accept_the_linked_data_signatures_of_fedify(
    fedify: FedifySignatures, instance: Instance, bob: Person, proof_signer: Signer, proven: bool
) -> None:
    document = make_create(bob)
    if proven:
        document = add_proof(document, proof_signer, datetime.now(UTC))

    answer = await fedify.ask(
        "signLinkedData", document=document, key=write_jwk(bob.signer), keyId=bob.signer.key_id, at=write_now()
    )
    read = await verify_linked_data(instance, answer["document"])

    assert read is not None and read["object"]["content"] == document["object"]["content"]
    assert await verify_linked_data(instance, answer["document"] | {"published": "2026-11-24T10:00:00Z"}) is None
