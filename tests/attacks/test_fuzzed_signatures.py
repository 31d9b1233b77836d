"""Signature headers, digests and keys, changed at random: read, or refused with our own error (B-28, B-35 to B-40).

With DECLIC_FUZZ=20000 in the environment a long run tries other examples.
"""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from federation.errors import SignatureInvalid
from federation.signatures import Envelope, PublicKey, SignatureScheme, holds, read_claims
from federation.signatures import base64 as strict_base64
from federation.signatures.digests import build_content_digest, build_digest, require_digests
from federation.signatures.multibase import ED25519_PUBLIC, RSA_PUBLIC, decode, encode, encode_key
from federation.signatures.policy import read_date, read_timestamp, require_key_id, require_our_host
from federation.signatures.public_keys import read_multikey, read_pem, write_multikey
from federation.signatures.structured import read_dictionary
from inbox.receiving.inbox_policy import read_key_hosts
from tests.attacks.mutations import fuzz
from tests.factories import HERE
from tests.fediverse import make_signer, public_pem, sign_post
from tests.signature_check import verify

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
BOB = make_signer("https://henin.test/users/bob#main-key")
KEY = PublicKey(uri=BOB.key_id, owner="https://henin.test/users/bob", key=BOB.private_key.public_key())

PIECES = st.sampled_from(
    [
        '"', "=", ",", ";", ":", " ", "\t", "(", ")", "\\", "?0", "?1", "\x7f", "é", "\ud800", "²", "keyId", "keyid",
        "headers", 'headers=""', "(request-target)", "(created)", "(expires)", "created=", "expires=1", "algorithm",
        '"hs2019"', '"none"', "sig1=", "sig2=", ":AAAA:", "::", "@method", '"@method";sf', ";bs", ";tr", ";req", ";key",
        "@query-param", "@status", '"@signature-params"', "nonce=", "tag=", "9" * 30, "-1", "1.5", "@1659578233",
        "%\"f%c3%bc\"", "sha-256=", "SHA-256=", "md5=", "sha-512=:AAAA:", "A" * 9000, "\r\n x", "*", "true", "=;=,",
    ]
)  # fmt: skip

EDITS = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 40), PIECES | st.text(max_size=6)), min_size=1, max_size=4
)


def edit(text: str, edits: list[tuple[int, int, str]]) -> str:
    """The text with some stretches exchanged."""
    for place, length, piece in edits:
        place %= len(text) + 1
        text = text[:place] + piece + text[place + length :]
    return text


def signed(scheme: SignatureScheme) -> Envelope:
    """A request that is signed well."""
    return sign_post(HERE, "/inbox?a=b", {"type": "Like"}, BOB, scheme=scheme, at=AT)


SIGNED = {scheme: signed(scheme) for scheme in SignatureScheme}


@pytest.mark.parametrize("scheme", SignatureScheme)
@fuzz(400)
@given(
    header=st.sampled_from(["Signature", "Signature-Input", "Digest", "Content-Digest", "Date", "Host"]), edits=EDITS
)
def test_b35_a_changed_header_is_refused_and_never_verifies(scheme: SignatureScheme, header: str, edits: Any) -> None:
    good = SIGNED[scheme]
    headers = CIMultiDict(good.headers)
    headers[header] = edit(headers.get(header, ""), edits)
    changed = Envelope(method="POST", path=good.path, headers=headers, body=good.body)

    read_key_hosts(changed.headers)
    with suppress(SignatureInvalid):
        claims = read_claims(changed, HERE, AT)
        assert 0 < len(claims) <= 4
        for claim in claims:
            holds(claim, KEY)
    with suppress(SignatureInvalid):
        assert not verify(changed, KEY, HERE, AT) or _means_the_same(good, changed)


def _means_the_same(good: Envelope, changed: Envelope) -> bool:
    """What still verifies may differ in spaces, in order, in parts that nobody signs, or have one more header."""
    read, before = read_claims(changed, HERE, AT), read_claims(good, HERE, AT)
    return (read[0].key_id, read[0].signature) == (before[0].key_id, before[0].signature)


@fuzz(200)
@given(
    st.lists(
        st.tuples(st.sampled_from(["Signature", "Signature-Input", "Digest", "Date", "Host"]), st.text()), max_size=8
    )
)
def test_b35_headers_of_garbage_raise_nothing_else(pairs: list[tuple[str, str]]) -> None:
    headers = CIMultiDict(pairs)
    for method in ("POST", "GET"):
        envelope = Envelope(method=method, path="/inbox", headers=headers, body=b"{}")
        with suppress(SignatureInvalid):
            read_claims(envelope, HERE, AT)
        with suppress(SignatureInvalid):
            require_our_host(envelope, HERE)
        read_key_hosts(envelope.headers)


@fuzz(400)
@given(edits=EDITS, text=st.text(max_size=60))
def test_b35_structured_fields_dates_and_times_raise_nothing_else(edits: Any, text: str) -> None:
    written = SIGNED[SignatureScheme.RFC9421].headers
    for value in (edit(written["Signature-Input"], edits), edit(written["Content-Digest"], edits), text):
        with suppress(SignatureInvalid):
            read_dictionary("signature-input", value)
    for value in (edit("Tue, 24 Nov 2026 08:00:00 GMT", edits), text):
        with suppress(SignatureInvalid):
            assert read_date(value).tzinfo is not None
        with suppress(SignatureInvalid):
            require_key_id(value)


@fuzz(200)
@given(st.integers() | st.floats() | st.text() | st.booleans() | st.none())
def test_b35_times_of_all_kinds_raise_nothing_else(value: Any) -> None:
    with suppress(SignatureInvalid):
        assert read_timestamp(value).tzinfo is not None


@fuzz(400)
@given(body=st.binary(max_size=40), edits=EDITS)
def test_b28_a_changed_digest_never_fits(body: bytes, edits: Any) -> None:
    for name, build in (("Digest", build_digest), ("Content-Digest", build_content_digest)):
        value = edit(build(body), edits)
        with suppress(SignatureInvalid):
            require_digests(Envelope(method="POST", path="/inbox", headers=CIMultiDict({name: value}), body=body))
            right = build(body).split("=", 1)[1].rstrip("=:")
            assert right in value, (
                "the right one is still there, perhaps without its padding, and nothing contradicts it"
            )


@fuzz(400)
@given(st.binary(max_size=80), EDITS, st.text(max_size=40))
def test_b39_base64_is_strict(data: bytes, edits: Any, text: str) -> None:
    written = strict_base64.encode(data)
    assert strict_base64.decode(written) == data

    for value in (edit(written, edits), text):
        with suppress(SignatureInvalid):
            assert strict_base64.encode(strict_base64.decode(value)) == value


@pytest.mark.parametrize("text", ["AAAAAAAA==", "AAAA=", "AB==", "AAB=", "AAAA\n", " AAAA", "AA", "=", "-_-_"])
def test_b39_base64_with_loose_ends_is_refused(text: str) -> None:
    with pytest.raises(SignatureInvalid):
        strict_base64.decode(text)


@fuzz(300)
@given(EDITS, st.text())
def test_b40_a_changed_pem_is_a_strong_key_or_refused(edits: Any, text: str) -> None:
    for value in (edit(public_pem(BOB), edits), text, f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----"):
        with suppress(SignatureInvalid):
            key = read_pem(value)
            assert key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


ED = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
MULTIKEYS = [
    write_multikey(ED),
    encode_key(RSA_PUBLIC, BOB.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)),
]


@fuzz(300)
@given(st.sampled_from(MULTIKEYS), EDITS, st.text(), st.binary(max_size=64))
def test_b40_a_changed_multikey_is_a_key_or_refused(written: str, edits: Any, text: str, raw: bytes) -> None:
    values = [
        edit(written, edits),
        text,
        f"z{text}",
        encode(raw),
        encode_key(ED25519_PUBLIC, raw),
        encode_key(RSA_PUBLIC, raw),
    ]
    for value in values:
        with suppress(SignatureInvalid):
            read_multikey(value)
        with suppress(ValueError):
            assert encode(decode(value)) == value


@fuzz(200)
@given(st.binary(max_size=64), st.binary(max_size=64))
def test_b40_signatures_of_garbage_never_hold(signature: bytes, data: bytes) -> None:
    ed = PublicKey(uri="https://henin.test/u#ed", owner="https://henin.test/u", key=ED)

    assert not KEY.verify(signature, data)
    assert not ed.verify(signature, data)
