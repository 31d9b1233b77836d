"""People of other servers under addresses of their own, and with keys of their own for proofs."""

import re
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.signatures import Signer
from federation.signatures.public_keys import write_multikey
from tests.fediverse import FakeFediverse, Person, build_actor_document, make_signer


def add_stranger(fediverse: FakeFediverse, uri: str, **changes: Any) -> Person:
    """Somebody with this id, whatever its form."""
    username = re.sub(r"\W", "", uri.rstrip("/").rpartition("/")[2])
    signer = make_signer(f"{uri}#main-key")
    document = build_actor_document(uri, username, signer) | changes
    fediverse.documents[uri] = document
    fediverse.add_webfinger(f"{username}@{urlsplit(uri).netloc}", uri)
    return Person(uri=uri, signer=signer, document=document)


def give_proof_key(fediverse: FakeFediverse, person: Person) -> Signer:
    """A key with which this person makes proofs, shown in the actor document (FEP-521a)."""
    key = Ed25519PrivateKey.generate()
    id = f"{person.uri}#ed25519-key"
    shown = {
        "id": id,
        "type": "Multikey",
        "controller": person.uri,
        "publicKeyMultibase": write_multikey(key.public_key()),
    }
    fediverse.documents[person.uri] = person.document | {"assertionMethod": [shown]}
    return Signer(key_id=id, private_key=key)
