"""RFC 9421 signatures, held against the RFC itself and against another implementation."""

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from multidict import CIMultiDict

from federation.errors import SignatureInvalid
from federation.signatures import Envelope, PublicKey, SignatureScheme, Signer, base64, holds, read_claims
from federation.signatures.digests import build_content_digest, require_digests
from federation.signatures.rfc9421 import build_base
from models.settings import Site
from tests.factories import HERE
from tests.fediverse import make_signer, sign_get, sign_post
from tests.signature_check import verify

BOB = make_signer("https://henin.test/users/bob#main-key")
KEY = PublicKey(uri=BOB.key_id, owner="https://henin.test/users/bob", key=BOB.private_key.public_key())
ED_BOB = Signer(key_id="https://henin.test/users/bob#ed25519-key", private_key=Ed25519PrivateKey.generate())
ED_KEY = PublicKey(uri=ED_BOB.key_id, owner=KEY.owner, key=ED_BOB.private_key.public_key())
BODY = json.dumps({"id": "https://henin.test/1", "type": "Like"}).encode()
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())

COVERED = '"@method" "@target-uri" "content-digest"'


def build(
    covered: str = COVERED,
    parameters: str | None = None,
    *,
    method: str = "POST",
    path: str = "/inbox",
    signer: Signer = BOB,
    label: str = "sig1",
    digest: str | None = None,
    base_covered: str | None = None,
) -> Envelope:
    """A request signed by hand, so that every part of it can be odd."""
    headers = CIMultiDict(
        {"Host": HERE.host, "Date": "Tue, 24 Nov 2026 12:00:00 GMT", "Content-Type": "application/activity+json"}
    )
    body = BODY if method == "POST" else b""
    if method == "POST":
        headers["Content-Digest"] = digest or build_content_digest(BODY)
    parameters = f';created={STAMP};keyid="{signer.key_id}"' if parameters is None else parameters
    names = [name.strip('"') for name in (base_covered or covered).split()]
    envelope = Envelope(method=method, path=path, headers=headers, body=body)
    signature = signer.sign(build_base(envelope, HERE, names, f"({covered}){parameters}"))
    headers["Signature-Input"] = f"{label}=({covered}){parameters}"
    headers["Signature"] = f"{label}=:{base64.encode(signature)}:"
    return envelope


def accepts(envelope: Envelope, *, at: datetime = NOW, key: PublicKey = KEY) -> bool:
    """Whether it is accepted; every refusal has to be a SignatureInvalid and nothing else."""
    try:
        return verify(envelope, key, HERE, at)
    except SignatureInvalid:
        return False


def changed(envelope: Envelope, **headers: str | None) -> Envelope:
    """The same with other headers; None takes one away."""
    copy = envelope.headers.copy()
    for name, value in headers.items():
        copy.popall(name.replace("_", "-"), None)
        if value is not None:
            copy[name.replace("_", "-")] = value
    return replace(envelope, headers=copy)


def test_rs01_the_minimum_of_mastodon_is_accepted_under_any_label() -> None:
    assert accepts(build())
    assert accepts(build(label="weird-label_1.x"))
    assert accepts(build('"@method" "@target-uri"', method="GET", path="/users/alice?x=1"))
    assert accepts(build(signer=ED_BOB), key=ED_KEY)


@pytest.mark.parametrize(
    ("parameters", "accepted"),
    [
        (f';created={STAMP};keyid="{BOB.key_id}"', True),
        (f';created={STAMP};keyid="{BOB.key_id}";alg="rsa-v1_5-sha256";tag="x"', True),
        (f';keyid="{BOB.key_id}"', False),
        (f";created={STAMP}", False),
        (f';created={STAMP};keyid="acct:bob@henin.test"', False),
        (f";created={STAMP};keyid=token", False),
        (f';created="{STAMP}";keyid="{BOB.key_id}"', False),
        (f';created={STAMP}.5;keyid="{BOB.key_id}"', False),
        (f';created=?1;keyid="{BOB.key_id}"', False),
        (f';created=-1;keyid="{BOB.key_id}"', False),
        ("", False),
    ],
)
def test_rs01_keyid_and_created_are_needed(parameters: str, accepted: bool) -> None:
    assert accepts(build(parameters=parameters)) is accepted


@pytest.mark.parametrize(
    "covered",
    ['"@target-uri" "content-digest"', '"@method" "content-digest"', '"@method" "@target-uri"', '"date"', ""],
)
def test_rs01_a_post_has_to_cover_method_target_and_digest(covered: str) -> None:
    assert not accepts(build(covered))


@pytest.mark.parametrize(
    ("covered", "path", "accepted"),
    [
        ('"@method" "@authority" "@path" "content-digest"', "/inbox", True),
        ('"@method" "@authority" "@path" "content-digest"', "/inbox?x=1", False),
        ('"@method" "@authority" "@path" "@query" "content-digest"', "/inbox?x=1", True),
        ('"@method" "@authority" "@request-target" "content-digest"', "/inbox?x=1", True),
        ('"@method" "@path" "content-digest"', "/inbox", False),
        ('"@method" "@target-uri" "@authority" "host" "date" "content-digest" "@scheme"', "/inbox", True),
    ],
)
def test_rs02_parts_of_the_target_may_stand_for_it(covered: str, path: str, accepted: bool) -> None:
    assert accepts(build(covered, path=path)) is accepted


GOOD = build_content_digest(BODY)


@pytest.mark.parametrize(
    ("digest", "accepted"),
    [
        (GOOD, True),
        (f"{GOOD}, unixsum=:AAA=:", True),
        (f"sha-512=:AAAA:, {GOOD}", False),
        ("sha-256=:AAAA:", False),
        ("sha-256=AAAA", False),
        ("sha-256=:AA", False),
        ("sha-256", False),
        ("md5=:AAAA:", False),
        (f"{GOOD}, {GOOD}", False),
        ("((((", False),
        ("é", False),
    ],
)
def test_rs03_content_digests_are_checked(digest: str, accepted: bool) -> None:
    assert accepts(build(digest=digest)) is accepted


def test_rs03_a_body_that_was_exchanged_is_noticed() -> None:
    good = build()

    assert not accepts(replace(good, body=b"other"))
    assert not accepts(replace(changed(good, content_digest=build_content_digest(b"other")), body=b"other"))
    assert not accepts(changed(good, content_digest=None))


@pytest.mark.parametrize("alg", ["ed25519", "rsa-pss-sha512", "hmac-sha256", "none", "", "hs2019"])
def test_rs04_an_algorithm_that_is_not_the_keys_is_refused(alg: str) -> None:
    assert not accepts(build(parameters=f';created={STAMP};keyid="{BOB.key_id}";alg="{alg}"'))


def test_rs04_expiry_counts() -> None:
    def expiring(after: int) -> Envelope:
        return build(parameters=f';created={STAMP};keyid="{BOB.key_id}";expires={STAMP + after}')

    assert accepts(expiring(300))
    assert not accepts(expiring(300), at=NOW + timedelta(minutes=7))
    assert not accepts(expiring(48 * 3600), at=NOW + timedelta(hours=13))
    assert not accepts(build(parameters=f';created={STAMP};keyid="{BOB.key_id}";expires="x"'))


@pytest.mark.parametrize(
    "component",
    [
        '"date";bs', '"content-type";sf', '"date";tr', '"date";req', '"x";key="y"', '"@query-param";name="x"',
        '"@status"', '"@made-up"', '"Date"', '"@method"', '"x-absent"', "date", "5", ":AA==:", '"date" "date"',
    ],
)  # fmt: skip
def test_rs04_components_that_are_not_known_are_refused(component: str) -> None:
    envelope = build(f"{COVERED} {component}", base_covered=COVERED)

    assert not accepts(envelope)


@pytest.mark.parametrize(
    "value",
    ["", "x", "sig1", "sig1=x", "sig1=()", "sig1=(", "sig1=5", "=", "sig1=(),sig1=()", "é", "a" * 9000, "sig1=?1"],
)
def test_rs04_headers_that_cannot_be_read_are_refused(value: str) -> None:
    assert not accepts(changed(build(), signature_input=value))
    assert not accepts(changed(build(), signature=value))


def test_rs05_other_signatures_may_stand_beside_and_five_are_too_many() -> None:
    first, second = build(), build(label="proxy", signer=ED_BOB)
    both = changed(
        first,
        signature_input=f"{first.headers['Signature-Input']}, {second.headers['Signature-Input']}",
        signature=f"{first.headers['Signature']}, {second.headers['Signature']}",
    )
    inputs = [build(label=f"sig{number}") for number in range(5)]
    many = changed(
        first,
        signature_input=", ".join(one.headers["Signature-Input"] for one in inputs),
        signature=", ".join(one.headers["Signature"] for one in inputs),
    )

    assert accepts(both) and accepts(both, key=ED_KEY)
    assert len(read_claims(both, HERE, NOW)) == 2
    assert not accepts(many)
    assert not accepts(changed(first, signature=both.headers["Signature"]))


def test_rs05_the_same_key_twice_is_refused() -> None:
    first, second = build(), build(label="sig2")
    both = changed(
        first,
        signature_input=f"{first.headers['Signature-Input']}, {second.headers['Signature-Input']}",
        signature=f"{first.headers['Signature']}, {second.headers['Signature']}",
    )

    assert not accepts(both)


def test_rs06_the_target_is_our_configured_origin() -> None:
    forged = sign_post(
        Site(url="http://lomme.test", host="lomme.test"), "/inbox", BODY, BOB, scheme=SignatureScheme.RFC9421, at=NOW
    )

    assert not accepts(changed(forged, x_forwarded_proto="http", x_forwarded_host="lomme.test"))
    assert accepts(changed(build(), x_forwarded_proto="http", x_forwarded_host="evil.test", forwarded="proto=http"))


def test_rs07_with_signature_input_the_draft_does_not_count() -> None:
    cavage = sign_post(HERE, "/inbox", BODY, BOB, at=NOW)

    assert accepts(cavage)
    assert not accepts(changed(cavage, signature_input=build().headers["Signature-Input"]))


@pytest.mark.parametrize("minutes", [66, -66, 600])
def test_rs01_old_and_future_signatures_are_refused(minutes: int) -> None:
    assert not accepts(build(), at=NOW + timedelta(minutes=minutes))


def test_rs01_every_change_of_a_signed_request_is_noticed() -> None:
    good = build(f'{COVERED} "date"')

    assert accepts(good)
    assert not accepts(replace(good, method="PUT"))
    assert not accepts(replace(good, path="/users/alice/inbox"))
    assert not accepts(changed(good, host="other.test"))
    assert not accepts(changed(good, date="Tue, 24 Nov 2026 12:00:01 GMT"))


@pytest.mark.parametrize(
    "spoil", [lambda s: s[:-2] + "@:", lambda s: "sig1=::", lambda s: "sig1=x", lambda s: f"{s[:40]}:"]
)
def test_b39_signatures_are_strict_base64(spoil: Callable[[str], str]) -> None:
    envelope = build()

    assert not accepts(changed(envelope, signature=spoil(envelope.headers["Signature"])))


# Another implementation, both ways.


@dataclass
class Message:
    """A request as http-message-signatures wants it."""

    method: str
    url: str
    headers: CIMultiDict[str]


class OtherKeys(HTTPSignatureKeyResolver):
    """The keys of this test as http-message-signatures wants them."""

    def resolve_public_key(self, key_id: str) -> RSAPublicKey | Ed25519PublicKey:
        return {BOB.key_id: KEY, ED_BOB.key_id: ED_KEY}[key_id].key

    def resolve_private_key(self, key_id: str) -> RSAPrivateKey | Ed25519PrivateKey:
        return {BOB.key_id: BOB, ED_BOB.key_id: ED_BOB}[key_id].private_key


@pytest.mark.parametrize(("signer", "algorithm"), [(BOB, algorithms.RSA_V1_5_SHA256), (ED_BOB, algorithms.ED25519)])
def test_rs09_another_implementation_accepts_what_we_sign(signer: Signer, algorithm: type) -> None:
    ours = sign_post(HERE, "/inbox?x=1", BODY, signer, scheme=SignatureScheme.RFC9421)
    get = sign_get(HERE, "/users/alice?page=2", signer, scheme=SignatureScheme.RFC9421)
    verifier = HTTPMessageVerifier(signature_algorithm=algorithm, key_resolver=OtherKeys())

    for envelope in (ours, get):
        results = verifier.verify(Message(envelope.method, f"{HERE.url}{envelope.path}", envelope.headers))

        assert [one.label for one in results] == ["sig1"]


@pytest.mark.parametrize(
    ("signer", "key", "algorithm"), [(BOB, KEY, algorithms.RSA_V1_5_SHA256), (ED_BOB, ED_KEY, algorithms.ED25519)]
)
def test_rs01_we_accept_what_another_implementation_signs(signer: Signer, key: PublicKey, algorithm: type) -> None:
    headers = CIMultiDict({"Host": HERE.host, "Date": "Tue, 24 Nov 2026 12:00:00 GMT"})
    message = Message("POST", f"{HERE.url}/inbox?x=1", headers)
    other = HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=OtherKeys())
    other.sign(
        message, key_id=signer.key_id, created=NOW, covered_component_ids=("@method", "@target-uri", "date"), body=BODY
    )

    envelope = Envelope(method="POST", path="/inbox?x=1", headers=message.headers, body=BODY)
    [claim] = read_claims(envelope, HERE, NOW)

    assert holds(claim, key)
    assert not accepts(replace(envelope, path="/inbox?x=2"), key=key)


# RFC 9421 §4.3: the signature of the proxy, with the key of its appendix B.1.1.

RFC_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAhAKYdtoeoy8zcAcR874L
8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrwWEBnez6d0UDKDwGbc6nxfEXAy5mbhgaj
zrw3MOEt8uA5txSKobBpKDeBLOsdJKFqMGmXCQvEG7YemcxDTRPxAleIAgYYRjTS
d/QBwVW9OwNFhekro3RtlinV0a75jfZgkne/YiktSvLG34lw2zqXBDTC5NHROUqG
TlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0PuKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dS
FFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQPSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ1
0wIDAQAB
-----END PUBLIC KEY-----
"""
RFC_DIGEST = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
RFC_SIGNATURE = (
    "S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsO"
    "ckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8N"
    "MaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9d"
    "dzirrswsE1w5o0LV/g=="
)


def test_rs02_the_proxys_signature_in_the_rfc_verifies() -> None:
    origin = Site(url="https://origin.host.internal.example", host="origin.host.internal.example")
    envelope = Envelope(
        method="POST",
        path="/foo",
        headers=CIMultiDict(
            {
                "Host": origin.host,
                "Content-Type": "application/json",
                "Content-Digest": RFC_DIGEST,
                "Content-Length": "18",
                "Forwarded": "for=192.0.2.123;host=example.com;proto=https",
            }
        ),
        body=b'{"hello": "world"}',
    )
    names = ["@method", "@authority", "@path", "content-digest", "content-type", "content-length", "forwarded"]
    quoted = " ".join(f'"{name}"' for name in names)
    parameters = f'({quoted});created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540'
    key = load_pem_public_key(RFC_KEY.encode())
    assert isinstance(key, RSAPublicKey)

    require_digests(envelope)
    key.verify(b64decode(RFC_SIGNATURE), build_base(envelope, origin, names, parameters), PKCS1v15(), SHA256())
