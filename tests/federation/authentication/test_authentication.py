"""Who sent a request: signature, key and actor held against each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from multidict import CIMultiDict

from federation.authentication.authentication import authenticate
from federation.errors import Cause, FetchFailed, KeyGone, KeyUnavailable, SignatureInvalid
from federation.instance import Instance
from federation.signatures import Envelope, SignatureScheme, Signer, base64, read_claims
from federation.signatures.rfc9421 import build_base
from tests.factories import HERE
from tests.fediverse import FakeFediverse, make_signer, public_pem, sign_get, sign_post

BOB = "https://henin.test/users/bob"
LIKE = {"id": f"{BOB}/likes/1", "type": "Like", "actor": BOB, "object": "https://lomme.test/users/alice/items/1"}


@pytest.mark.parametrize("scheme", list(SignatureScheme))
async def test_sg01_a_signed_activity_of_its_actor_is_accepted(
    scheme: SignatureScheme, instance: Instance, fediverse: FakeFediverse
) -> None:
    bob = fediverse.add_person()

    key = await authenticate(instance, sign_post(HERE, "/inbox", LIKE, bob.signer, scheme=scheme), actor=BOB)

    assert key.owner == BOB and key.uri == bob.signer.key_id


@pytest.mark.parametrize("scheme", list(SignatureScheme))
async def test_sg05_a_signed_get_tells_who_asks(
    scheme: SignatureScheme, instance: Instance, fediverse: FakeFediverse
) -> None:
    bob = fediverse.add_person()

    key = await authenticate(instance, sign_get(HERE, "/users/alice/outbox?page=1", bob.signer, scheme=scheme))

    assert key.owner == BOB


async def test_sg18_the_actor_has_to_be_the_signer(instance: Instance, fediverse: FakeFediverse) -> None:
    mallory = fediverse.add_person("mallory", "evil.test")
    fediverse.add_person()

    with pytest.raises(SignatureInvalid):
        await authenticate(instance, sign_post(HERE, "/inbox", LIKE, mallory.signer), actor=BOB)

    assert fediverse.fetched == []  # another origin's key is not even looked at


async def test_sg18_a_neighbour_of_the_actor_is_not_the_actor(instance: Instance, fediverse: FakeFediverse) -> None:
    carol = fediverse.add_person("carol")
    fediverse.add_person()

    with pytest.raises(SignatureInvalid):
        await authenticate(instance, sign_post(HERE, "/inbox", LIKE, carol.signer), actor=BOB)


async def test_sg14_a_rotated_key_is_accepted_and_the_old_one_no_longer(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    bob = fediverse.add_person()
    await authenticate(instance, sign_post(HERE, "/inbox", LIKE, bob.signer), actor=BOB)
    fresh = make_signer(bob.signer.key_id, 4)
    shown = {"id": fresh.key_id, "owner": BOB, "publicKeyPem": public_pem(fresh)}
    fediverse.documents[BOB] = bob.document | {"publicKey": shown}

    await authenticate(instance, sign_post(HERE, "/inbox", LIKE, fresh), actor=BOB)

    with pytest.raises(SignatureInvalid):
        await authenticate(instance, sign_post(HERE, "/inbox", LIKE, bob.signer), actor=BOB)
    assert fediverse.fetched.count(BOB) == 2


async def test_sg13_a_wrong_signature_makes_no_more_than_one_fetch(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    bob = fediverse.add_person()
    wrong = make_signer(bob.signer.key_id, 5)

    for _ in range(5):
        with pytest.raises(SignatureInvalid):
            await authenticate(instance, sign_post(HERE, "/inbox", LIKE, wrong), actor=BOB)

    assert fediverse.fetched.count(BOB) == 1


async def test_ht03_nothing_is_fetched_for_what_is_refused_anyway(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    good = sign_post(HERE, "/inbox", LIKE, bob.signer)
    old = sign_post(HERE, "/inbox", LIKE, bob.signer, at=datetime.now(UTC) - timedelta(hours=2))

    for envelope in (replace(good, body=b"{}"), old, replace(good, headers=CIMultiDict({"Host": HERE.host}))):
        with pytest.raises(SignatureInvalid):
            await authenticate(instance, envelope, actor=BOB)

    assert fediverse.fetched == []


async def test_sg17_a_deleted_owner_and_an_absent_server_are_told_apart(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    bob = fediverse.add_person()
    carol = fediverse.add_person("carol", "away.test")
    fediverse.documents[BOB] = FetchFailed(Cause.GONE, "henin.test", answer=410)
    fediverse.documents[carol.uri] = FetchFailed(Cause.CONNECTION_REFUSED, "away.test", retry=True)

    with pytest.raises(KeyGone) as gone:
        await authenticate(instance, sign_post(HERE, "/inbox", LIKE, bob.signer), actor=BOB)
    with pytest.raises(KeyUnavailable) as away:
        await authenticate(instance, sign_post(HERE, "/inbox", LIKE, carol.signer), actor=carol.uri)

    assert gone.value.uri == bob.signer.key_id and gone.value.status == 401
    assert away.value.status == 503 and away.value.retry_after == 300


async def test_rs14_the_hosts_of_keys_are_known_before_any_fetch(instance: Instance, fediverse: FakeFediverse) -> None:
    envelope = sign_post(HERE, "/inbox", LIKE, make_signer(f"{BOB}#main-key"))

    assert [claim.key_id for claim in read_claims(envelope, instance.site, datetime.now(UTC))] == [f"{BOB}#main-key"]
    assert fediverse.fetched == []


def sign_with_nonce(signer: Signer, nonce: str, *, label: str = "sig1", path: str = "/users/alice") -> Envelope:
    """A GET whose RFC 9421 signature is good for one use."""
    names = ["@method", "@target-uri"]
    created = int(datetime.now(UTC).timestamp())
    parameters = f'("@method" "@target-uri");created={created};keyid="{signer.key_id}";nonce="{nonce}"'
    envelope = Envelope(method="GET", path=path, headers=CIMultiDict({"Host": HERE.host}))
    signature = base64.encode(signer.sign(build_base(envelope, HERE, names, parameters)))
    envelope.headers["Signature-Input"] = f"{label}={parameters}"
    envelope.headers["Signature"] = f"{label}=:{signature}:"
    return envelope


async def test_rs05_a_nonce_is_good_for_one_request(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    once = sign_with_nonce(bob.signer, "abc")

    await authenticate(instance, once)
    await authenticate(instance, sign_with_nonce(bob.signer, "def"))

    with pytest.raises(SignatureInvalid, match="used before"):
        await authenticate(instance, once)


async def test_rs05_a_signature_of_somebody_else_may_stand_beside_that_of_the_actor(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    bob, proxy = fediverse.add_person(), make_signer("https://proxy.test/key", 1)
    own, other = (
        sign_with_nonce(signer, "n", label=label) for signer, label in ((bob.signer, "sig1"), (proxy, "proxy"))
    )
    headers = own.headers.copy()
    for name in ("Signature-Input", "Signature"):
        headers[name] = f"{own.headers[name]}, {other.headers[name]}"
    both = replace(own, headers=headers)

    assert (await authenticate(instance, both, actor=BOB)).owner == BOB
    with pytest.raises(SignatureInvalid):
        await authenticate(instance, both)
