"""The vectors of draft-cavage's appendix C; the key has 1024 bits, so it is used below the policy."""

from base64 import b64decode
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from multidict import CIMultiDict

from federation.errors import SignatureInvalid
from federation.signatures import Envelope
from federation.signatures.cavage import build_base
from federation.signatures.digests import require_digests
from federation.signatures.public_keys import read_pem

APPENDIX_KEY = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe"
    "/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB\n"
    "-----END PUBLIC KEY-----\n"
)
APPENDIX = Envelope(
    method="POST",
    path="/foo?param=value&pet=dog",
    headers=CIMultiDict(
        {
            "Host": "example.com",
            "Date": "Sun, 05 Jan 2014 21:31:40 GMT",
            "Content-Type": "application/json",
            "Digest": "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
            "Content-Length": "18",
        }
    ),
    body=b'{"hello": "world"}',
)
C1 = (
    "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0Gpp"
    "auB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM="
)
C2 = (
    "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3n"
    "ndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="
)
C3 = (
    "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaE"
    "RZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE="
)


def _appendix_holds(covered: str, signature: str, **parameters: str) -> bool:
    target = f"{APPENDIX.method.lower()} {APPENDIX.path}"
    base = build_base(APPENDIX, covered.split(), parameters, target)
    key = load_pem_public_key(APPENDIX_KEY.encode())
    assert isinstance(key, RSAPublicKey)
    try:
        key.verify(b64decode(signature), base, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def test_sg06_the_vectors_of_the_drafts_appendix_verify() -> None:
    require_digests(APPENDIX)
    times: dict[str, Any] = {"created": "1402170695", "expires": "1402170699"}

    assert _appendix_holds("date", C1)
    assert _appendix_holds("(request-target) host date", C2)
    assert _appendix_holds("(request-target) host date content-type digest content-length", C3)
    # The draft says that C.3 covers these two; its own signature does not.
    covered = "(request-target) (created) (expires) host date content-type digest content-length"
    assert not _appendix_holds(covered, C3, **times)


def test_b40_the_key_of_the_draft_is_too_short_for_anybody_today() -> None:
    with pytest.raises(SignatureInvalid):
        read_pem(APPENDIX_KEY)
