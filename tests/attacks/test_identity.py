"""Whoever says to be somebody else: actors, keys, ids, files and handles that are not theirs (B-15 to B-27)."""

import json
from typing import Any

import pytest
from aiohttp import web

from federation.discovery.fetches import fetch_actor
from federation.discovery.remote import resolve_handle
from federation.errors import FederationError, FetchFailed
from inbox.posts.lookup import look_up
from tests.attacks.ground import Ground, identity
from tests.fediverse import build_actor_document, make_signer, public_pem
from tests.stories.peer import activity, note

NEWCOMER = {"actor": 1, "public_key": 1, "media": 2}
"""Rows that somebody leaves who was proven to be who they are."""


async def test_b15_nobody_speaks_for_somebody_of_another_server(ground: Ground) -> None:
    _, mallory = await ground.open_acquaintance()
    sent = activity(ground.bob, "Create", note(ground.bob, inReplyTo=ground.offer))

    async with ground.judged(asks=[sent["id"]], most_asks=1, name="b15"):
        answers = [
            await ground.door.send(mallory, sent),
            await ground.door.send(mallory, sent | {"actor": [ground.bob.uri]}),
            await ground.door.send(mallory, sent | {"actor": ground.bob.document}),
            await ground.door.send(mallory, sent | {"id": f"{mallory.uri}/1"}),
            await ground.door.send(mallory, sent | {"actor": mallory.uri}),
        ]

    assert answers == [401] * 5


async def test_b15_nobody_speaks_for_a_neighbour_on_the_same_server(ground: Ground) -> None:
    peer, mallory = await ground.open_acquaintance()
    victim = peer.add_person("victim")
    await ground.meet(victim)

    async with ground.judged(asks=[f"{peer.url}/"], name="b15"):
        for sent in (
            activity(victim, "Like", ground.offer),
            activity(victim, "Create", note(victim, inReplyTo=ground.offer)),
            activity(victim, "Delete", victim.uri),
            activity(victim, "Follow", ground.alice.actor.uri),
        ):
            assert await ground.door.send(mallory, sent) == 401


async def test_b16_a_key_needs_the_word_of_its_owner(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger()
    key_id = f"{mallory.uri}/key"
    signer = make_signer(key_id, 1)
    for owner in (ground.bob.uri, mallory.uri):
        peer.shown.documents[key_id] = {"id": key_id, "owner": owner, "publicKeyPem": public_pem(signer)}

        async with ground.judged(asks=[key_id, *identity(mallory)], name="b16"):
            sent = {"id": f"{owner}/1", "type": "Like", "actor": owner, "object": ground.offer}
            assert await ground.door.send(mallory, sent, signer=signer) == 401

        await ground.here.instance.pool.execute("DELETE FROM failed_fetch")


async def test_b16_an_owner_behind_a_redirect_to_another_server_is_refused(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger()
    other = await ground.open_peer()
    other.shown.documents[f"{other.url}/users/mallory"] = mallory.document

    async def away(_: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"Location": f"{other.url}/users/mallory"})

    peer.scripts["/users/mallory"] = away

    async with ground.judged(asks=[mallory.uri, f"{other.url}/users/mallory"], name="b16"):
        assert await ground.door.send(mallory, activity(mallory, "Like", ground.offer)) == 401


async def test_b18_an_object_is_fetched_from_its_own_id_or_dropped(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger()
    await ground.befriend(mallory, followed=True)
    victim = note(ground.bob)
    shown = f"{peer.url}/n/1"
    for lie in (victim, victim | {"id": f"{peer.url}/n/2"}, victim | {"id": ground.offer}, {"type": "Note"}):
        peer.shown.documents[shown] = lie

        async with ground.judged(asks=[shown, f"{peer.url}/n/2", victim["id"]], name="b18"):
            assert await ground.door.send(mallory, activity(mallory, "Announce", shown)) == 202
            await ground.settle()
            with pytest.raises(FederationError):
                await look_up(ground.here.instance, shown)

        await ground.here.instance.pool.execute("DELETE FROM failed_fetch")


@pytest.mark.parametrize(
    "kind",
    [
        "image/png",
        "text/plain",
        "application/json",
        "application/ld+json",
        "application/activity+json-evil",
        'application/ld+json; profile="https://evil.example"',
        "text/html; application/activity+json",
        "application/octet-stream",
    ],
)
async def test_b19_an_uploaded_file_is_nobody(ground: Ground, kind: str) -> None:
    peer = await ground.open_peer()
    uri = f"{peer.url}/media/x.png"
    signer = make_signer(f"{uri}#main-key")
    document = build_actor_document(uri, "x", signer)

    async def upload(_: web.BaseRequest) -> web.Response:
        return web.Response(body=json.dumps(document).encode(), headers={"Content-Type": kind})

    peer.scripts["/media/x.png"] = upload
    sent = {"id": f"{uri}/1", "type": "Like", "actor": uri, "object": ground.offer}

    async with ground.judged(asks=[uri], name="b19"):
        assert await ground.door.send(ground.bob, sent, signer=signer) == 401


@pytest.mark.parametrize("type", ["Create", "Update", "Announce", "Delete", "Move", "Add", "Undo"])
async def test_b21_nothing_of_ours_is_overwritten(ground: Ground, type: str) -> None:
    ours = note(ground.bob, id=ground.offer, content="<p>volé</p>", updated="2030-01-01T00:00:00Z")
    spellings = [ground.offer, ground.offer.replace("http:", "HTTP:"), f"{ground.offer}#x", f"{ground.offer}?x=1"]

    rows = {"share": 1, "notification": 1} if type == "Announce" else {}

    async with ground.judged(rows=rows, name="b21"):
        for uri in spellings:
            await ground.door.send(ground.bob, activity(ground.bob, type, ours | {"id": uri}))
            await ground.door.send(ground.bob, activity(ground.bob, type, ours | {"id": uri}, id=uri))

    content = await ground.door.value("SELECT content FROM post WHERE uri = $1 AND deleted_at IS NULL", ground.offer)
    assert "Tente" in content
    assert "volé" not in content


@pytest.mark.parametrize(
    "by",
    ["", "1", 1, 0, None, True, [], {}, {"id": "https://elsewhere.example/u"}, ["BOB", "CAROL"], "CAROL", "ALICE"],
    ids=repr,
)
async def test_b22_posts_in_somebody_elses_name_are_dropped(ground: Ground, by: Any) -> None:
    carol = ground.peer.shown.documents.get(f"{ground.peer.url}/users/carol") or ground.peer.add_person("carol")
    names = {"BOB": ground.bob.uri, "CAROL": f"{ground.peer.url}/users/carol", "ALICE": ground.alice.actor.uri}
    by = [names[one] for one in by] if isinstance(by, list) else names.get(by, by) if isinstance(by, str) else by
    said = note(ground.bob, attributedTo=by, inReplyTo=ground.offer)

    asks = [said["id"]] if by == names["CAROL"] else []  # whoever else it may be by, its own server is asked

    async with ground.judged(asks=asks, name="b22"):
        status = await ground.door.send(ground.bob, activity(ground.bob, "Create", said))

    assert status in {202, 400, 401}
    assert carol


async def test_b24_answers_and_undoings_of_what_is_not_theirs_change_nothing(ground: Ground) -> None:
    _, mallory = await ground.open_acquaintance()
    liked = activity(ground.bob, "Like", ground.offer)
    await ground.door.send(ground.bob, liked)
    await ground.settle()
    sql = "SELECT f.uri FROM follow f JOIN actor a ON a.id = f.follower_id WHERE a.uri = $1"
    theirs = await ground.door.value(sql, ground.bob.uri)
    ours = {"id": f"{ground.here.url}/users/alice/activities/x", "type": "Follow", "actor": ground.alice.actor.uri}

    async with ground.judged(name="b24"):
        for object in (
            ours | {"object": mallory.uri},
            ours | {"object": ground.bob.uri},
            ours["id"],
            theirs,
        ):
            await ground.door.send(mallory, activity(mallory, "Accept", object))
            await ground.door.send(mallory, activity(mallory, "Reject", object))
        for object in (
            liked,
            liked["id"],
            liked | {"actor": mallory.uri},
            theirs,
            {"id": theirs, "type": "Follow", "actor": ground.bob.uri, "object": ground.alice.actor.uri},
            {"id": theirs, "type": "Follow", "actor": mallory.uri, "object": ground.alice.actor.uri},
        ):
            await ground.door.send(mallory, activity(mallory, "Undo", object))


async def test_b24_an_update_cannot_give_a_post_to_somebody_else(ground: Ground) -> None:
    _, mallory = await ground.open_acquaintance()
    said = note(ground.bob)
    await ground.door.send(ground.bob, activity(ground.bob, "Create", said))
    await ground.settle()
    newer = said | {"content": "<p>volé</p>", "updated": "2030-01-01T00:00:00Z"}

    async with ground.judged(asks=[f"{ground.peer.url}/"], name="b24"):
        for changed in (newer | {"attributedTo": mallory.uri}, newer):
            await ground.door.send(mallory, activity(mallory, "Update", changed))
        await ground.door.send(ground.bob, activity(ground.bob, "Update", newer | {"attributedTo": mallory.uri}))

    assert await ground.door.value("SELECT content FROM post WHERE uri = $1", said["id"]) == said["content"]


async def test_b24_what_an_announce_embeds_is_asked_for_at_home(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger()
    await ground.befriend(mallory, followed=True)
    forged = note(ground.bob)
    alsos = [f"{ground.peer.url}/"]

    async with ground.judged(asks=alsos, name="b24"):
        await ground.door.send(mallory, activity(mallory, "Announce", forged))
        await ground.door.send(mallory, activity(mallory, "Announce", activity(ground.bob, "Create", forged)))
        await ground.door.send(mallory, activity(mallory, "Announce", activity(ground.bob, "Delete", ground.offer)))

    assert await ground.door.count(forged["id"]) == 0
    assert peer.server.requests


async def test_b25_a_taken_over_name_is_another_account_and_inherits_nothing(ground: Ground) -> None:
    peer, old = await ground.open_stranger("vera")
    before = await ground.befriend(old, follows=True, followed=True)
    signer = make_signer(f"{peer.url}/ap/2#main-key", 2)
    peer.shown.documents[f"{peer.url}/ap/2"] = build_actor_document(f"{peer.url}/ap/2", "vera", signer)
    peer.shown.add_webfinger(f"vera@{peer.server.host}", f"{peer.url}/ap/2", scheme="http")
    peer.shown.documents.pop(old.uri)

    after = await fetch_actor(ground.here.instance, f"{peer.url}/ap/2", fresh=True)

    assert after.id != before.id
    assert await ground.door.value("SELECT count(*) FROM follow WHERE $1 IN (follower_id, followed_id)", after.id) == 0


@pytest.mark.parametrize(
    "username",
    [
        "аdmin",
        "ali\u200dce",
        "ali\u202ece",
        "ａｌｉｃｅ",
        "a@evil.example",
        "a/b",
        "a b",
        "",
        "x" * 2049,
        "a\nb",
        "<b>",
        "\0",
    ],
    ids=ascii,
)
async def test_b26_strange_usernames_are_refused_or_shown_with_their_host(ground: Ground, username: str) -> None:
    peer, mallory = await ground.open_stranger("m", preferredUsername=username)

    async with ground.judged(rows=NEWCOMER | {"favourite": 1, "notification": 1}, asks=[f"{peer.url}/"], name="b26"):
        status = await ground.door.send(mallory, activity(mallory, "Like", ground.offer))
        kept = await ground.here.instance.pool.fetchrow("SELECT * FROM actor WHERE uri = $1", mallory.uri)
        page = await ground.door.get(ground.offer.replace("/users/alice/items/", "/annonces/"), "text/html")

    assert status in {202, 401}
    assert page.status == 200
    if kept is not None:
        assert len(kept["username"]) <= 2048
        assert kept["host"] == peer.server.host
        assert not set(kept["username"]) & set("@/\n\0")


async def test_b26_nobody_registers_a_name_that_looks_like_another(ground: Ground) -> None:
    async with ground.judged(name="b26"):
        for username in ("аdmin", "ali\u200dce", "ａｌｉｃｅ", "Alice", "a" * 31, "a.b", "instance"):
            data = {"username": username, "email": f"x{ord(username[0])}@example.org", "password": "un mot de passe"}
            async with ground.door.session.post(f"{ground.here.url}/inscription", data=data) as answer:
                assert answer.status >= 400


async def test_b27_a_handle_is_only_believed_when_both_sides_name_each_other(ground: Ground) -> None:
    peer, victim = await ground.open_peer(), await ground.open_peer()
    claimed = f"alice@{victim.server.host}"
    mallory = peer.add_person("alice", webfinger=claimed)
    peer.shown.add_webfinger(f"alice@{peer.server.host}", mallory.uri, subject=f"acct:{claimed}", scheme="http")
    real = victim.add_person("alice")

    actor = await ground.meet(mallory)

    assert (actor.username, actor.host) == ("alice", peer.server.host)
    assert (await resolve_handle(ground.here.instance, f"@{claimed}")).uri == real.uri
    with pytest.raises((FetchFailed, FederationError)):
        await resolve_handle(ground.here.instance, f"@alice@{peer.server.host}x")
