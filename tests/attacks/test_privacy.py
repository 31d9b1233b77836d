"""What is not for everybody, and people who are not wanted: nobody reads, widens, floods or moves (B-50 to B-60)."""

import asyncio
from typing import Any

import pytest

from federation.json.fields import PUBLIC
from models.limits import REPORTS
from models.people.actors import Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.servers import servers
from models.store.database import transaction
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.attacks.ground import Ground, identity
from tests.fediverse import Person, make_signer, sign_get
from tests.stories.peer import activity, note

AS2 = "application/activity+json"


async def block(ground: Ground, actor: Actor) -> None:
    """Alice wants nothing to do with somebody."""
    async with transaction(ground.here.instance.pool) as conn:
        uri = f"{ground.alice.actor.uri}#block-{actor.id}"
        await blocks.save(conn, uri=uri, actor_id=ground.alice.actor.id, target_id=actor.id)


async def suspend(ground: Ground, person: Person) -> None:
    """The moderators want nothing more of somebody."""
    await ground.here.instance.pool.execute("UPDATE actor SET suspended_at = now() WHERE uri = $1", person.uri)


async def open_reader(ground: Ground, kind: str) -> Person | None:
    """Somebody who must not read what is for followers."""
    if kind == "nobody":
        return None
    if kind == "mate":
        mate = ground.peer.add_person("mate")
        await ground.meet(mate)
        return mate
    _, person = await ground.open_acquaintance(kind)
    actor = await ground.befriend(person, follows=kind in {"blocked", "former"})
    async with transaction(ground.here.instance.pool) as conn:
        if kind == "former":
            await follows.remove(conn, follower_id=actor.id, followed_id=ground.alice.actor.id)
        if kind == "pending":
            alice = ground.alice.actor.id
            await follows.save(conn, uri=f"{person.uri}#f", follower_id=actor.id, followed_id=alice, state="pending")
    if kind == "blocked":
        await block(ground, actor)
    return person


READERS = ["nobody", "mate", "stranger", "blocked", "former", "pending"]


@pytest.mark.parametrize("kind", READERS)
async def test_b50_what_is_for_followers_looks_like_nothing_to_everybody_else(ground: Ground, kind: str) -> None:
    reader = await open_reader(ground, kind)
    missing = f"{ground.alice.actor.uri}/notes/00000000-0000-4000-8000-000000000000"
    create = await ground.door.value("SELECT uri FROM activity WHERE object_uri = $1", ground.secret)
    unknown = f"{ground.alice.actor.uri}/activities/00000000-0000-4000-8000-000000000000"

    async with ground.judged(asks=[f"{peer.url}/" for peer in ground.peers], name="b50"):
        pairs = [
            (await ground.door.get(secret, by=reader), await ground.door.get(nothing, by=reader))
            for secret, nothing in (
                (ground.secret, missing),
                (f"{ground.secret}/replies", f"{missing}/replies"),
                (f"{ground.secret}/context", f"{missing}/context"),
                (create, unknown),
            )
        ]
        outbox = await ground.door.get(f"{ground.alice.actor.uri}/outbox?before={2**62}", by=reader)
        others = [
            await ground.door.get(path, accept)
            for path, accept in (
                ("/@alice", "text/html"),
                ("/fil", "text/html"),
                ("/annonces?q=nous", "text/html"),
                ("/api/v1/timelines/public", "application/json"),
                (f"/api/v1/accounts/{ground.alice.actor.id}/statuses", "application/json"),
                ("/api/v2/search?q=nous", "application/json"),
                ("/api/v1/declic/listings?q=nous", "application/json"),
                ("/api/v1/declic/listings.atom", "application/atom+xml"),
                (f"/api/oembed?url={ground.secret}", "application/json"),
                ("/@alice.rss", "text/html"),
            )
        ]

    for secret, nothing in pairs:
        assert secret.status == 404
        assert secret.seen == nothing.seen
    for found in (outbox, *others):
        assert b"Entre nous" not in found.body


async def test_b50_headers_and_conditions_tell_no_more(ground: Ground) -> None:
    missing = f"{ground.alice.actor.uri}/notes/00000000-0000-4000-8000-000000000000"
    mine = await ground.door.get(ground.secret, by=ground.bob)
    assert mine.status == 200
    tag, changed = mine.headers.get("ETag", '"x"'), mine.headers.get("Last-Modified", "Tue, 24 Nov 2026 08:00:00 GMT")

    async with ground.judged(name="b50"):
        for method in ("HEAD", "GET", "OPTIONS", "DELETE", "PUT"):
            seen = []
            for url in (ground.secret, missing):
                headers = {"Accept": AS2, "If-None-Match": tag, "If-Modified-Since": changed}
                async with ground.door.session.request(method, url, headers=headers) as answer:
                    seen.append((answer.status, await answer.read(), answer.headers.get("ETag")))
            assert seen[0] == seen[1]
            assert seen[0][0] != 304


async def test_b50_a_signature_that_does_not_hold_reads_as_nobody(ground: Ground) -> None:
    path = ground.secret.removeprefix(ground.here.url)
    forged = sign_get(ground.here.instance.site, path, make_signer(ground.bob.signer.key_id, 1)).headers
    other = sign_get(ground.here.instance.site, "/users/alice", ground.bob.signer).headers

    async with ground.judged(asks=identity(ground.bob), name="b50"):
        for headers in (forged, other):
            async with ground.door.session.get(ground.secret, headers=dict(headers) | {"Accept": AS2}) as answer:
                assert answer.status in {401, 404}
                assert b"Entre nous" not in await answer.read()


async def test_b52_private_posts_go_to_accepted_followers_only(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger("hasty")
    await ground.here.instance.pool.execute("UPDATE actor SET locked = true WHERE id = $1", ground.alice.actor.id)
    try:
        rows = {"follow": 1, "notification": 1, "post": 1, "activity": 1, "delivery": 1, "actor": 1, "public_key": 1}
        async with ground.judged(rows=rows, asks=[*identity(mallory), f"{ground.peer.url}/"], name="b52"):
            await ground.door.send(mallory, activity(mallory, "Follow", ground.alice.actor.uri))
            await ground.settle()
            async with transaction(ground.here.instance.pool) as conn:
                draft = NoteDraft(text="Toujours entre nous.", audience="followers")
                await notes.publish(conn, ground.here.instance.site, ground.alice.actor, draft)
    finally:
        await ground.here.instance.pool.execute("UPDATE actor SET locked = false WHERE id = $1", ground.alice.actor.id)

    assert not [request for request in peer.server.requests if request.method == "POST"]


async def test_b53_somebody_blocked_sees_no_lists(ground: Ground) -> None:
    blocked = await open_reader(ground, "blocked")
    paths = ["followers", "following", "featured", "outbox", "followers_synchronization"]

    async with ground.judged(asks=[f"{peer.url}/" for peer in ground.peers], name="b53"):
        for path in paths:
            for rest in ("", f"?before={2**62}", "?page=1"):
                found = await ground.door.get(f"{ground.alice.actor.uri}/{path}{rest}", by=blocked)
                assert found.status < 500
                assert ground.bob.uri.encode() not in found.body
                assert b"Entre nous" not in found.body
        for rest in ("replies", "likes", "shares", "context"):
            found = await ground.door.get(f"{ground.offer}/{rest}", by=blocked)
            assert ground.bob.uri.encode() not in found.body


async def test_b54_nothing_new_of_somebody_suspended_comes_in_by_any_way(ground: Ground) -> None:
    peer, villain = await ground.open_stranger("villain")
    await ground.befriend(villain, followed=True)
    await suspend(ground, villain)
    said = note(villain, inReplyTo=ground.offer)
    peer.shown.documents[said["id"]] = said

    async with ground.judged(asks=[f"{peer.url}/"], name="b54"):
        await ground.door.send(villain, activity(villain, "Create", said))
        await ground.door.send(villain, activity(villain, "Update", said))
        await ground.door.send(villain, activity(villain, "Follow", ground.alice.actor.uri))
        await ground.door.send(villain, activity(villain, "Like", ground.offer))
        await ground.door.send(ground.bob, activity(ground.bob, "Announce", said["id"]))
        await ground.door.send(ground.bob, activity(ground.bob, "Create", said))

    assert await ground.door.count(said["id"]) == 0


WIDENINGS: list[dict[str, Any]] = [
    {"to": [PUBLIC]},
    {"to": [PUBLIC], "cc": []},
    {"to": ["as:Public"], "updated": "2030-01-01T00:00:00Z"},
    {"to": ["Public"], "cc": ["https://elsewhere.example/followers"], "updated": "2030-01-02T00:00:00Z"},
]


async def test_b55_nothing_makes_a_private_post_wider(ground: Ground) -> None:
    said = note(ground.bob, to=[ground.alice.actor.uri], cc=[])
    await ground.door.send(ground.bob, activity(ground.bob, "Create", said))
    _, mallory = await ground.open_stranger()
    await ground.befriend(mallory, follows=True, followed=True)
    await ground.settle()

    async with ground.judged(
        rows={"mention": -1, "post_version": len(WIDENINGS)}, asks=[f"{ground.peer.url}/"], name="b55"
    ):
        for change in WIDENINGS:
            for type in ("Create", "Update"):
                await ground.door.send(ground.bob, activity(ground.bob, type, said | change))
        for target in (said["id"], said | {"to": [PUBLIC]}, ground.secret):
            await ground.door.send(mallory, activity(mallory, "Announce", target))

    assert await ground.door.value("SELECT audience FROM post WHERE uri = $1", said["id"]) == "direct"


PAGES = [
    "/coop/membres",
    "/coop/reglages",
    "/coop/reglages/nom",
    "/coop/membres/alice",
    "/coop/serveurs",
    "/moi",
    "/compte",
]


@pytest.mark.parametrize("path", PAGES)
async def test_b56_pages_of_others_are_not_for_strangers(ground: Ground, path: str) -> None:
    async with ground.judged(name="b56"):
        found = await ground.door.get(path, "text/html")

    assert found.status in {302, 303, 403, 404}
    assert b"lomme.test" not in found.body


async def test_b56_numbers_of_others_lead_nowhere(ground: Ground) -> None:
    other = await ground.here.add_member("zoe")
    id = await ground.door.value("SELECT id FROM post WHERE uri = $1", ground.secret)
    offer = await ground.door.value("SELECT id FROM post WHERE uri = $1", ground.offer)
    tries = [
        ("GET", f"/api/v1/statuses/{id}"),
        ("GET", f"/api/v1/statuses/{id}/context"),
        ("POST", f"/api/v1/statuses/{id}/favourite"),
        ("POST", f"/api/v1/statuses/{id}/reblog"),
        ("DELETE", f"/api/v1/statuses/{id}"),
        ("DELETE", f"/api/v1/statuses/{offer}"),
        ("PUT", f"/api/v1/statuses/{offer}"),
        ("GET", f"/api/v1/declic/listings/{id}"),
        ("PATCH", f"/api/v1/declic/listings/{offer}"),
        ("POST", f"/api/v1/declic/listings/{offer}/state"),
        ("DELETE", f"/api/v1/declic/listings/{offer}"),
        ("GET", f"/api/v1/media/{id}"),
        ("PUT", f"/api/v1/media/{offer}"),
        ("GET", f"/api/v1/notifications/{id}"),
        ("POST", f"/api/v1/notifications/{offer}/dismiss"),
    ]

    async with ground.judged(name="b56"):
        for method, path in tries:
            url = f"{ground.here.url}{path}"
            async with ground.door.session.request(method, url, headers=other.headers, json={"status": "x"}) as answer:
                assert answer.status in {403, 404, 405, 422}, (method, path, answer.status)
                assert b"Entre nous" not in await answer.read()


async def test_b59_a_flood_of_one_server_is_stopped_and_others_are_not(ground: Ground) -> None:
    _, mallory = await ground.open_acquaintance("flood")
    door = await ground.open_door()
    sent = [activity(mallory, "Flag", [ground.alice.actor.uri], content="x") for _ in range(650)]
    fair: list[int] = []

    async def go_on() -> None:
        for number in range(20):
            liked = activity(ground.bob, "Like", ground.offer, id=f"{ground.bob.uri}/fair/{number}")
            fair.append(await ground.door.send(ground.bob, liked))

    rows = {"report": REPORTS.most, "moderation_case": 1, "favourite": 1, "notification": 1}
    async with ground.judged(rows=rows, seconds=5, name="b59"):
        other = asyncio.create_task(go_on())
        answers = []
        for start in range(0, 650, 50):
            answers += await asyncio.gather(*(door.send(mallory, one) for one in sent[start : start + 50]))
        await other

    assert 429 in answers
    assert answers.count(202) <= 600
    assert set(answers) == {202, 429}
    assert set(fair) == {202}


async def test_b60_poisoned_moves_are_ignored(ground: Ground) -> None:
    peer, old = await ground.open_stranger("old")
    await ground.befriend(old, followed=True)
    other, new = await ground.open_stranger("new")
    targets = {
        "without a word of the old": new.uri,
        "in a circle": f"{other.url}/users/circle",
        "moved on": f"{other.url}/users/further",
        "nobody": f"{other.url}/users/nobody",
        "ours": f"{ground.here.url}/users/alice",
        "itself": old.uri,
    }
    other.add_person("circle", alsoKnownAs=[old.uri], movedTo=old.uri)
    other.add_person("further", alsoKnownAs=[old.uri], movedTo=new.uri)
    rows = {"actor": 4, "public_key": 4}

    async with ground.judged(rows=rows, asks=[f"{peer.url}/", f"{other.url}/"], name="b60"):
        for target in targets.values():
            await ground.door.send(old, activity(old, "Move", old.uri, target=target))
        await ground.door.send(new, activity(new, "Move", old.uri, target=new.uri))

    sql = """
        SELECT array_agg(b.uri) FROM follow f JOIN actor b ON b.id = f.followed_id
        WHERE f.follower_id = $1 AND b.uri LIKE ANY($2)
    """
    followed = await ground.door.value(sql, ground.alice.actor.id, [f"{peer.url}%", f"{other.url}%"])
    assert followed == [old.uri]


async def test_b54_a_host_that_is_set_aside_costs_nothing(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger("aside")
    async with transaction(ground.here.instance.pool) as conn:
        await servers.save_level(conn, peer.server.host, "aside")
    ground.here.instance.policy.forget()

    async with ground.judged(name="b54"):
        for type in ("Create", "Follow", "Delete", "Update"):
            assert await ground.door.send(mallory, activity(mallory, type, ground.offer)) == 403

    assert peer.server.requests == []


async def test_b57_a_wave_of_strangers_who_name_people_waits_for_somebodys_yes(ground: Ground) -> None:
    door = await ground.open_door()
    mentions = [{"type": "Mention", "href": ground.alice.actor.uri, "name": "@alice"}]
    people = [(await ground.open_stranger(f"spam{number}"))[1] for number in range(20)]
    asks = [address for one in people for address in identity(one)]

    news = ("activity", "conversation", "conversation_post", "mention", "notification", "post")
    told = dict.fromkeys((*news, "message_request_news", "message_request_notice"), 1)  # she is told once of all twenty
    rows = {"actor": 20, "public_key": 20, "message_request": 20} | told
    async with ground.judged(rows=rows, asks=asks, most_asks=40, seconds=5, name="b57"):
        answers = await asyncio.gather(
            *(door.send(one, activity(one, "Create", note(one, tag=mentions, content=""))) for one in people)
        )

    assert set(answers) == {202}
    sql = "SELECT count(*) FROM received WHERE state = 'held' AND actor_uri = ANY($1)"
    assert await ground.door.value(sql, [one.uri for one in people]) == 20
    sql = "SELECT count(*) FROM notification n JOIN actor a ON a.id = n.actor_id WHERE a.uri = ANY($1)"
    assert await ground.door.value(sql, [one.uri for one in people]) == 0
