"""Streams: what each tells, in the form that clients read, after the commit and to nobody else."""

import pytest
from aiohttp import WSServerHandshakeError

from models import posts
from models.access import tokens
from models.news import notifications
from models.people.actors import Actor
from models.posts import Tag
from models.relations import reactions
from models.relations.blocking import mutes
from models.store.database import Connection, connection
from tests.factories import make_edit, make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice, Api
from tests.web.api.streams import Told, acting, connected, watching


async def share(conn: Connection, actor: Actor, post_id: int) -> int:
    made = await reactions.share(conn, uri=f"{actor.uri}#share/{post_id}", actor_id=actor.id, post_id=post_id)
    assert made is not None
    return made.id


async def test_health_is_asked_without_a_token(anybody: Api) -> None:
    async with anybody.client.get("/api/v1/streaming/health") as answer:
        assert (answer.status, await answer.text()) == (200, "OK")


async def test_home_is_told_of_what_she_and_those_she_follows_write(alice: Alice, bob: Actor) -> None:
    async with watching(alice.api, "user") as events:
        await alice.api.post("/api/v1/statuses", status="Bonjour")
        own = await events.next()
        async with acting(alice.api) as conn:
            listing = await make_listing(conn, bob)
        followed = await events.next()

    assert (own.event, own.payload["content"]) == ("update", "<p>Bonjour</p>")
    strict.status(own.payload)
    assert own.payload == await alice.api.get(f"/api/v1/statuses/{own.payload['id']}")
    strict.status(followed.payload)
    assert followed.payload == await alice.api.get(f"/api/v1/statuses/{listing.id}")


async def test_home_is_told_nothing_that_it_would_not_show(alice: Alice, bob: Actor) -> None:
    async with acting(alice.api) as conn:
        carol, dora = await make_remote_actor(conn, "carol"), await make_remote_actor(conn, "dora")
        await make_follow(conn, alice.actor, dora)
        await mutes.save(conn, actor_id=alice.actor.id, target_id=dora.id)
        foreign = await make_note(conn, carol)
    async with watching(alice.api, "user") as events:
        async with acting(alice.api) as conn:
            await make_note(conn, carol)
            await make_note(conn, dora)
            await make_note(conn, bob, in_reply_to_uri=foreign.uri)
            await make_note(conn, bob, audience="direct")
            wanted = await make_note(conn, bob, audience="followers")

        told = await events.next()

    assert told.payload["id"] == str(wanted.id)


async def test_a_share_comes_as_the_status_that_wraps_it(alice: Alice, bob: Actor) -> None:
    async with acting(alice.api) as conn:
        carol = await make_remote_actor(conn, "carol")
        note = await make_note(conn, carol)
    async with watching(alice.api, "user") as events:
        async with acting(alice.api) as conn:
            shared = await share(conn, bob, note.id)
        told = await events.next()
        async with acting(alice.api) as conn:
            await reactions.unshare(conn, actor_id=bob.id, post_id=note.id)
        taken_back = await events.next()

    strict.status(told.payload)
    assert (told.payload["id"], told.payload["reblog"]["id"]) == (str(shared), str(note.id))
    assert taken_back == Told(event="delete", payload=shared)


async def test_an_edit_reaches_whom_a_share_showed_it_and_says_what_she_did_with_it(alice: Alice, bob: Actor) -> None:
    async with acting(alice.api) as conn:
        carol, dora = await make_member(conn, "carol"), await make_member(conn, "dora")
        await make_follow(conn, dora, bob)
        note = await make_note(conn, carol)
        await share(conn, bob, note.id)
    await alice.api.post(f"/api/v1/statuses/{note.id}/favourite")
    other = await alice.api.as_member(dora)
    async with watching(alice.api, "user") as events, watching(other, "user") as others:
        async with acting(alice.api) as conn:
            await make_edit(conn, note, "<p>Donné</p>")
        told, told_other = await events.next(), await others.next()

    assert (told.event, told.payload["id"], told.payload["content"]) == ("status.update", str(note.id), "<p>Donné</p>")
    assert told.payload == await alice.api.get(f"/api/v1/statuses/{note.id}")
    assert (told.payload["favourited"], told_other.payload["favourited"]) == (True, False)


async def test_of_the_end_of_a_letter_only_its_reader_is_told(alice: Alice, bob: Actor) -> None:
    async with acting(alice.api) as conn:
        carol = await make_member(conn, "carol")
        letter = await make_note(conn, bob, audience="direct", mention_ids=(alice.actor.id,))
        note = await make_note(conn, bob)
    other = await alice.api.as_member(carol)
    async with watching(alice.api, "user") as events, watching(other, "user") as others:
        async with acting(alice.api) as conn:
            await posts.delete(conn, letter.id)
            await posts.delete(conn, note.id)

        assert await events.next() == Told(event="delete", payload=letter.id)
        assert await events.next() == Told(event="delete", payload=note.id)
        assert await others.next() == Told(event="delete", payload=note.id)


async def test_notifications_come_on_both_streams_of_a_person_and_to_nobody_else(alice: Alice, bob: Actor) -> None:
    async with acting(alice.api) as conn:
        carol = await make_member(conn, "carol")
    other = await alice.api.as_member(carol)
    async with (
        watching(alice.api, "user") as home,
        watching(alice.api, "user/notification") as bell,
        watching(other, "user") as others,
    ):
        async with acting(alice.api) as conn:
            note = await make_note(conn, alice.actor)
            told = {"recipient_id": alice.actor.id, "actor_id": bob.id}
            await notifications.notify(conn, type="favourite", post_id=note.id, **told)
            await notifications.notify(conn, type="move", **told)
        assert (await bell.next()).payload["type"] == "favourite"
        first, second = await home.next(), await home.next()
        await other.post("/api/v1/statuses", status="Rien pour moi")

        assert {first.event, second.event} == {"notification", "update"}
        [notification] = [one.payload for one in (first, second) if one.event == "notification"]
        strict.notification(notification)
        assert notification["status"]["id"] == str(note.id)
        groups = (await alice.api.get("/api/v2/notifications"))["notification_groups"]
        assert [group["group_key"] for group in groups] == [notification["group_key"]]
        assert (await others.next()).payload["content"] == "<p>Rien pour moi</p>"


async def test_a_home_without_the_scope_of_notifications_has_none(alice: Alice, bob: Actor) -> None:
    api = await alice.api.as_member(alice.actor, "read:statuses")
    async with watching(api, "user") as events:
        async with acting(alice.api) as conn:
            await notifications.notify(conn, recipient_id=alice.actor.id, type="follow", actor_id=bob.id)
            note = await make_note(conn, bob)

        assert (await events.next()).payload["id"] == str(note.id)
    assert (await api.ask("GET", "/api/v1/streaming/user/notification")).status == 403


PUBLIC = {
    "public": {"ours", "theirs", "photo"},
    "public/local": {"ours", "photo"},
    "public/remote": {"theirs"},
    "public?only_media=true": {"photo"},
    "public/local/media": {"photo"},
    "hashtag?tag=Prêt": {"theirs", "ours"},
    "hashtag/local?tag=%23pret": {"ours"},
}


@pytest.mark.parametrize("path", PUBLIC)
async def test_each_public_stream_tells_what_its_timeline_shows(alice: Alice, path: str) -> None:
    async with acting(alice.api) as conn:
        carol = await make_remote_actor(conn, "carol")
    async with watching(alice.api, path) as events:
        async with acting(alice.api) as conn:
            await make_note(conn, carol, audience="unlisted", tags=(Tag(tag="pret", name="Prêt"),))
            await make_note(conn, alice.actor, audience="coop", tags=(Tag(tag="pret", name="Prêt"),))
            made = {
                "theirs": await make_note(conn, carol, tags=(Tag(tag="pret", name="Prêt"),)),
                "ours": await make_note(conn, alice.actor, tags=(Tag(tag="pret", name="Prêt"),)),
                "photo": await make_note(conn, alice.actor),
            }
            await conn.execute(
                "INSERT INTO media (id, post_id, owner_id, type, width, height, remote_url) VALUES (1, $1, $2, 'image',"
                " 9, 9, 'https://henin.test/9.jpg')",
                made["photo"].id,
                alice.actor.id,
            )

        found = {(await events.next()).payload["id"] for _ in PUBLIC[path]}

    assert found == {str(made[name].id) for name in PUBLIC[path]}


async def test_a_public_stream_leaves_out_whom_its_reader_muted(alice: Alice, bob: Actor) -> None:
    async with acting(alice.api) as conn:
        dora = await make_member(conn, "dora")
        await mutes.save(conn, actor_id=alice.actor.id, target_id=bob.id)
    other = await alice.api.as_member(dora)
    async with watching(alice.api, "public") as events, watching(other, "public") as others:
        async with acting(alice.api) as conn:
            hidden, shown = await make_note(conn, bob), await make_note(conn, alice.actor)

        assert (await events.next()).payload["id"] == str(shown.id)
        assert (await others.next()).payload["id"] == str(hidden.id)


async def test_a_list_is_told_what_its_timeline_shows_and_to_its_owner_alone(alice: Alice, bob: Actor) -> None:
    made = await alice.api.post("/api/v1/lists", title="Voisins")
    await alice.api.ask("POST", f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [str(bob.id)]})
    async with acting(alice.api) as conn:
        carol = await make_member(conn, "carol")
    other = await alice.api.as_member(carol)
    async with watching(alice.api, "list", list=made["id"]) as events, connected(alice.api) as socket:
        await socket.subscribe("list", list=made["id"])
        await socket.subscribe("list", list="1")
        assert (await socket.next_frame())["status"] == 404
        async with acting(alice.api) as conn:
            await make_note(conn, alice.actor)
            listed = await make_note(conn, bob)

        assert (await events.next()).payload["id"] == str(listed.id)
        told = await socket.next()
    assert (told.stream, told.payload["id"]) == (["list", made["id"]], str(listed.id))
    assert (await other.ask("GET", f"/api/v1/streaming/list?list={made['id']}")).status == 404
    assert (await other.ask("GET", "/api/v1/streaming/list")).status == 404


async def test_a_followed_tag_comes_home(alice: Alice) -> None:
    await alice.api.post("/api/v1/tags/OffreLomme/follow")
    async with acting(alice.api) as conn:
        carol = await make_remote_actor(conn, "carol")
    async with watching(alice.api, "user") as events:
        async with acting(alice.api) as conn:
            note = await make_note(conn, carol, tags=(Tag(tag="offrelomme", name="OffreLomme"),))

        assert (await events.next()).payload["id"] == str(note.id)


async def test_what_is_rolled_back_is_told_to_nobody(alice: Alice) -> None:
    async with watching(alice.api, "user") as events:
        with pytest.raises(ZeroDivisionError):
            async with acting(alice.api) as conn:
                await make_note(conn, alice.actor)
                raise ZeroDivisionError
        async with acting(alice.api) as conn:
            kept = await make_note(conn, alice.actor)

        assert (await events.next()).payload["id"] == str(kept.id)


@pytest.mark.parametrize("style", ["query", "protocol", "header"])
async def test_a_socket_takes_the_token_in_three_places(alice: Alice, style: str) -> None:
    bearer = alice.api.bearer or ""
    manner = {
        "query": connected(alice.api, headers={}, access_token=bearer, stream="user"),
        "protocol": connected(alice.api, headers={}, protocols=(bearer,), stream="user"),
        "header": connected(alice.api, stream="user"),
    }
    async with manner[style] as socket:
        await alice.api.post("/api/v1/statuses", status="Bonjour")

        told = await socket.next()

        assert socket.socket.protocol == (bearer if style == "protocol" else None)
    assert (told.stream, told.event) == (["user"], "update")
    strict.status(told.payload)


async def test_a_wrong_token_is_refused_before_the_upgrade(alice: Alice, anybody: Api) -> None:
    for headers, protocols, query in (
        ({}, (), {}),
        ({"Authorization": "Bearer invented"}, (), {}),
        ({}, ("invented",), {}),
        ({}, (), {"access_token": "invented"}),
    ):
        with pytest.raises(WSServerHandshakeError) as refused:
            async with connected(anybody, headers=headers, protocols=protocols, stream="user", **query):
                pass
        assert refused.value.status == 401
    for path in ("user", "public", "hashtag?tag=offre"):
        assert (await anybody.ask("GET", f"/api/v1/streaming/{path}")).status == 401


async def test_streams_are_asked_for_and_given_up_over_one_socket(alice: Alice, bob: Actor) -> None:
    async with connected(alice.api) as socket:
        await socket.subscribe("public:remote")
        await socket.subscribe("hashtag", tag="OffreLomme")
        await socket.subscribe("nonsense")
        assert (await socket.next_frame())["status"] == 404  # all before it is done
        async with acting(alice.api) as conn:
            await make_note(conn, bob, tags=(Tag(tag="offrelomme", name="offreLomme"),))
        frames = [await socket.next(), await socket.next()]
        await socket.unsubscribe("public:remote")
        await socket.unsubscribe("hashtag", tag="offrelomme")
        await socket.subscribe("user")
        await socket.subscribe("nonsense")
        await socket.next_frame()
        async with acting(alice.api) as conn:
            await make_note(conn, bob)
        last = await socket.next()

    assert sorted(frame.stream or [] for frame in frames) == [["hashtag", "OffreLomme"], ["public:remote"]]
    assert last.stream == ["user"]


async def test_an_application_alone_watches_public_streams(anybody: Api, alice: Alice) -> None:
    async with connection(anybody.pool) as conn:
        bearer = await tokens.create(conn, actor_id=None, scopes=("read",), application_name="Phanpy")
    app = Api(client=anybody.client, instance=anybody.instance, bearer=bearer)
    async with watching(app, "public") as events:
        await alice.api.post("/api/v1/statuses", status="Bonjour")

        told = await events.next()

    strict.status(told.payload)
    assert "favourited" not in told.payload
    assert (await app.ask("GET", "/api/v1/streaming/user")).status == 403


async def test_bad_requests_are_answered_as_everywhere(alice: Alice) -> None:
    assert (await alice.api.ask("GET", "/api/v1/streaming/nonsense")).status == 404
    assert (await alice.api.ask("GET", "/api/v1/streaming")).status == 404
    assert (await alice.api.ask("GET", "/api/v1/streaming/hashtag")).status == 422
    assert (await alice.api.ask("GET", "/api/v1/streaming", headers={"Upgrade": "websocket"})).status == 400
