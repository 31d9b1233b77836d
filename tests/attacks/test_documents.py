"""Documents that are poisonous, deep, long, many or twisted (B-30 to B-36)."""

import asyncio
import json
import re
from typing import Any

import pytest

from federation.documents.parse import MAX_BYTES
from tests.attacks.ground import Ground
from tests.fediverse import sign_post
from tests.stories.peer import activity, note

AS2 = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
SIGNATURE = {
    "type": "RsaSignature2017",
    "creator": "https://elsewhere.example/users/a#main-key",
    "created": "2026-11-24T08:00:00Z",
    "signatureValue": "AAAA",
}


def poison(nodes: int = 10) -> list[dict[str, Any]]:
    """Blank nodes that all name one another: they can only be told apart by trying every order."""
    return [
        {
            "@id": f"_:b{one}",
            "https://example.org/p": [{"@id": f"_:b{other}"} for other in range(nodes) if other != one],
        }
        for one in range(nodes)
    ]


@pytest.mark.parametrize("signed", [True, False])
async def test_b30_a_poisoned_graph_is_cut_off_and_the_worker_lives(ground: Ground, signed: bool) -> None:
    peer, mallory = await ground.open_acquaintance()
    said = note(ground.bob) | {"https://example.org/x": poison()}
    sent = activity(ground.bob if signed else mallory, "Create", said) | {"@context": [AS2, SECURITY]}
    if signed:
        sent["signature"] = SIGNATURE | {"creator": ground.bob.signer.key_id}

    async with ground.judged(asks=[f"{peer.url}/", f"{ground.peer.url}/"], seconds=4, name="b30"):
        slow = asyncio.create_task(ground.door.send(mallory, sent))
        others = [await ground.door.get(ground.offer) for _ in range(10)]
        status = await slow

    assert status in {202, 400, 401}
    assert {one.status for one in others} == {200}
    assert await ground.door.count(said["id"]) == 0


def _twist(ground: Ground, kind: str) -> dict[str, Any]:
    said = note(ground.bob, content="<p>signé</p>")
    sent = activity(ground.bob, "Create", said) | {"@context": [AS2, SECURITY], "signature": dict(SIGNATURE)}
    sent["signature"]["creator"] = ground.bob.signer.key_id
    evil = note(ground.bob, content="<p>tordu</p>", inReplyTo=ground.offer)
    changes: dict[str, dict[str, Any]] = {
        "graph": {"@graph": [evil]},
        "included": {"@included": [evil]},
        "reverse": {"@reverse": {"object": evil}},
        "nest": {"@nest": {"object": evil}},
        "deep reverse": {"object": evil | {"@reverse": {"object": said}}},
        "redefined": {"@context": [AS2, SECURITY, {"object": "as:target", "target": "as:object"}], "target": evil},
        "redefined inside": {"object": evil | {"@context": {"content": "as:summary"}}},
        "unsigned": {"object": said, "content": "<p>tordu</p>"},
        "removed": {"to": []},
        "other object": {"object": evil},
        "no creator": {"signature": dict(SIGNATURE, creator=None), "object": evil},
        "a list of signatures": {"signature": [SIGNATURE, SIGNATURE], "object": evil},
        "a proof of another kind": {"signature": None, "proof": {"type": "DataIntegrityProof"}, "object": evil},
        "a broken proof": {
            "proof": [[], 7, {"proofValue": "z" * 5000, "cryptosuite": "eddsa-jcs-2022"}],
            "object": evil,
        },
    }
    return sent | changes[kind]


TWISTS = [
    "graph", "included", "reverse", "nest", "deep reverse", "redefined", "redefined inside", "unsigned", "removed",
    "other object", "no creator", "a list of signatures", "a proof of another kind", "a broken proof",
]  # fmt: skip


@pytest.mark.parametrize("kind", TWISTS)
async def test_b31_a_rearranged_document_is_nobodys_word(ground: Ground, kind: str) -> None:
    _, mallory = await ground.open_acquaintance()
    sent = _twist(ground, kind)

    async with ground.judged(asks=[f"{ground.peer.url}/"], name="b31"):
        status = await ground.door.send(mallory, sent)

    assert status in {400, 401}


@pytest.mark.parametrize("kind", ["attacker", "thousand", "itself", "huge", "import", "propagate", "deep", "number"])
async def test_b32_no_context_is_ever_fetched(ground: Ground, kind: str) -> None:
    peer, mallory = await ground.open_acquaintance()
    address = f"{peer.url}/context"
    peer.shown.documents[address] = {"@context": address}
    context = {
        "attacker": address,
        "thousand": [f"{address}/{number}" for number in range(1000)],
        "itself": [address, {"@context": {"@context": address}}],
        "huge": {f"t{number}": f"https://example.org/{number}" for number in range(20_000)},
        "import": {"@version": 1.1, "@import": address},
        "propagate": {"@version": 1.1, "@propagate": False, "as": address, "content": "as:x"},
        "deep": json.loads('{"a":' * 30 + "1" + "}" * 30),
        "number": 7,
    }[kind]
    sent = activity(mallory, "Create", note(mallory, inReplyTo=ground.offer)) | {"@context": context}

    async with ground.judged(rows={"post": 1, "notification": 1}, seconds=4, name="b32") as verdict:
        status = await ground.door.send(mallory, sent)

    assert status in {202, 400}
    assert verdict.asked == []


def _nest(levels: int) -> bytes:
    return b'{"type":"Create","object":' + b"[" * levels + b"]" * levels + b"}"


GARBAGE: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no text": (b"\xff\xfe\x00garbage", 400),
    "a list": (b"[1, 2]", 400),
    "a string": (b'"Create"', 400),
    "no actor": (b'{"type":"Create"}', 400),
    "no type": (b'{"id":"x","actor":"https://a.example/u"}', 400),
    "wrong shapes": (b'{"type":"Create","actor":7,"id":[]}', 400),
    "a hundred thousand levels": (_nest(100_000), 400),
    "thirty-three levels": (b'{"type":"Like","actor":"https://a.example/u","x":' + b"[" * 33 + b"]" * 33 + b"}", 400),
    "objects in objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
    "five thousand digits": (b'{"type":"Like","actor":"https://a.example/u","n":' + b"9" * 5000 + b"}", 400),
    "a large exponent": (b'{"type":"Like","actor":"https://a.example/u","n":1e99999}', 400),
    "not a number": (b'{"type":"Like","actor":"https://a.example/u","n":NaN}', 400),
    "twenty thousand keys": (json.dumps({f"k{n}": n for n in range(20_000)}).encode(), 400),
    "half a character": (b'{"type":"Note","name":"\\ud800"}', 400),
    "a megabyte and one": (b" " * (MAX_BYTES + 1), 413),
    "two documents": (b'{"type":"Like"}{"type":"Like"}', 400),
    "the same key twice": (b'{"actor":"https://a.example/u","actor":7,"type":"Like","id":"x"}', 400),
}


@pytest.mark.parametrize(("body", "status"), GARBAGE.values(), ids=GARBAGE.keys())
async def test_b33_garbage_is_refused_by_name_and_not_kept(ground: Ground, body: bytes, status: int) -> None:
    before = await ground.door.value("SELECT count(*) FROM received")

    async with ground.judged(name="b33"):
        answer = await ground.door.send(ground.bob, body)

    assert answer == status
    assert await ground.door.value("SELECT count(*) FROM received") == before


async def _say(ground: Ground, head: bytes, body: bytes, *, unfinished: bool) -> bytes:
    """Raw bytes to the server; the first line of its answer: none when it hangs up, or may wait for the rest."""
    host, port = ground.here.host.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(head.replace(b"HOST", ground.here.host.encode()) + b"\r\n\r\n" + body)
        await writer.drain()
        async with asyncio.timeout(0.3 if unfinished else 20):
            return await reader.readline()
    except ConnectionError:
        return b""
    except TimeoutError:  # for the rest it waits half a minute
        assert unfinished, "it says nothing"
        return b""
    finally:
        writer.close()


POST = b"POST /inbox HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/activity+json\r\n"
RAW: dict[str, tuple[bytes, bytes]] = {
    "ten thousand headers": (POST + b"\r\n".join(b"X-%d: y" % n for n in range(10_000)), b""),
    "a header of 64 kB": (POST + b"X: " + b"y" * 65_536, b""),
    "a signature of 64 kB": (POST + b"Content-Length: 2\r\nSignature: " + b"y" * 65_000, b"{}"),
    "an address of 64 kB": (b"POST /" + b"i" * 65_536 + b" HTTP/1.1\r\nHost: HOST", b""),
    "a length of ten gigabytes": (POST + b"Content-Length: 9999999999", b"{}"),
    "a negative length": (POST + b"Content-Length: -1", b"{}"),
    "two lengths": (POST + b"Content-Length: 2\r\nContent-Length: 3", b"{}x"),
    "a length and pieces": (POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked", b"2\r\n{}\r\n0\r\n\r\n"),
    "pieces of no size": (POST + b"Transfer-Encoding: chunked", b"zz\r\n{}\r\n"),
    "a huge piece": (POST + b"Transfer-Encoding: chunked", b"fffffffff\r\n{}"),
    "no host": (b"POST /inbox HTTP/1.1\r\nContent-Type: application/activity+json\r\nContent-Length: 2", b"{}"),
    "a control character": (POST + b"X: a\x00b\r\nContent-Length: 2", b"{}"),
    "no HTTP": (b"\x16\x03\x01\x02\x00", b""),
}


UNFINISHED = "a huge piece"
"""The one whose rest may still come."""


@pytest.mark.parametrize("kind", RAW)
async def test_b35_a_request_of_garbage_is_refused(ground: Ground, kind: str) -> None:
    async with ground.judged(name="b35"):
        line = await _say(ground, *RAW[kind], unfinished=kind == UNFINISHED)

    found = re.match(rb"HTTP/1\.[01] (\d{3})", line)
    assert not line or (found and found[1].startswith(b"4")), line


async def test_b35_a_body_in_pieces_ends_at_a_megabyte(ground: Ground) -> None:
    async def pieces() -> Any:
        for _ in range(40):
            yield b" " * 65_536

    headers = {"Content-Type": "application/activity+json"}
    post = ground.door.session.post(f"{ground.here.url}/inbox", data=pieces(), headers=headers)
    async with ground.judged(name="b35"), post as answer:
        assert answer.status == 413


MANY: dict[str, Any] = {
    "attachments": {"attachment": [{"type": "Document", "url": f"https://a.example/{n}"} for n in range(100)]},
    "tags": {"tag": [{"type": "Hashtag", "name": f"#t{n}"} for n in range(10_000)]},
    "mentions": {"tag": [{"type": "Mention", "href": f"https://a.example/u/{n}", "name": "@x"} for n in range(5000)]},
    "addressees": {"cc": [f"https://a.example/u/{n}" for n in range(20_000)]},
    "options": {"type": "Question", "oneOf": [{"type": "Note", "name": f"{n}"} for n in range(501)]},
    "words": {"content": "<p>mot</p>" * 90_000},
    "title": {"type": "Article", "name": "x" * 900_000},
    "languages": {"content": None, "contentMap": {f"l{n}": "x" for n in range(30_000)}},
}


@pytest.mark.parametrize("kind", MANY)
async def test_b36_too_much_of_anything_is_cut(ground: Ground, kind: str) -> None:
    said = note(ground.bob, inReplyTo=ground.offer) | MANY[kind]
    rows = {"post": 1, "notification": 1, "media": 16, "post_tag": 100, "mention": 1, "poll": 1}

    async with ground.judged(rows=rows, name="b36"):
        assert await ground.door.send(ground.bob, activity(ground.bob, "Create", said)) == 202

    assert await ground.door.count(said["id"]) == 1
    assert await ground.door.value("SELECT coalesce(max(cardinality(options)), 0) FROM poll") in (0, 50)
    assert await ground.door.value("SELECT length(content) FROM post WHERE uri = $1", said["id"]) <= 400_000


async def test_b36_an_actor_with_too_much_of_everything_is_cut(ground: Ground) -> None:
    changes: dict[str, Any] = {
        "attachment": [{"type": "PropertyValue", "name": f"n{n}", "value": "v"} for n in range(51)],
        "alsoKnownAs": [f"https://a.example/u/{n}" for n in range(300)],
        "name": "n" * 100_000,
        "summary": "<p>s</p>" * 50_000,
        "publicKey": [{"id": f"https://a.example/{n}", "owner": "x", "publicKeyPem": "y"} for n in range(500)],
    }
    peer, mallory = await ground.open_stranger(**changes)

    async with ground.judged(rows={"actor": 1, "public_key": 10}, asks=[f"{peer.url}/"], name="b36"):
        await ground.meet(mallory)

    row = await ground.here.instance.pool.fetchrow("SELECT * FROM actor WHERE uri = $1", mallory.uri)
    assert row is not None
    assert len(row["name"]) <= 500
    assert len(row["also_known_as"]) <= 100
    assert len(json.loads(row["fields"]) if isinstance(row["fields"], str) else row["fields"]) <= 16


async def test_b33_signed_garbage_in_a_good_activity_is_never_an_error(
    ground: Ground,
) -> None:
    junk: list[Any] = [None, True, 0, -1, 1e308, "", "\0", "x" * 300_000, [], [[]], {}, {"@value": 1}, [None], "\u202e"]

    async with ground.judged(rows={"post": 400, "notification": 1}, asks=[f"{ground.peer.url}/"], name="b33"):
        for key in ("id", "type", "content", "to", "tag", "attachment", "inReplyTo", "published", "url", "location"):
            for value in junk:
                said = note(ground.bob) | {key: value}
                sent = activity(ground.bob, "Create", said)
                envelope = sign_post(ground.here.instance.site, "/inbox", sent, ground.bob.signer)
                assert await ground.door.post(envelope) in {202, 400, 401}
