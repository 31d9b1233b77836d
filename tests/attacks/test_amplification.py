"""How much of others may be asked because of what somebody sends (B-06, B-12 to B-14)."""

import asyncio
from itertools import pairwise

import pytest

from federation.discovery.collection_items import fetch_items
from federation.discovery.fetches import fetch_object
from federation.errors import FederationError
from inbox.posts.lookup import look_up
from tests.attacks.ground import Ground, identity
from tests.fediverse import make_signer
from tests.stories.peer import Peer, activity, note


async def test_b12_collections_are_read_ten_pages_far_and_only_at_home(ground: Ground) -> None:
    peer, victim = await ground.open_peer(), await ground.open_peer()
    base = f"{peer.url}/c"
    for number in range(40):
        peer.shown.documents[f"{base}/{number}"] = {
            "id": f"{base}/{number}",
            "type": "OrderedCollectionPage",
            "partOf": base,
            "orderedItems": [f"{base}/{number}/{n}" for n in range(5)],
            "next": f"{base}/{number + 1}",
        }
    firsts = {"endless": f"{base}/0", "elsewhere": f"{victim.url}/c", "inside": "https://10.0.0.1/c", "itself": base}

    for first in firsts.values():
        peer.shown.documents[base] = {"id": base, "type": "OrderedCollection", "totalItems": 10**9, "first": first}
        async with ground.judged(asks=[f"{peer.url}/"], most_asks=11, name="b12"):
            items = await fetch_items(ground.here.instance, base)
        assert len(items) == (50 if first == firsts["endless"] else 0)


async def test_b12_a_page_of_twenty_thousand_items_is_cut(ground: Ground) -> None:
    peer = await ground.open_peer()
    base = f"{peer.url}/many"
    items = [f"{base}/{number}" for number in range(20_000)]
    peer.shown.documents[base] = {"id": base, "type": "OrderedCollection", "orderedItems": items}

    async with ground.judged(asks=[base], name="b12"):
        assert len(await fetch_items(ground.here.instance, base)) == 1000


async def test_b13_a_chain_of_replies_is_not_climbed(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger()
    await ground.befriend(mallory, followed=True)
    said = [note(mallory) for _ in range(200)]
    for before, after in pairwise(said):
        after["inReplyTo"] = before["id"]
        peer.shown.documents[after["id"]] = after

    async with ground.judged(rows={"post": 1}, asks=[f"{peer.url}/"], most_asks=50, name="b13"):
        assert await ground.door.send(mallory, activity(mallory, "Create", said[-1])) == 202


async def test_b14_a_thousand_strangers_make_us_ask_a_victim_thirty_times(ground: Ground) -> None:
    victim, doors = await ground.open_peer(), [await ground.open_door() for _ in range(10)]
    actors = [f"{victim.url}/users/nobody{number % 500}" for number in range(1000)]
    sent = [{"id": f"{actor}/1", "type": "Like", "actor": actor, "object": ground.offer} for actor in actors]

    async with ground.judged(asks=[f"{victim.url}/"], most_asks=30, name="b14"):
        for start in range(0, 1000, 20):
            door, some = doors[start // 100], range(start, start + 20)
            signers = [make_signer(f"{actors[number]}#main-key") for number in some]
            posts = [door.send(ground.bob, sent[n], signer=signer) for n, signer in zip(some, signers, strict=True)]
            assert set(await asyncio.gather(*posts)) <= {401, 429, 503}


async def test_b14_an_address_that_failed_is_left_alone(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger()
    peer.shown.documents[mallory.uri] = mallory.document | {"id": f"{peer.url}/users/other"}

    async with ground.judged(asks=[f"{peer.url}/users/"], most_asks=2, name="b14"):
        for number in range(20):
            sent = activity(mallory, "Like", ground.offer, id=f"{mallory.uri}/{number}")
            assert await ground.door.send(mallory, sent) == 401


async def test_b14_a_forwarder_cannot_make_us_ask_a_third_server_for_ever(ground: Ground) -> None:
    _, mallory = await ground.open_acquaintance()
    victim, door = await ground.open_peer(), await ground.open_door()
    author = f"{victim.url}/users/v"

    async with ground.judged(asks=[f"{victim.url}/"], most_asks=30, name="b14"):
        for number in range(100):
            said = {"id": f"{author}/{number}", "type": "Create", "actor": author, "object": f"{author}/n/{number}"}
            assert await door.send(mallory, said) in {401, 429, 503}


async def test_b14_what_is_shared_cannot_make_us_ask_a_third_server_for_ever(ground: Ground) -> None:
    _, mallory = await ground.open_stranger()
    await ground.befriend(mallory, followed=True)
    victim = await ground.open_peer()

    async with ground.judged(asks=[f"{victim.url}/"], most_asks=30, name="b14"):
        for number in range(60):
            await ground.door.send(mallory, activity(mallory, "Announce", f"{victim.url}/n/{number}"))


async def test_b13_every_name_of_a_wildcard_is_a_stranger_once(ground: Ground, peer_lookups: Peer) -> None:
    """Whoever looks an address up by hand is answered once; what was found leads no further by itself."""
    said = {"id": f"{peer_lookups.url}/n/1", "type": "Note", "attributedTo": "https://10.0.0.1/u", "content": "x"}
    peer_lookups.shown.documents[said["id"]] = said

    async with ground.judged(asks=[f"{peer_lookups.url}/"], most_asks=4, name="b13") as verdict:
        with pytest.raises(FederationError):
            await look_up(ground.here.instance, said["id"])
        with pytest.raises(FederationError):
            await fetch_object(ground.here.instance, f"{peer_lookups.url}/n/2")

    assert {f"{host}:{port}" for host, port in verdict.connects} <= {peer_lookups.server.host}


@pytest.fixture
async def peer_lookups(ground: Ground) -> Peer:
    """A peer for this test alone."""
    return await ground.open_peer()


async def test_b06_identity_is_learned_with_two_requests(ground: Ground) -> None:
    _, mallory = await ground.open_stranger()
    rows = {"actor": 1, "public_key": 1, "favourite": 1, "notification": 1}

    async with ground.judged(rows=rows, asks=identity(mallory), most_asks=2, name="b06"):
        assert await ground.door.send(mallory, activity(mallory, "Like", ground.offer)) == 202
