"""A poll from its question to its end: two cooperatives and a Mastodon vote, and everybody hears how it came out."""

import json
from typing import Any

import aiohttp

from federation.discovery.remote import fetch_actor
from federation.instance import Instance
from models.store.database import execute, transaction
from outbox.posts.poll_figures import end_polls, send_figures
from tests.eventually import eventually
from tests.factories import make_follow
from tests.servers import Member, RunningServer
from tests.stories.conftest import MakeServer
from tests.stories.peer import Door, Peer, activity, running_peer
from web.middlewares.work_signals import notify_work

OPTIONS = ["Samedi", "Dimanche"]


async def call(server: RunningServer, member: Member, method: str, path: str, **request: Any) -> Any:
    """What a client of this member is answered."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{server.url}{path}", headers=member.headers, **request) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def follow(server: RunningServer, member: Member, uri: str) -> None:
    """A member here follows somebody of another server, which knows it."""
    found = await call(server, member, "GET", "/api/v2/search", params={"q": uri, "resolve": "true"})
    path = f"/api/v1/accounts/{found['accounts'][0]['id']}"
    await call(server, member, "POST", f"{path}/follow")

    async def accepted() -> bool:
        params = {"id[]": found["accounts"][0]["id"]}
        [relation] = await call(server, member, "GET", "/api/v1/accounts/relationships", params=params)
        return bool(relation["following"])

    await eventually(accepted)


async def find_poll(server: RunningServer, member: Member, uri: str) -> Any:
    """The poll of this post in the member's home."""
    home = await call(server, member, "GET", "/api/v1/timelines/home")
    return next((one["poll"] for one in home if one["uri"] == uri), None)


async def count(server: RunningServer, member: Member, uri: str, *votes: int) -> bool:
    """Whether these figures stand in the member's home."""
    poll = await find_poll(server, member, uri)
    return [one["votes_count"] for one in poll["options"]] == [*votes]


async def find_last(peer: Peer) -> dict[str, Any] | None:
    """The question as the other server was told of it when it was over."""
    bodies = [json.loads(request.body) for request in peer.server.requests if request.method == "POST"]
    return next((body["object"] for body in bodies if body["type"] == "Update" and "closed" in body["object"]), None)


async def end(instance: Instance) -> None:
    """The minute in which polls that are over are looked for."""
    await end_polls(instance)
    await notify_work(instance.pool)


async def test_members_of_two_cooperatives_and_a_mastodon_vote_and_the_end_is_told_to_all(
    make_server: MakeServer,
) -> None:
    lomme, henin = await make_server("lomme"), await make_server("henin")
    alice, bea, bob = await lomme.add_member("alice"), await lomme.add_member("bea"), await henin.add_member("bob")
    await follow(henin, bob, alice.actor.uri)
    async with running_peer() as peer, aiohttp.ClientSession() as session:
        carol = peer.add_person("carol")
        door = Door(here=lomme, session=session)
        known = await fetch_actor(lomme.instance, carol.uri)
        async with transaction(lomme.instance.pool) as conn:
            await make_follow(conn, known, alice.actor)
        asked = {"status": "Quel jour ?", "poll": {"options": OPTIONS, "expires_in": 3600}}

        question = await call(lomme, alice, "POST", "/api/v1/statuses", json=asked)

        uri, votes = question["uri"], f"/api/v1/polls/{question['id']}/votes"
        there = await eventually(lambda: find_poll(henin, bob, uri))
        assert [one["title"] for one in there["options"]] == OPTIONS
        await call(lomme, bea, "POST", votes, json={"choices": [0]})
        await call(henin, bob, "POST", f"/api/v1/polls/{there['id']}/votes", json={"choices": [1]})
        vote = {"id": f"{carol.uri}#votes/1", "type": "Note", "name": "Dimanche", "attributedTo": carol.uri}
        vote |= {"inReplyTo": uri, "to": alice.actor.uri}
        assert await door.send(carol, activity(carol, "Create", vote, to=alice.actor.uri)) == 202
        await eventually(lambda: count(lomme, alice, uri, 1, 2))

        await send_figures(lomme.instance, {"post": int(question["id"])})
        await notify_work(lomme.instance.pool)
        await eventually(lambda: count(henin, bob, uri, 1, 2))
        async with transaction(lomme.instance.pool) as conn:
            await execute(conn, "UPDATE poll SET ends_at = now()")
        await end(lomme.instance)

        async def over() -> bool:
            return bool((await find_poll(henin, bob, uri))["expired"])

        await eventually(over)
        await end(henin.instance)
        last = await eventually(lambda: find_last(peer))

    for server, member in ((lomme, alice), (lomme, bea), (henin, bob)):
        news = await call(server, member, "GET", "/api/v1/notifications")
        assert [one["type"] for one in news if one["type"] != "follow"] == ["poll"]
        poll = news[0]["status"]["poll"]
        assert (poll["expired"], poll["voters_count"]) == (True, 3)
        assert [one["votes_count"] for one in poll["options"]] == [1, 2]
    assert (last["type"], last["votersCount"], last["closed"]) == ("Question", 3, last["endTime"])
    assert [one["replies"]["totalItems"] for one in last["oneOf"]] == [1, 2]
    assert await call(lomme, alice, "GET", "/api/v1/conversations") == []
    context = await call(lomme, alice, "GET", f"/api/v1/statuses/{question['id']}/context")
    assert context["descendants"] == []
