"""Draft-cavage signatures: what the fediverse sends, and what is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from multidict import CIMultiDict

from federation.errors import SignatureInvalid
from federation.signatures import Envelope, PublicKey, Signer, base64, cavage, holds, read_claims
from federation.signatures.cavage import build_base
from federation.signatures.digests import build_digest, require_digests
from models.settings import Site
from tests.factories import HERE
from tests.fediverse import make_signer, sign_get, sign_post
from tests.signature_check import verify

BOB = make_signer("https://henin.test/users/bob#main-key")
MALLORY = make_signer("https://evil.test/users/mallory#main-key", 1)
KEY = PublicKey(uri=BOB.key_id, owner="https://henin.test/users/bob", key=BOB.private_key.public_key())
BODY = json.dumps({"id": "https://henin.test/1", "type": "Like"}).encode()
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

MASTODON = "(request-target) host date digest content-type"


def build(
    covered: str = MASTODON,
    *,
    algorithm: str | None = "rsa-sha256",
    method: str = "POST",
    path: str = "/inbox",
    date: str | None = None,
    digest: str | None = None,
    created: int | None = None,
    expires: int | None = None,
    signed_path: str | None = None,
    signer: Signer = BOB,
    key_id: str | None = None,
    extra: str = "",
    body: bytes = BODY,
) -> Envelope:
    """A request signed by hand, so that every part of it can be odd."""
    headers = CIMultiDict({"Host": HERE.host, "Content-Type": "application/activity+json"})
    headers["Date"] = date or format_datetime(NOW, usegmt=True)
    if method == "POST":
        headers["Digest"] = digest or build_digest(body)
    parameters = {"created": str(created or ""), "expires": str(expires or "")}
    envelope = Envelope(method=method, path=path, headers=headers, body=body if method == "POST" else b"")
    base = build_base(envelope, covered.split(), parameters, f"{method.lower()} {signed_path or path}")
    parts = [f'keyId="{key_id or signer.key_id}"', f'headers="{covered}"']
    parts += [f'algorithm="{algorithm}"'] if algorithm else []
    parts += [f"created={created}"] if created else []
    parts += [f"expires={expires}"] if expires else []
    parts.append(f'signature="{base64.encode(signer.sign(base))}"')
    headers["Signature"] = ",".join(parts) + extra
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


STAMP = int(NOW.timestamp())


@pytest.mark.parametrize(
    "envelope",
    [
        build("(request-target) host date digest content-type"),  # Mastodon
        build("(request-target) date host digest"),  # Misskey
        build("(request-target) host date digest", algorithm="hs2019", key_id="https://henin.test/users/bob/main-key"),
        build("(request-target) host date digest", digest=build_digest(BODY).replace("SHA-256", "sha-256")),  # bovine
        build("(request-target) content-type date digest host"),  # Fedify
        build(
            "(request-target) host digest (created) (expires)",
            algorithm="hs2019", created=STAMP, expires=STAMP + 300,
        ),
    ],
    ids=["mastodon", "misskey", "gotosocial", "bovine", "fedify", "lemmy"],
)  # fmt: skip
def test_sg01_what_peers_send_is_accepted(envelope: Envelope) -> None:
    [claim] = read_claims(envelope, HERE, NOW)

    assert holds(claim, KEY)


@pytest.mark.parametrize("algorithm", [None, "hs2019", "rsa-sha256"])
def test_sg02_the_key_decides_the_algorithm(algorithm: str | None) -> None:
    assert accepts(build(algorithm=algorithm))


@pytest.mark.parametrize("algorithm", ["rsa-sha1", "hmac-sha256", "none", "", "RSA-SHA256", "ed25519", "rsa-sha512"])
def test_sg02_other_algorithms_are_refused(algorithm: str) -> None:
    envelope = build()
    signature = envelope.headers["Signature"].replace('algorithm="rsa-sha256"', f'algorithm="{algorithm}"')

    assert not accepts(changed(envelope, signature=signature))


def test_sg02_rsa_sha256_vetoes_an_ed25519_key() -> None:
    signer = Signer(key_id=BOB.key_id, private_key=Ed25519PrivateKey.generate())
    key = PublicKey(uri=signer.key_id, owner=KEY.owner, key=signer.private_key.public_key())

    assert accepts(build(algorithm="hs2019", signer=signer), key=key)
    assert not accepts(build(algorithm="rsa-sha256", signer=signer), key=key)


def test_sg03_created_is_accepted_with_hs2019_only() -> None:
    covered = "(request-target) host digest (created)"

    assert accepts(build(covered, algorithm="hs2019", created=STAMP))
    assert not accepts(build(covered, algorithm="rsa-sha256", created=STAMP))


def test_sg03_absent_headers_cover_the_date_alone_which_is_too_little() -> None:
    envelope = build("date")
    signature = envelope.headers["Signature"].replace('headers="date",', "")

    assert not accepts(changed(envelope, signature=signature))


@pytest.mark.parametrize("created", ["-5", "99999999999999999999", "1e9", "x", "1.5"])
def test_sg03_times_that_are_none_are_refused(created: str) -> None:
    envelope = build("(request-target) host digest (created)", algorithm="hs2019", created=STAMP)
    signature = envelope.headers["Signature"].replace(f"created={STAMP}", f"created={created}")

    assert not accepts(changed(envelope, signature=signature))


def test_sg04_there_is_one_signature_header_and_nothing_twice_in_it() -> None:
    envelope = build()
    twice = replace(envelope, headers=envelope.headers.copy())
    twice.headers.add("Signature", envelope.headers["Signature"])
    authorization = changed(envelope, signature=None, authorization=f"Signature {envelope.headers['Signature']}")

    assert not accepts(twice)
    assert not accepts(authorization)
    assert not accepts(build(extra=f',keyId="{BOB.key_id}"'))
    assert not accepts(build(extra=',algorithm="hs2019"'))
    assert not accepts(changed(envelope, signature=None))


@pytest.mark.parametrize(
    "text", ["", "x", 'keyId="', "keyId=x", 'keyId="x" headers="y"', ",", "=", '"', "\udcff", "a" * 9000]
)
def test_sg04_a_header_that_is_no_signature_is_refused(text: str) -> None:
    assert not accepts(changed(build(), signature=text))


@pytest.mark.parametrize(
    "covered",
    [
        "host date digest", "(request-target) date digest", "(request-target) host digest",
        "(request-target) host date", "(request-target)", "digest", "host date content-type digest",
    ],
)  # fmt: skip
def test_sg05_a_post_has_to_cover_target_host_digest_and_time(covered: str) -> None:
    assert not accepts(build(covered))


@pytest.mark.parametrize(
    ("covered", "accepted"),
    [
        ("(request-target) host date", True), ("(request-target) date", False), ("host date", False),
        ("(request-target) host", False),
    ],
)  # fmt: skip
def test_sg05_a_get_has_to_cover_target_host_and_time(covered: str, accepted: bool) -> None:
    assert accepts(build(covered, method="GET", path="/users/alice")) is accepted


@pytest.mark.parametrize("name", ["content-type", "date", "digest", "host"])
def test_sg06_a_covered_header_that_is_absent_is_refused(name: str) -> None:
    assert not accepts(changed(build(), **{name.replace("-", "_"): None}))


def test_sg06_a_covered_header_that_never_was_there_is_refused() -> None:
    envelope = build()
    forged = envelope.headers["Signature"].replace(MASTODON, f"{MASTODON} x-absent")

    assert not accepts(changed(envelope, signature=forged))


@pytest.mark.parametrize(
    ("make", "accepted"),
    [
        (lambda good: f"SHA-256={good}", True),
        (lambda good: f"sha-256={good}", True),
        (lambda good: f"SHA-512=AAAA,SHA-256={good}", True),
        (lambda good: f"SHA-256={good}, SHA-256={good}", True),
        (lambda good: "SHA-512=AAAA", False),
        (lambda good: "SHA-256=", False),
        (lambda good: f"SHA-256={good},SHA-256=AAAA", False),
        (lambda good: f"SHA-256={good[:-1]}", False),
        (lambda good: f"SHA-256={good}!!", False),
        (lambda good: f"SHA-256={good[:-4]}@@@@", False),
        (lambda good: good, False),
        (lambda good: "", False),
    ],
)
def test_sg07_digests_are_read_strictly(make: Callable[[str], str], accepted: bool) -> None:
    good = build_digest(BODY).partition("=")[2]
    headers = CIMultiDict({"Digest": make(good)})

    try:
        require_digests(Envelope(method="POST", path="/inbox", headers=headers, body=BODY))
        result = True
    except SignatureInvalid:
        result = False

    assert result is accepted
    assert accepts(build(digest=make(good) or "x")) is accepted


@pytest.mark.parametrize(
    ("minutes", "accepted"),
    [(0, True), (64, True), (-64, True), (66, False), (-66, False), (120, False), (-1500, False)],
)
def test_sg08_times_are_within_an_hour_and_five_minutes(minutes: int, accepted: bool) -> None:
    at = NOW + timedelta(minutes=minutes)

    assert accepts(build(), at=at) is accepted
    assert (
        accepts(build("(request-target) host digest (created)", algorithm="hs2019", created=STAMP), at=at) is accepted
    )


def test_sg08_expires_shortens_and_stretches_up_to_twelve_hours() -> None:
    covered = "(request-target) host digest (created) (expires)"

    def lasting(hours: float) -> Envelope:
        return build(covered, algorithm="hs2019", created=STAMP, expires=STAMP + int(hours * 3600))

    assert accepts(lasting(3), at=NOW + timedelta(hours=2))
    assert not accepts(lasting(1), at=NOW + timedelta(hours=1, minutes=2))
    assert accepts(lasting(48), at=NOW + timedelta(hours=11, minutes=59))
    assert not accepts(lasting(48), at=NOW + timedelta(hours=12, minutes=1))


def test_sg08_an_uncovered_expires_only_shortens() -> None:
    assert not accepts(build(expires=STAMP - 120))
    assert accepts(build(expires=STAMP - 30))
    assert not accepts(build(expires=STAMP + 48 * 3600), at=NOW + timedelta(hours=2))


def test_sg09_the_query_is_part_of_the_target() -> None:
    get = "(request-target) host date"

    assert accepts(build(get, method="GET", path="/users/alice/outbox?page=1"))
    assert accepts(build(get, method="GET", path="/outbox?page=1", signed_path="/outbox"))
    assert not accepts(build(get, method="GET", path="/outbox?page=1", signed_path="/outbox?page=2"))
    assert not accepts(build(path="/inbox?x=1", signed_path="/inbox"))


def test_sg10_every_change_of_a_signed_request_is_noticed() -> None:
    good = build()

    assert accepts(good)
    assert not accepts(replace(good, method="PUT"))
    assert not accepts(replace(good, path="/users/alice/inbox"))
    assert not accepts(replace(good, path="/inbox?x"))
    assert not accepts(replace(good, body=BODY + b" "))
    assert not accepts(replace(changed(good, digest=build_digest(b"other")), body=b"other"))
    assert not accepts(changed(good, host="other.test"))
    assert not accepts(changed(good, date=format_datetime(NOW + timedelta(seconds=1), usegmt=True)))
    assert not accepts(changed(good, content_type="text/plain"))


def test_sg10_a_request_for_another_host_is_refused_although_well_signed() -> None:
    elsewhere = sign_post(Site(url="https://other.test", host="other.test"), "/inbox", BODY, BOB, at=NOW)

    assert not accepts(elsewhere)


def test_sg10_the_default_port_may_be_spelled_out() -> None:
    spelled = sign_post(Site(url="https://lomme.test", host="lomme.test:443"), "/inbox", BODY, BOB, at=NOW)

    assert accepts(spelled)


@pytest.mark.parametrize(
    ("date", "accepted"),
    [
        ("Tue, 24 Nov 2026 12:00:00 GMT", True), ("24 Nov 2026 12:00:00 GMT", True),
        ("Tue, 24 Nov 2026 12:00:00 -0000", True), ("Tue, 24 Nov 2026 13:00:00 +0100", True),
        ("Tue, 24 Nov 2026 13:30:00 GMT", False), ("2026-11-24T12:00:00Z", False), ("now", False),
        ("Tue, 31 Feb 2026 12:00:00 GMT", False), ("Tue, 24 Nov 2026 25:00:00 GMT", False),
        ("Tue, 24 Nov 2026 12:00:00", False), ("Tue, 24 Nov 0000 12:00:00 GMT", False),
    ],
)  # fmt: skip
def test_sg11_dates_come_in_several_forms(date: str, accepted: bool) -> None:
    assert accepts(build(date=date)) is accepted


@pytest.mark.parametrize("key_id", ["acct:bob@henin.test", "main-key", "urn:uuid:1", "ftp://henin.test/x", "https://"])
def test_sg12_a_key_id_is_a_web_address(key_id: str) -> None:
    with pytest.raises(SignatureInvalid):
        read_claims(build(key_id=key_id), HERE, NOW)


def test_another_persons_signature_does_not_hold() -> None:
    assert not accepts(build(signer=MALLORY, key_id=BOB.key_id))


@pytest.mark.parametrize("spoil", [lambda s: s[:-4] + "@@@@", lambda s: "", lambda s: s[:8], lambda s: s + "=="])
def test_b39_signatures_are_strict_base64(spoil: Callable[[str], str]) -> None:
    envelope = build()
    value = envelope.headers["Signature"]
    head, _, rest = value.partition('signature="')
    spoiled = f'{head}signature="{spoil(rest.rstrip(chr(34)))}"'

    assert not accepts(changed(envelope, signature=spoiled))


def test_b28_digest_and_content_digest_have_to_agree() -> None:
    assert not accepts(changed(build(), content_digest="sha-256=:AAAA:"))
    assert accepts(changed(build(), content_digest=f"sha-256=:{build_digest(BODY).partition('=')[2]}:"))


def test_our_own_requests_are_accepted_by_ourselves() -> None:
    assert accepts(sign_post(HERE, "/inbox", BODY, BOB, at=NOW))
    assert accepts(sign_get(HERE, "/users/alice?page=1", BOB, at=NOW))


ODD_HEADERS = (
    'keyId="https://a.test/k",headers="date",signature="QUJD"',
    'keyId="https://a.test/k" , headers="date" , signature="QUJD"',
    'signature="QUJD",keyId="https://a.test/k"',
    'keyId="https://a.test/k",signature="QUJD",',
    'keyId="https://a.test/k",signature="QUJD" x',
    'keyId="https://a.test/k",signature="QU"JD"',
    'keyId="https://a.test/k",signature="QUJD',
    'keyId="https://a.test/k",xsignature="QUJD"',
    'keyId="https://a.test/k",signature="",Xsignature="QUJD"',
    'keyId="https://a.test/k",signature="", signature="QUJD"',
    'signature="",keyId="https://a.test/k",x"signature="QUJD"',
    'keyId="https://a.test/k",signature="QUJD",signature="QUJE"',
    'keyId="https://a.test/signature=",signature="QUJD"',
    'keyId="https://a.test/k",created=1,signature=""',
    f'keyId="https://a.test/{"k" * 600}",signature="QUJD"',
    'signature="',
    '"',
    "",
)


@pytest.mark.parametrize("written", ODD_HEADERS)
def test_what_is_kept_of_a_header_makes_no_difference_to_how_it_is_read(written: str) -> None:
    def read(function: Callable[[], dict[str, str]]) -> dict[str, str] | str:
        try:
            return function()
        except SignatureInvalid as error:
            return str(error)

    envelope = Envelope(method="POST", path="/inbox", headers=CIMultiDict({"Signature": written}))

    whole = read(lambda: cavage._read_all(written.strip()))

    assert [read(lambda: cavage._read_parameters(envelope)) for _ in range(2)] == [whole, whole]
