"""Whatever somebody writes into the headers, it is a signature or a SignatureInvalid, never anything else."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from federation.errors import FetchFailed, SignatureInvalid
from federation.http_client.address_guard import Guard, to_ascii
from federation.signatures import Envelope, SignatureScheme, is_signed, read_claims
from federation.signatures.public_keys import read_multikey, read_pem
from tests.factories import HERE
from tests.fediverse import make_signer, public_pem, sign_post

BOB = make_signer("https://henin.test/users/bob#main-key")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SIGNED = {scheme: sign_post(HERE, "/inbox", b"{}", BOB, scheme=scheme, at=NOW) for scheme in SignatureScheme}

# What comes over the wire: bytes in the ranges that HTTP parsers let through, undecodable ones as surrogates.
header_texts = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")) | st.binary(max_size=50).map(
    lambda data: data.replace(b"\r", b"").replace(b"\n", b"").decode("utf-8", "surrogateescape")
)
names = st.sampled_from(["Signature", "Signature-Input", "Digest", "Content-Digest", "Date", "Host", "Content-Type"])


def _read(envelope: Envelope) -> None:
    assert isinstance(is_signed(envelope), bool)
    try:
        read_claims(envelope, HERE, NOW)
    except SignatureInvalid as error:
        assert str(error)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(SignatureScheme)), names, header_texts, st.booleans())
def test_b35_a_header_of_garbage_is_refused(scheme: SignatureScheme, name: str, text: str, added: bool) -> None:
    envelope = SIGNED[scheme]
    headers = CIMultiDict(envelope.headers)
    if added:
        headers.add(name, text)
    else:
        headers[name] = text

    _read(Envelope(method="POST", path="/inbox", headers=headers, body=b"{}"))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(SignatureScheme)), names, st.integers(0, 400), header_texts, st.integers(0, 40))
def test_b35_a_header_that_was_tampered_with_is_refused(
    scheme: SignatureScheme, name: str, position: int, text: str, cut: int
) -> None:
    headers = CIMultiDict(SIGNED[scheme].headers)
    value = headers.get(name, "")
    headers[name] = value[:position] + text + value[position + cut :]

    _read(Envelope(method="POST", path="/inbox", headers=headers, body=b"{}"))


@settings(max_examples=200, deadline=None)
@given(st.text(), st.integers(0, 500), st.integers(0, 20))
def test_b40_a_key_of_garbage_is_refused(text: str, position: int, cut: int) -> None:
    pem = public_pem(BOB)
    for written in (text, pem[:position] + text + pem[position + cut :]):
        for read in (read_pem, read_multikey):
            try:
                read(written)
            except SignatureInvalid as error:
                assert str(error)


@settings(max_examples=300, deadline=None)
@given(
    st.text() | st.text().map(lambda rest: f"https://{rest}") | st.text().map(lambda rest: f"https://a.example/{rest}")
)
def test_b08_an_address_of_garbage_is_refused_or_harmless(url: str) -> None:
    try:
        host = Guard(own_host="lomme.test").require_url(url)
    except FetchFailed:
        return
    assert to_ascii(url).host is not None and host
    assert str(to_ascii(url)).isascii() and str(to_ascii(url)).startswith("https://")
