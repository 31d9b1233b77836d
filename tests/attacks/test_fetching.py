"""Where an attack may send us: only to the server that it names, not for long, and not for much (B-01 to B-14)."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import web

from federation.authentication import keys
from federation.discovery.fetches import fetch_actor
from federation.discovery.nodeinfo import fetch_server
from federation.errors import FederationError, FetchFailed
from tests.attacks.ground import Ground, close_loopback, script_names
from tests.attacks.judge import SOCKETS
from tests.bombs import pack_gzip
from tests.fediverse import make_signer, sign_post
from tests.stories.peer import activity, note

INSIDE = [
    "https://10.0.0.1",
    "http://169.254.169.254",
    "https://192.168.1.1:443",
    "https://0.0.0.0",
    "https://[::]",
    "https://255.255.255.255",
    "https://[::ffff:10.0.0.1]",
    "https://[::10.0.0.1]",
    "https://[64:ff9b::a00:1]",
    "https://[2002:a00:1::]",
    "https://[2001:0:a00:1::1]",
    "https://100.64.0.1",
    "https://198.18.0.1",
    "https://224.0.0.1",
    "https://192.0.2.1",
    "https://[fec0::1]",
    "http://167772161",
    "http://0x0a000001",
    "http://012.0.0.1",
    "http://10.1",
]
"""Private, special and oddly spelled addresses; loopback is open in test federation and has a test of its own."""


def reply(body: Any, *, kind: str = "application/activity+json", **headers: str) -> Any:
    """A script that answers this."""

    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(body=body, headers={"Content-Type": kind} | headers)

    return answer


def redirect(target: str, status: int = 302) -> Any:
    """A script that sends elsewhere."""

    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(status=status, headers={"Location": target})

    return answer


async def test_b01_b02_b03_b04_a_key_or_an_actor_inside_is_never_called(ground: Ground) -> None:
    answers = []

    async with ground.judged(name="b01") as verdict:
        for origin in [*INSIDE, ground.here.url, ground.here.url.replace("127.0.0.1", "127.0.0.1.")]:
            actor = f"{origin}/users/mallory"
            sent = {"id": f"{actor}/1", "type": "Like", "actor": actor, "object": ground.offer}
            for key_id in (f"{actor}#main-key", f"{actor}/key"):
                answers.append(await ground.door.send(ground.bob, sent, signer=make_signer(key_id)))

    assert set(answers) <= {400, 401}, answers
    assert (verdict.connects, verdict.asked) == ([], [])


@pytest.mark.parametrize("what", ["object", "shared", "attachment", "icon", "inbox", "moved", "reply"])
async def test_b01_b07_nothing_that_somebody_known_names_leads_inside(ground: Ground, what: str) -> None:
    inside = "https://10.0.0.1/a.png"
    changes: dict[str, Any] = {"icon": {"type": "Image", "url": inside}} if what == "icon" else {}
    if what == "inbox":
        changes = {"inbox": inside, "endpoints": {"sharedInbox": inside}}
    _, mallory = await ground.open_stranger(**changes)
    actor = await ground.befriend(mallory, followed=True)
    said = note(mallory, attachment=[{"type": "Document", "mediaType": "image/png", "url": inside}])
    sent = {
        "object": activity(mallory, "Create", inside),
        "shared": activity(mallory, "Announce", inside),
        "attachment": activity(mallory, "Create", said),
        "icon": activity(mallory, "Like", ground.offer),
        "inbox": activity(mallory, "Follow", ground.alice.actor.uri),
        "moved": activity(mallory, "Move", mallory.uri, target=inside),
        "reply": activity(mallory, "Create", note(mallory, inReplyTo=inside)),
    }[what]
    rows = {"post": 1, "media": 1, "favourite": 1, "follow": 1, "notification": 1, "activity": 1, "delivery": 1}

    async with ground.judged(rows=rows, name="b01") as verdict:
        assert await ground.door.send(mallory, sent) == 202
        await ground.settle()
        sql = "SELECT id FROM media WHERE remote_url = $1"
        for row in await ground.here.instance.pool.fetch(sql, inside):
            assert (await ground.door.get(f"/media/remote/{row['id']}", "*/*")).status in {404, 502}

    assert (verdict.connects, verdict.asked) == ([], [])
    assert actor.id


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:80", "[::1]", "localhost", "evil.test", "two.test"])
async def test_b01_b05_outside_test_federation_loopback_is_never_called(
    strict_ground: Ground, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    script_names(monkeypatch, {"evil.test": ["127.0.0.1"], "two.test": ["93.184.216.34", "127.0.0.1"]})
    actor = f"https://{address}/users/mallory"
    sent = {"id": f"{actor}/1", "type": "Like", "actor": actor, "object": strict_ground.offer}

    async with strict_ground.judged(name="b01") as verdict:
        status = await strict_ground.door.send(strict_ground.bob, sent, signer=make_signer(f"{actor}#main-key"))

    assert status in {401, 503}
    assert verdict.connects == []


async def test_b05_a_name_that_changes_its_mind_is_never_followed_inside(
    strict_ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    script_names(monkeypatch, {"flip.test": ["93.184.216.34"]}, then={"flip.test": ["127.0.0.1"]})
    await close_loopback(strict_ground.here)
    actor = "https://flip.test/users/mallory"

    before = len(SOCKETS.connects)

    for number in range(3):
        with pytest.raises(FetchFailed):
            await fetch_actor(strict_ground.here.instance, f"{actor}{number}", fresh=True)

    called = SOCKETS.connects[before:]
    assert ("93.184.216.34", 443) in called
    assert ("127.0.0.1", 443) not in called


@pytest.mark.parametrize(
    "target", ["https://10.0.0.1:5432/", "file:///etc/passwd", "data:,x", "gopher://a/", "SELF", "OWN"]
)
async def test_b06_a_redirect_leads_nowhere_that_an_address_would_not(ground: Ground, target: str) -> None:
    peer, mallory = await ground.open_stranger()
    target = {"SELF": mallory.uri, "OWN": f"{ground.here.url}/users/alice"}.get(target, target)
    peer.scripts["/users/mallory"] = redirect(target)

    async with ground.judged(asks=[mallory.uri], most_asks=1, name="b06") as verdict:
        status = await ground.door.send(mallory, activity(mallory, "Like", ground.offer))

    assert status == 401
    assert {port for _, port in verdict.connects} <= {int(peer.url.rpartition(":")[2])}


async def test_b06_a_signature_of_ours_is_never_sent_on_to_another_host(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger()
    victim = await ground.open_peer()
    victim.shown.documents[f"{victim.url}/users/mallory"] = mallory.document
    peer.scripts["/users/mallory"] = redirect(f"{victim.url}/users/mallory")

    async with ground.judged(asks=[mallory.uri, f"{victim.url}/"], most_asks=4, name="b06"):
        status = await ground.door.send(mallory, activity(mallory, "Like", ground.offer))

    assert status == 401
    for request in victim.server.requests:
        assert peer.server.host not in request.headers.get("Host", "")
        assert request.headers["Signature"] not in {one.headers["Signature"] for one in peer.server.requests}


async def test_b12_endless_redirects_end(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger()
    peer.scripts["/users/mallory"] = redirect("/1")
    for number in range(1, 20):
        peer.scripts[f"/{number}"] = redirect(f"/{number + 1}")

    async with ground.judged(asks=[f"{peer.url}/"], most_asks=4, name="b12"):
        status = await ground.door.send(mallory, activity(mallory, "Like", ground.offer))

    assert status == 401


async def test_b07_what_a_server_says_of_itself_is_looked_for_nowhere_else(ground: Ground) -> None:
    peer = await ground.open_peer()
    victim = await ground.open_peer()
    for href in (f"{victim.url}/nodeinfo/2.0", "https://10.0.0.1/nodeinfo", f"{ground.here.url}/nodeinfo/2.1"):
        links = f'{{"links":[{{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"{href}"}}]}}'
        peer.scripts["/.well-known/nodeinfo"] = reply(links.encode(), kind="application/json")

        async with ground.judged(asks=[f"{peer.url}/.well-known/"], name="b07"):
            with pytest.raises(FederationError):
                await fetch_server(ground.here.instance, peer.server.host)

    assert victim.server.requests == []


@pytest.mark.parametrize(
    "path", ["/media/remote/1?file_type=jpg&proxy=http://10.0.0.1/", "/media/remote/http://10.0.0.1/"]
)
async def test_b08_our_pictures_are_asked_for_by_number_only(ground: Ground, path: str) -> None:
    async with ground.judged(name="b08") as verdict:
        found = await ground.door.get(path, "*/*")

    assert found.status == 404
    assert verdict.connects == []


@pytest.mark.parametrize(
    "address", ["http://good@{}/users/m", "http://{}/" + "a" * 2100, "http://{}\\@x/u", "ftp://{}/u"]
)
async def test_b08_odd_addresses_are_nobody(ground: Ground, address: str) -> None:
    peer = await ground.open_peer()
    actor = address.format(peer.server.host)
    sent = {"id": f"{actor}/1", "type": "Like", "actor": actor, "object": ground.offer}

    async with ground.judged(name="b08"):
        status = await ground.door.send(ground.bob, sent, signer=make_signer(actor))

    assert status in {400, 401}


async def test_b09_whoever_trickles_keeps_nobody_waiting(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys.KEY_SECONDS <= 5
    monkeypatch.setattr(keys, "KEY_SECONDS", 1)
    peer, mallory = await ground.open_stranger()
    started = asyncio.Event()

    async def trickle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/activity+json"})
        await response.prepare(request)
        started.set()
        with suppress(ConnectionError):
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.1)
        return response

    peer.scripts["/users/mallory"] = trickle
    async with ground.judged(asks=[mallory.uri], seconds=2.5, name="b09"):
        slow = asyncio.create_task(ground.door.send(mallory, activity(mallory, "Like", ground.offer)))
        await started.wait()
        others = [await ground.door.get(ground.offer) for _ in range(20)]
        status = await slow

    assert {one.status for one in others} == {200}
    assert status == 503
    assert max(ground.door.seconds[-21:-1]) < 2


def pour(piece: bytes, times: int, **headers: str) -> Any:
    """A script that sends this many pieces, unless nobody listens any more."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/activity+json"} | headers)
        with suppress(ConnectionError):
            await response.prepare(request)
            for _ in range(times):
                await response.write(piece)
            await response.write_eof()
        return response

    return answer


@pytest.mark.parametrize("packed", [True, False])
async def test_b10_an_answer_of_200_megabytes_is_cut(ground: Ground, packed: bool) -> None:
    peer, mallory = await ground.open_stranger()
    flood = pour(pack_gzip(b"\0"), 1, **{"Content-Encoding": "gzip"}) if packed else pour(b" " * (1 << 20), 200)
    peer.scripts["/users/mallory"] = flood

    async with ground.judged(asks=[mallory.uri], name="b10") as verdict:
        status = await ground.door.send(mallory, activity(mallory, "Like", ground.offer))

    assert status == 401
    assert verdict.memory < 16 * 1024 * 1024


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_b11_packed_requests_are_not_unpacked(ground: Ground, encoding: str) -> None:
    envelope = sign_post(ground.here.instance.site, "/inbox", pack_gzip(b"\0"), ground.bob.signer)
    envelope.headers["Content-Encoding"] = encoding

    async with ground.judged(name="b11") as verdict:
        status = await ground.door.post(envelope)

    assert status == 415
    assert verdict.memory < 16 * 1024 * 1024
