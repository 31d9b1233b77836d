"""The vectors of RFC 9421, appendix B.2: what is signed is built as there, and what we do not take is refused."""

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from multidict import CIMultiDict

from federation.errors import SignatureInvalid
from federation.signatures import Envelope, read_claims
from federation.signatures.digests import require_digests
from federation.signatures.rfc9421 import build_base
from models.settings import Site

EXAMPLE = Site(url="https://example.com", host="example.com")
CREATED = datetime.fromtimestamp(1618884473, UTC)
REQUEST = Envelope(
    method="POST",
    path="/foo?param=Value&Pet=dog",
    headers=CIMultiDict(
        {
            "Host": "example.com",
            "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
            "Content-Type": "application/json",
            "Content-Digest": "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmT"
            "HWXvJwew==:",
            "Content-Length": "18",
        }
    ),
    body=b'{"hello": "world"}',
)

ED25519 = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
"""
RSA_PSS = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----
"""

MINIMAL = (
    "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG"
    "52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVro"
    "gUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ"
    "98Xw9Q=="
)
FULL = (
    "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fU"
    "xN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA"
    "1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKE"
    "gM4cUA=="
)
SELECTED = (
    "LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT"
    "8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBS"
    "pqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTu"
    "gEjHSw=="
)
BY_ED25519 = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="

B21: tuple[list[str], str] = ([], '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"')
B22 = (
    '("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";'
    'tag="header-example"'
)
B23 = (
    ["date", "@method", "@path", "@query", "@authority", "content-type", "content-digest", "content-length"],
    '("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length")'
    ';created=1618884473;keyid="test-key-rsa-pss"',
)
B26 = (
    ["date", "@method", "@path", "@authority", "content-type", "content-length"],
    '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;'
    'keyid="test-key-ed25519"',
)


def test_rs03_the_digest_of_the_appendix_is_right() -> None:
    require_digests(REQUEST)


def test_rs01_what_is_signed_is_built_as_in_b_2_6() -> None:
    key: Any = load_pem_public_key(ED25519.encode())
    assert isinstance(key, Ed25519PublicKey)

    key.verify(b64decode(BY_ED25519), build_base(REQUEST, EXAMPLE, *B26))


@pytest.mark.parametrize(("vector", "signature"), [(B21, MINIMAL), (B23, FULL)])
def test_rs01_what_is_signed_is_built_as_in_b_2_1_and_b_2_3(vector: tuple[list[str], str], signature: str) -> None:
    # The algorithm is one that we refuse; the text that it signs is the same for all.
    key: Any = load_pem_public_key(RSA_PSS.encode())
    assert isinstance(key, RSAPublicKey)

    key.verify(b64decode(signature), build_base(REQUEST, EXAMPLE, *vector), PSS(MGF1(SHA512()), 64), SHA512())


def test_rs04_what_b_2_2_signs_is_known_here_but_for_a_single_parameter_of_the_query() -> None:
    known, _, parameters = build_base(REQUEST, EXAMPLE, ["@authority", "content-digest"], B22).rpartition(b"\n")
    key: Any = load_pem_public_key(RSA_PSS.encode())
    assert isinstance(key, RSAPublicKey)

    written = b"\n".join([known, b'"@query-param";name="Pet": dog', parameters])
    key.verify(b64decode(SELECTED), written, PSS(MGF1(SHA512()), 64), SHA512())
    with pytest.raises(SignatureInvalid, match="not known here"):
        build_base(REQUEST, EXAMPLE, ["@authority", "content-digest", "@query-param"], B22)


@pytest.mark.parametrize(
    ("label", "signed", "signature"),
    [
        ("sig-b21", B21[1], MINIMAL),
        ("sig-b22", B22, SELECTED),
        ("sig-b23", B23[1], FULL),
        (
            "sig-b24",
            '("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
            "0Ry6HsvzS5VmA6HlfBYS/fYYeNs7fYuA7s0tAdxfUlPGv0CSVuwrrzBOjcCFHTxVRJ01wjvSzM2BetJauj8dsw==",
        ),
        (
            "sig-b25",
            '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
            "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
        ),
        ("sig-b26", B26[1], BY_ED25519),
    ],
)
def test_rs01_no_request_of_the_appendix_is_enough_for_an_inbox(label: str, signed: str, signature: str) -> None:
    # None covers both its target and its digest, and the keys have no address.
    headers = REQUEST.headers.copy()
    headers["Signature-Input"] = f"{label}={signed}"
    headers["Signature"] = f"{label}=:{signature}:"
    request = Envelope(method=REQUEST.method, path=REQUEST.path, headers=headers, body=REQUEST.body)

    with pytest.raises(SignatureInvalid):
        read_claims(request, EXAMPLE, CREATED)
