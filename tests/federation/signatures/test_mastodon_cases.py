"""The situations that Mastodon tests its verification with: its key, its signatures, and our verdict on each.

Mastodon answers 400 where a header cannot be parsed; its own kind gives a delivery up at that. Here it is 401, as for
everything about signatures.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.errors import SignatureInvalid
from federation.signatures import Envelope, PublicKey
from federation.signatures.public_keys import read_pem
from models.settings import Site
from tests.payloads import FOLDER
from tests.signature_check import verify

BOB = "https://remote.domain/users/bob"
NOW = datetime(2023, 12, 20, 10, tzinfo=UTC)
PEM = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqIAYvNFGbZ5g4iiK6feS
dXD4bDStFM58A7tHycYXaYtzZQpIeHXAmaXuZzXIwtrP4N0gIk8JNwZvXj2UPS+S
07t0V9wNK94he01LV5EMz/GN4eNnFmDL64HIEuKLvV8TvgjbUPRD6Y5X0UpKi2ZI
FLSb96Q5w0Z/k7ntpVKV52y8kz5Fjr/O/0JuHryZe0yItzJh8kzFfeMf0EXzfSna
KvT7P9jhgC6uTre+jXyvVZjiHDrnqvvucdI3I7DRfXo1OqARBrLjy+TdseUAjNYJ
+OuPRI1URIWQI01DCHqcohVu9+Ar+BiCjFp3ua+XMuJvrvbD61d1Fvig/9nbBRR+
8QIDAQAB
-----END PUBLIC KEY-----
"""
KEY = PublicKey(uri=f"{BOB}#main-key", owner=BOB, key=read_pem(PEM))

REQUESTS: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "mastodon" / "signed_requests.jsonl").read_text().splitlines()
]
ACCEPTED = {request["case"]: request for request in REQUESTS if request["mastodon"] == "accepted"}
REFUSED = {request["case"]: request for request in REQUESTS if request["mastodon"] != "accepted"}


def accepts(request: dict[str, Any]) -> bool:
    """Whether we take this request; it was made when Mastodon's tests take place."""
    envelope = Envelope(
        method=request["method"],
        path=request["path"],
        headers=CIMultiDict(request["headers"]),
        body=request["body"].encode(),
    )
    site = Site(url="https://www.example.com", host="www.example.com")
    try:
        return verify(envelope, KEY, site, NOW)
    except SignatureInvalid:
        return False


@pytest.mark.parametrize("case", ACCEPTED)
def test_sg01_what_mastodon_accepts_is_accepted(case: str) -> None:
    assert accepts(ACCEPTED[case])


@pytest.mark.parametrize("case", REFUSED)
def test_sg10_what_mastodon_refuses_is_refused(case: str) -> None:
    assert not accepts(REFUSED[case])


def test_sg10_a_request_of_mastodons_is_refused_for_its_one_fault_alone() -> None:
    # Each refused request with a signature is near an accepted one, so none is refused for another reason.
    assert accepts(REFUSED["post with another body"] | {"body": "Hello world"})
    assert accepts(REFUSED["9421: post with another body"] | {"body": "Hello world"})
    assert accepts(REFUSED["get with another query"] | {"path": "/activitypub/success?foo=42"})
    assert accepts(REFUSED["9421: get with another query"] | {"path": "/activitypub/success?foo=42"})
    assert accepts(REFUSED["get of another path"] | {"path": "/activitypub/success"})
    assert accepts(REFUSED["9421: get of another path"] | {"path": "/activitypub/success"})
    assert accepts(REFUSED["post to another path"] | {"path": "/activitypub/success"})
