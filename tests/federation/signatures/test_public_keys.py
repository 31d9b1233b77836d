"""Public keys of others: only strong ones of the right kind are taken."""

from base64 import b64encode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from federation.errors import SignatureInvalid
from federation.signatures import multibase
from federation.signatures.public_keys import read_multikey, read_pem, write_multikey
from tests.certificates import make_authority
from tests.fediverse import make_signer, public_pem

PEM = public_pem(make_signer("x"))
KEY = make_signer("x").private_key

# The Multikeys of FEP-8b32 and FEP-521a.
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


FEP_ED25519 = (
    "2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6",
    "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
)
FEP_RSA = (
    (
        "3082010a0282010100b1b5fcd8d4d5e88ca5c4287b31f578865caf6a78826a3b8ff7b1b23aa4af4e6a0474139f945bd9d3a9"
        "11ffd0fa72db78e4593a86c91f9da836186ebd3402d51f6a3844247ab5088b46929c311b43604fed84499f06f0f39bf55590"
        "e2187f1bbe229ba8f49fd2e570cd0e3733c76bfede80e1e7e0881e4538ea1bc5782be9512f8bf132526e05f4923564fe6e1e"
        "21bf7087adebb660fa533fca06d0a8e66991e1312d70b64a61da8ca77c028cdf939601e2cffe2855759b1d479f0847bcac59"
        "d7d62427a431d4e3dfd2697428b9dd6309a7b1167db99fe01af1ff1b739566fb949e47089d1dae84aef1214ef7f5773e86a0"
        "d3e9da246f9bec09d60c705891183d0203010001"
    ),
    (
        "z4MXj1wBzi9jUstyPMS4jQqB6KdJaiatPkAtVtGc6bQEQEEsKTic4G7Rou3iBf9vPmT5dbkm9qsZsuVNjq8HCuW1w24nhBFGkRE4"
        "cd2Uf2tfrB3N7h4mnyPp1BF3ZttHTYv3DLUPi1zMdkULiow3M1GfXkoC6DoxDUm1jmN6GBj22SjVsr6dxezRVQc7aj9TxE7JLbMH"
        "1wh5X3kA58H3DFW8rnYMakFGbca5CB2Jf6CnGQZmL7o5uJAdTwXfy2iiiyPxXEGerMhHwhjTA1mKYobyk2CpeEcmvynADfNZ5MBv"
        "cCS7m3XkFCMNUYBS9NQ3fze6vMSUPsNa6GVYmKx2x6JrdEjCk3qRMMmyjnjCMfR4pXbRMZa3i"
    ),
)
"""The feature file of FEP-521a: raw or PKCS#1, and as a Multikey."""


def _spki(key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_pem_is_read_in_both_usual_forms() -> None:
    pkcs1 = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()

    assert _spki(read_pem(PEM)) == _spki(read_pem(pkcs1)) == PEM
    assert _spki(read_pem(PEM.replace("\n", "\r\n"))) == PEM


@pytest.mark.parametrize("stray", ["\x00\x7f", "\ufffd\ufffd", "trailing", "\n\n", "-----BEGIN PRIVATE KEY-----"])
def test_what_snac2_leaves_after_the_trailer_is_cut(stray: str) -> None:
    assert _spki(read_pem(PEM + stray)) == PEM


def test_b40_weak_rsa_keys_are_refused() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    one = _encode_rsa(e=1)
    even = _encode_rsa(e=65536)
    huge = _encode_rsa(e=2**64 + 1)

    for text in (_spki(weak), one, even, huge):
        with pytest.raises(SignatureInvalid):
            read_pem(text)


def test_b40_other_kinds_of_pem_are_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    private = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    elliptic = _spki(ec.generate_private_key(ec.SECP256R1()).public_key())
    certificate = make_authority(tmp_path_factory.mktemp("ca")).ca_file.read_text()
    renamed = certificate.replace("CERTIFICATE", "PUBLIC KEY")
    block = "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"

    for text in ("", "x", private, elliptic, certificate, renamed, block % "", block % "AAAA", block % ("A" * 9000)):
        with pytest.raises(SignatureInvalid):
            read_pem(text)


def test_ac04_multikeys_are_read_and_written() -> None:
    raw = multibase.decode_key(SECRET)
    private = ed25519.Ed25519PrivateKey.from_private_bytes(raw[1])

    assert raw[0] == b"\x80\x26"
    assert write_multikey(private.public_key()) == PUBLIC
    assert _spki(read_multikey(PUBLIC)) == _spki(private.public_key())


def test_sg16_rsa_multikeys_are_read() -> None:
    der = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)

    assert _spki(read_multikey(multibase.encode_key(multibase.RSA_PUBLIC, der))) == PEM


def test_ac04_the_multikeys_of_fep_521a() -> None:
    ed25519_key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(FEP_ED25519[0]))

    assert write_multikey(ed25519_key) == FEP_ED25519[1]
    assert _spki(read_multikey(FEP_ED25519[1])) == _spki(ed25519_key)
    assert multibase.encode_key(multibase.RSA_PUBLIC, bytes.fromhex(FEP_RSA[0])) == FEP_RSA[1]
    found = read_multikey(FEP_RSA[1])
    assert isinstance(found, rsa.RSAPublicKey)
    assert found.public_bytes(Encoding.DER, PublicFormat.PKCS1).hex() == FEP_RSA[0]


@pytest.mark.parametrize("text", ["", "z", "x6Mk", "z0OIl", SECRET, PUBLIC[:-3], "z" + "1" * 3000, "z6Mé", "zzzzzz"])
def test_b40_what_is_no_multikey_is_refused(text: str) -> None:
    with pytest.raises(SignatureInvalid):
        read_multikey(text)


def test_b40_ed25519_points_of_small_order_are_refused() -> None:
    refused = 0
    for encoded in _small_order_points():
        for raw in {encoded, encoded[:-1] + bytes([encoded[-1] | 0x80])}:
            with pytest.raises(SignatureInvalid):
                read_multikey(multibase.encode_key(multibase.ED25519_PUBLIC, raw))
            refused += 1

    assert refused >= 14


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0x", b"hello", bytes(range(256))])
def test_base58_there_and_back(data: bytes) -> None:
    assert multibase.decode(multibase.encode(data)) == data


def _encode_rsa(*, e: int) -> str:
    """An SPKI PEM with this exponent, written by hand since the library refuses to make it."""
    n = KEY.public_key().public_numbers().n  # type: ignore[union-attr]  # it is an RSA key

    def tlv(tag: int, value: bytes) -> bytes:
        length = len(value)
        size = bytes([length]) if length < 128 else (b"\x82" + length.to_bytes(2, "big"))
        return bytes([tag]) + size + value

    def integer(value: int) -> bytes:
        return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))

    algorithm = tlv(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    key = tlv(0x03, b"\0" + tlv(0x30, integer(n) + integer(e)))
    body = _wrap_base64(tlv(0x30, algorithm + key))
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"


def _wrap_base64(data: bytes) -> str:
    """Base64 in lines of 64, as PEM has it."""
    text = b64encode(data).decode()
    return "\n".join(text[start : start + 64] for start in range(0, len(text), 64))


def _small_order_points() -> list[bytes]:
    """The encodings of all points whose order divides 8, computed from the curve, odd spellings included."""
    p = 2**255 - 19
    d = -121665 * pow(121666, p - 2, p) % p
    i = pow(2, (p - 1) // 4, p)

    def root(value: int) -> int | None:
        candidate = pow(value, (p + 3) // 8, p)
        if candidate * candidate % p != value % p:
            candidate = candidate * i % p
        return candidate if candidate * candidate % p == value % p else None

    # y² of a point of order 8 solves d·y⁴ + 2·y² − 1 = 0, since doubling it gives y = 0.
    discriminant = root((4 + 4 * d) % p)
    assert discriminant is not None
    squares = [(sign * discriminant - 2) * pow(2 * d, p - 2, p) % p for sign in (1, -1)]
    found = [0, 1, p - 1]
    for square in squares:
        y = root(square)
        if y is not None:
            found += [y, p - y]
    found += [p, p + 1]
    return [value.to_bytes(32, "little") for value in found]


def test_the_test_authority_makes_certificates(tmp_path_factory: pytest.TempPathFactory) -> None:
    authority = make_authority(tmp_path_factory.mktemp("ca"))
    issued = x509.load_pem_x509_certificate(authority.issue("a.test").certificate.read_bytes())

    authority.key.public_key().verify(issued.signature, issued.tbs_certificate_bytes, ec.ECDSA(SHA256()))
