"""Documents and keys that the tests of proofs share."""

import base64
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from federation.jsonld.ld_normal_form import IDENTITY, _hash
from federation.signatures import Signer, multibase
from tests.fediverse import FakeFediverse, Person

AS = "https://www.w3.org/ns/activitystreams"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
PUBLIC = f"{AS}#Public"

FEP_SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
FEP_PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
FEP_ACTOR = "https://server.example/users/alice"
FEP_TIME = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
FEP_DOCUMENT: dict[str, Any] = {
    "@context": [AS, DATA_INTEGRITY],
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": FEP_ACTOR,
    "object": {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": FEP_ACTOR,
        "content": "Hello world",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
    },
}
FEP_OPTIONS: dict[str, Any] = {
    "@context": [AS, DATA_INTEGRITY],
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "verificationMethod": f"{FEP_ACTOR}#ed25519-key",
    "proofPurpose": "assertionMethod",
    "created": "2023-02-24T23:36:38Z",
}
FEP_VALUE = "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL"

MASTODON_CONTEXT: list[Any] = [
    AS,
    "https://w3id.org/security/v1",
    {
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "conversation": "ostatus:conversation",
        "sensitive": "as:sensitive",
        "toot": "http://joinmastodon.org/ns#",
        "votersCount": "toot:votersCount",
        "Hashtag": "as:Hashtag",
    },
]


def fep_signer() -> Signer:
    """The key of the FEP."""
    codec, raw = multibase.decode_key(FEP_SECRET)
    assert codec == b"\x80\x26"
    return Signer(key_id=f"{FEP_ACTOR}#ed25519-key", private_key=Ed25519PrivateKey.from_private_bytes(raw))


def give_proof_key(fediverse: FakeFediverse, person: Person, seed: int = 1) -> Signer:
    """Let somebody show an Ed25519 key as FEP-521a wants it; its signer."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    signer = Signer(key_id=f"{person.uri}#ed25519-key", private_key=key)
    multikey = multibase.encode_key(multibase.ED25519_PUBLIC, key.public_key().public_bytes_raw())
    shown = {
        "id": signer.key_id,
        "type": "Multikey",
        "controller": person.uri,
        "publicKeyMultibase": multikey,
    }
    person.document["assertionMethod"] = [shown]
    fediverse.documents[person.uri] = person.document
    return signer


def make_create(person: Person, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A public Create as Mastodon writes it."""
    note = {
        "id": f"{person.uri}/statuses/{number}",
        "type": "Note",
        "attributedTo": person.uri,
        "published": "2026-11-24T09:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{person.uri}/followers"],
        "sensitive": False,
        "conversation": f"tag:henin.test,2026-11-24:objectId={number}:objectType=Conversation",
        "content": "<p>Une perceuse à prêter</p>",
        "tag": [{"type": "Hashtag", "href": "https://henin.test/tags/outils", "name": "#outils"}],
    }
    return {
        "@context": MASTODON_CONTEXT,
        "id": f"{person.uri}/statuses/{number}/activity",
        "type": "Create",
        "actor": person.uri,
        "published": "2026-11-24T09:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{person.uri}/followers"],
        "object": note,
    } | changes


def sign_linked(document: dict[str, Any], signer: Signer, **changes: Any) -> dict[str, Any]:
    """The document with an RsaSignature2017, made as Mastodon makes it."""
    options = {"creator": signer.key_id, "created": write_now()} | changes
    text = _hash({"@context": IDENTITY, **options}) + _hash(document)
    assert isinstance(signer.private_key, RSAPrivateKey)
    value = signer.private_key.sign(text.encode(), PKCS1v15(), SHA256())
    signature = {"type": "RsaSignature2017", **options, "signatureValue": base64.b64encode(value).decode()}
    return document | {"signature": signature}


def write_now() -> str:
    """The present as proofs write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def copy(document: dict[str, Any]) -> dict[str, Any]:
    """One that may be changed."""
    copied: dict[str, Any] = json.loads(json.dumps(document))
    return copied


def hash_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return sha256(data).hexdigest()
