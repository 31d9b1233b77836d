"""Requests whose signature does not cover what they say: bodies, digests, replays and keys (B-28, B-29, B-39, B-40)."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from multidict import CIMultiDict

from federation.http_client.lru_cache import Cache
from federation.signatures import Envelope, SignatureScheme, Signer
from models.settings import Site
from tests.attacks.ground import Ground, identity
from tests.fediverse import make_signer, public_pem, sign_post
from tests.stories.peer import activity, note

Forgery = Callable[[Ground, Site], Envelope]

ELSEWHERE = Site(url="https://elsewhere.example", host="elsewhere.example", languages=("fr",))
EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def forge(ground: Ground, site: Site, signer: Signer | None = None, **options: Any) -> Envelope:
    """A Create by Bob, signed by whomever."""
    sent = activity(ground.bob, "Create", note(ground.bob, inReplyTo=ground.offer))
    return sign_post(site, "/inbox", sent, signer or ground.bob.signer, **options)


def newer(ground: Ground, site: Site, **options: Any) -> Envelope:
    """The same, signed after RFC 9421."""
    return forge(ground, site, scheme=SignatureScheme.RFC9421, **options)


def change(
    envelope: Envelope, *, drop: str = "", path: str = "", body: bytes | None = None, **headers: str
) -> Envelope:
    """The same request with something exchanged after it was signed."""
    changed = CIMultiDict(envelope.headers)
    changed.update({name.replace("_", "-"): value for name, value in headers.items()})
    if drop:
        del changed[drop]
    return Envelope(
        method="POST", path=path or envelope.path, headers=changed, body=envelope.body if body is None else body
    )


def rewrite(envelope: Envelope, old: str, new: str, header: str = "Signature") -> Envelope:
    """The same request with a word of its signature header exchanged."""
    assert old in envelope.headers[header]
    changed = CIMultiDict(envelope.headers)
    changed[header] = changed[header].replace(old, new)
    return Envelope(method="POST", path=envelope.path, headers=changed, body=envelope.body)


def digest(envelope: Envelope) -> str:
    """The right digest of a body."""
    return base64.b64encode(hashlib.sha256(envelope.body).digest()).decode()


def unsigned(ground: Ground, site: Site, *headers: str) -> Envelope:
    """Signed by Bob, but only for these headers."""
    full = forge(ground, site)
    bare = {name: full.headers[name] for name in ("Host", "Date", "Digest", "Content-Type")}
    lines = {"(request-target)": "post /inbox"} | {name: bare[name.title()] for name in headers if name[0] != "("}
    text = "\n".join(f"{name}: {lines[name]}" for name in headers).encode()
    signature = base64.b64encode(ground.bob.signer.sign(text)).decode()
    value = f'keyId="{ground.bob.signer.key_id}",headers="{" ".join(headers)}",signature="{signature}"'
    return Envelope(method="POST", path="/inbox", headers=CIMultiDict(bare | {"Signature": value}), body=full.body)


def hmac_with_the_public_key(ground: Ground, site: Site) -> Envelope:
    """The old trick: the public key as the secret of an HMAC."""
    full = forge(ground, site)
    key = public_pem(ground.bob.signer).encode()
    forged = base64.b64encode(hmac.new(key, full.body, hashlib.sha256).digest()).decode()
    value = f'keyId="{ground.bob.signer.key_id}",algorithm="hmac-sha256",headers="(request-target) host date digest"'
    return change(full, Signature=f'{value},signature="{forged}"')


def twice(ground: Ground, site: Site) -> Envelope:
    """Two Signature headers, one good and one not."""
    full = forge(ground, site)
    full.headers.add("Signature", full.headers["Signature"].replace("Bob", "bob"))
    return full


BODIES: dict[str, Forgery] = {
    "another body": lambda g, s: change(forge(g, s), body=forge(g, s).body),
    "one more space": lambda g, s: change(forge(g, s), body=forge(g, s).body + b" "),
    "digest of another body": lambda g, s: change(forge(g, s), Digest=f"SHA-256={EMPTY}"),
    "digest not signed": lambda g, s: unsigned(g, s, "(request-target)", "host", "date"),
    "only the date signed": lambda g, s: unsigned(g, s, "date"),
    "target not signed": lambda g, s: unsigned(g, s, "host", "date", "digest"),
    "host not signed": lambda g, s: unsigned(g, s, "(request-target)", "date", "digest"),
    "empty digest": lambda g, s: change(forge(g, s), Digest="SHA-256="),
    "no digest": lambda g, s: change(forge(g, s), drop="Digest"),
    "good and bad digest": lambda g, s: change(forge(g, s), Digest=f"SHA-256={digest(forge(g, s))},SHA-256={EMPTY}"),
    "other content digest": lambda g, s: change(forge(g, s), Content_Digest=f"sha-256=:{EMPTY}:"),
    "broken content digest": lambda g, s: change(newer(g, s), Content_Digest="sha-256=:@@:"),
    "content digest of another": lambda g, s: change(newer(g, s), Content_Digest=f"sha-256=:{EMPTY}:"),
    "no signature": lambda g, s: change(forge(g, s), drop="Signature"),
    "two signatures": twice,
}

REUSES: dict[str, Forgery] = {
    "another inbox": lambda g, s: change(forge(g, s), path="/users/alice/inbox"),
    "a query": lambda g, s: change(forge(g, s), path="/inbox?a=1"),
    "another inbox, RFC 9421": lambda g, s: change(newer(g, s), path="/users/alice/inbox"),
    "another host": lambda g, _: forge(g, ELSEWHERE),
    "another host, RFC 9421": lambda g, _: forge(g, ELSEWHERE, scheme=SignatureScheme.RFC9421),
    "ours in the Host header": lambda g, s: change(forge(g, ELSEWHERE), Host=s.host),
    "two hours old": lambda g, s: forge(g, s, at=datetime.now(UTC) - timedelta(hours=2)),
    "two hours old, RFC 9421": lambda g, s: forge(
        g, s, at=datetime.now(UTC) - timedelta(hours=2), scheme=SignatureScheme.RFC9421
    ),
    "from tomorrow": lambda g, s: forge(g, s, at=datetime.now(UTC) + timedelta(days=1)),
}

ALGORITHMS: dict[str, Forgery] = {
    "none": lambda g, s: rewrite(forge(g, s), "rsa-sha256", "none"),
    "hmac": hmac_with_the_public_key,
    "none, RFC 9421": lambda g, s: rewrite(newer(g, s), "rsa-v1_5-sha256", "none", "Signature-Input"),
    "hmac, RFC 9421": lambda g, s: rewrite(newer(g, s), "rsa-v1_5", "hmac", "Signature-Input"),
    "ed25519 over RSA": lambda g, s: rewrite(newer(g, s), "rsa-v1_5-sha256", "ed25519", "Signature-Input"),
    "another key": lambda g, s: forge(g, s, make_signer(g.bob.signer.key_id, 1)),
    "a key of ours": lambda g, s: forge(g, s, make_signer(f"{s.url}/users/alice#other")),
    "our instance's key": lambda g, s: forge(g, s, make_signer(f"{s.url}/users/instance#main-key")),
}

LENIENT: dict[str, Forgery] = {
    "stray characters": lambda g, s: rewrite(forge(g, s), 'signature="', 'signature="!!@@'),
    "no padding": lambda g, s: rewrite(forge(g, s), '=="', '"'),
    "stray padding": lambda g, s: rewrite(forge(g, s), '=="', '====="'),
    "stray digest": lambda g, s: change(forge(g, s), Digest=f"SHA-256={digest(forge(g, s))}!!@@"),
    "acct key": lambda g, s: rewrite(forge(g, s), g.bob.signer.key_id, "acct:bob@elsewhere.example"),
}


async def expect_refusal(ground: Ground, forgery: Forgery, name: str) -> None:
    """401, and nothing that lasts."""
    before = await ground.door.value("SELECT count(*) FROM received")

    async with ground.judged(asks=[ground.bob.uri, f"{ground.peer.url}/.well-known/"], name=name):
        status = await ground.door.post(forgery(ground, ground.here.instance.site))

    assert status == 401
    assert await ground.door.value("SELECT count(*) FROM received") == before


@pytest.mark.parametrize("forgery", BODIES.values(), ids=BODIES.keys())
async def test_b28_a_body_that_the_signature_does_not_cover_is_refused(ground: Ground, forgery: Forgery) -> None:
    await expect_refusal(ground, forgery, "b28")


@pytest.mark.parametrize("forgery", REUSES.values(), ids=REUSES.keys())
async def test_b29_a_signature_is_good_for_one_address_and_one_hour(ground: Ground, forgery: Forgery) -> None:
    await expect_refusal(ground, forgery, "b29")


@pytest.mark.parametrize("forgery", LENIENT.values(), ids=LENIENT.keys())
async def test_b39_base64_that_is_none_is_refused(ground: Ground, forgery: Forgery) -> None:
    await expect_refusal(ground, forgery, "b39")


@pytest.mark.parametrize("forgery", ALGORITHMS.values(), ids=ALGORITHMS.keys())
async def test_b40_the_key_says_how_it_signs_and_not_the_request(ground: Ground, forgery: Forgery) -> None:
    await expect_refusal(ground, forgery, "b40")


async def test_b29_a_replay_is_answered_and_changes_nothing(ground: Ground) -> None:
    liked = activity(ground.bob, "Like", ground.offer)
    envelopes = [
        sign_post(ground.here.instance.site, "/inbox", sent, ground.bob.signer)
        for sent in (liked, activity(ground.bob, "Undo", liked))
    ]
    for envelope in envelopes:
        assert await ground.door.post(envelope) == 202
        await ground.settle()

    async with ground.judged(name="b29"):
        answers = await asyncio.gather(*(ground.door.post(envelopes[number % 2]) for number in range(50)))

    assert set(answers) == {202}
    assert await ground.door.value("SELECT count(*) FROM favourite WHERE uri = $1", liked["id"]) == 0


def private_pem() -> str:
    """A private key where a public one belongs."""
    key = make_signer("x").private_key
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def spki(key: Any) -> str:
    """A public key of whatever kind."""
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


WEAK: dict[str, Callable[[], Any]] = {
    "a private key": private_pem,
    "a curve": lambda: spki(ec.generate_private_key(ec.SECP256R1())),
    "1024 bits": lambda: spki(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
    "a certificate": lambda: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "no base64": lambda: "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n",
    "a megabyte": lambda: "-----BEGIN PUBLIC KEY-----\n" + "A" * 900_000 + "\n-----END PUBLIC KEY-----\n",
    "a number": lambda: 7,
    "nothing": lambda: None,
    "a list": lambda: [["x"]],
}


@pytest.mark.parametrize("make", WEAK.values(), ids=WEAK.keys())
async def test_b40_a_key_that_is_weak_or_none_signs_nothing(ground: Ground, make: Callable[[], Any]) -> None:
    peer, mallory = await ground.open_stranger()
    shown = {"id": mallory.signer.key_id, "owner": mallory.uri, "publicKeyPem": make()}
    peer.shown.documents[mallory.uri] = mallory.document | {"publicKey": shown}

    async with ground.judged(rows={"actor": 1}, asks=identity(mallory), name="b40"):
        assert await ground.door.send(mallory, activity(mallory, "Like", ground.offer)) == 401


@pytest.mark.parametrize("point", ["z6Mk" + "1" * 43, "z" + "1" * 2000, "zzzz", "", "z6MkeTGz" * 40, 9], ids=str)
async def test_b40_points_of_small_order_and_other_multikeys_sign_nothing(ground: Ground, point: Any) -> None:
    peer, mallory = await ground.open_stranger()
    key_id = f"{mallory.uri}#ed"
    method = {"id": key_id, "type": "Multikey", "controller": mallory.uri, "publicKeyMultibase": point}
    peer.shown.documents[mallory.uri] = mallory.document | {"assertionMethod": [method]}
    envelope = sign_post(
        ground.here.instance.site,
        "/inbox",
        activity(mallory, "Like", ground.offer),
        mallory.signer,
        scheme=SignatureScheme.RFC9421,
    )
    parameters = envelope.headers["Signature-Input"].replace(mallory.signer.key_id, key_id)
    forged = change(envelope, Signature_Input=parameters.replace("rsa-v1_5-sha256", "ed25519"))
    zero = change(forged, Signature=f"sig1=:{base64.b64encode(bytes(64)).decode()}:")

    async with ground.judged(rows={"actor": 1, "public_key": 1}, asks=identity(mallory), name="b40"):
        assert await ground.door.post(zero) == 401


async def test_b38_thousands_of_hosts_leave_a_bounded_trace(ground: Ground) -> None:
    doors = [await ground.open_door() for _ in range(20)]
    model = forge(ground, ground.here.instance.site)

    async with ground.judged(name="b38") as verdict:
        for start in range(0, 2_000, 20):  # so many at once: more would wait for each other, not for the attack
            posts = [doors[start // 100].post(_by_stranger(ground, model, start + number)) for number in range(20)]
            assert set(await asyncio.gather(*posts)) <= {401, 429, 503}

    instance = ground.here.instance
    caches = [value for name in instance.__slots__ if isinstance(value := getattr(instance, name), Cache)]
    assert len(caches) > 3
    assert all(len(cache) <= 4096 for cache in caches)
    assert len(instance.key_fetches) <= 64
    assert verdict.memory < 32 * 1024 * 1024


def _by_stranger(ground: Ground, model: Envelope, number: int) -> Envelope:
    """A request by a host that nobody has seen; its signature is garbage, so that it costs little to make."""
    host = f"https://10.{number // 65536}.{number // 256 % 256}.{number % 256}"
    body = json.dumps({"id": f"{host}/1", "type": "Like", "actor": f"{host}/u", "object": ground.offer}).encode()
    sum = base64.b64encode(hashlib.sha256(body).digest()).decode()
    value = f'keyId="{host}/u#main-key",headers="(request-target) host date digest",signature="AAAA"'
    return change(model, body=body, Digest=f"SHA-256={sum}", Signature=value)
