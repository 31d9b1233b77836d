"""Signatures made without the private key, and how we ask for real ones."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import http_sf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.errors import SignatureInvalid
from federation.signatures import ACCEPT_SIGNATURE, Envelope, PublicKey, SignatureScheme, Signer, read_claims
from tests.factories import HERE
from tests.fediverse import make_signer, sign_post
from tests.signature_check import verify

BOB = make_signer("https://henin.test/users/bob#main-key")
KEY = PublicKey(uri=BOB.key_id, owner="https://henin.test/users/bob", key=BOB.private_key.public_key())
GOOD = {scheme: sign_post(HERE, "/inbox", b"{}", BOB, scheme=scheme) for scheme in SignatureScheme}


def accepts(envelope: Envelope, key: PublicKey = KEY) -> bool:
    """Whether the key signed it, as far as anybody would believe."""
    try:
        return verify(envelope, key, HERE, datetime.now(UTC))
    except SignatureInvalid:
        return False


def replace_signature(envelope: Envelope, value: bytes, *renamed: tuple[str, str]) -> Envelope:
    """The same request with these bytes for a signature, and other words in its headers."""
    [claim] = read_claims(envelope, HERE, datetime.now(UTC))
    headers = envelope.headers.copy()
    for name in ("Signature", "Signature-Input"):
        if name in headers:
            written = headers[name].replace(b64encode(claim.signature).decode(), b64encode(value).decode())
            for old, new in renamed:
                written = written.replace(old, new)
            headers[name] = written
    return Envelope(method=envelope.method, path=envelope.path, headers=headers, body=envelope.body)


@pytest.mark.parametrize("scheme", list(SignatureScheme))
def test_b40_the_public_key_is_no_secret(scheme: SignatureScheme) -> None:
    envelope = GOOD[scheme]
    [claim] = read_claims(envelope, HERE, datetime.now(UTC))
    forged = hmac.digest(KEY.pem.encode(), claim.bases[0], "sha256")

    assert accepts(envelope)
    assert not accepts(replace_signature(envelope, forged))
    for name in ("hmac-sha256", "none", "HS256"):
        renamed = (("rsa-sha256", name), ("rsa-v1_5-sha256", name))
        assert not accepts(replace_signature(envelope, forged, *renamed))


@pytest.mark.parametrize("scheme", list(SignatureScheme))
@pytest.mark.parametrize("value", [b"", b"\0", b"\0" * 256, b"\xff" * 256, b"\1" + b"\0" * 255, b"\0" * 10_000])
def test_b40_no_constant_is_a_signature(scheme: SignatureScheme, value: bytes) -> None:
    assert not accepts(replace_signature(GOOD[scheme], value))


@pytest.mark.parametrize("scheme", list(SignatureScheme))
def test_b40_an_ed25519_key_takes_no_other_form_of_a_signature(scheme: SignatureScheme) -> None:
    signer = Signer(key_id=BOB.key_id, private_key=Ed25519PrivateKey.generate())
    key = PublicKey(uri=signer.key_id, owner=KEY.owner, key=signer.private_key.public_key())
    envelope = sign_post(HERE, "/inbox", b"{}", signer, scheme=SignatureScheme.RFC9421)

    assert accepts(envelope, key)
    for value in (b"\0" * 64, sha256(b"x").digest() * 2, b"\1" + b"\0" * 63, b"\0" * 63, b"\0" * 65):
        assert not accepts(replace_signature(envelope, value), key)
    assert not accepts(GOOD[scheme], key)


def test_rs08_what_we_ask_for_is_what_we_take() -> None:
    asked: Any = http_sf.parse(ACCEPT_SIGNATURE.encode(), tltype="dictionary")

    components, parameters = asked["sig1"]
    assert [name for name, _ in components] == ["@method", "@target-uri", "content-digest"]
    assert parameters == {"created": True, "keyid": True}
    written = GOOD[SignatureScheme.RFC9421].headers["Signature-Input"]
    assert all(f'"{name}"' in written for name, _ in components) and "created=" in written and "keyid=" in written
