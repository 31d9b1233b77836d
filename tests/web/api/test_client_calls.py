"""Every call of Phanpy, Elk, Tusky and Mastodon for Android, as each makes it, on a server that holds something."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import FormData

from models.news import notifications
from models.people.actors import Actor
from models.store.database import connection
from tests.factories import make_follow, make_local_actor, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.client_calls import CLIENTS, Call
from tests.web.api.conftest import Alice, Answer
from tests.web.api.json_shapes import Unfit
from tests.web.api.mastodon.posts.test_media import picture


@pytest.fixture
async def held(alice: Alice, bob: Actor) -> dict[str, str]:
    """What Alice's server holds, by the names that the calls use."""
    api, day = alice.api, timedelta(days=1)
    async with connection(api.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        carol, dave = [await make_remote_actor(conn, name) for name in ("carol", "dave")]
        await make_follow(conn, carol, alice.actor, state="pending")
        await make_follow(conn, bob, alice.actor)
        theirs = await make_note(conn, bob)
        told = await notifications.notify(
            conn, recipient_id=alice.actor.id, type="mention", actor_id=bob.id, post_id=theirs.id
        )
    own = await api.post("/api/v1/statuses", strict.status, status="Je prête ma remorque #lomme")
    async with connection(api.pool) as conn:
        for actor in (bob, carol):
            await notifications.notify(
                conn, recipient_id=alice.actor.id, type="favourite", actor_id=actor.id, post_id=int(own["id"])
            )
    groups = (await api.get("/api/v2/notifications"))["notification_groups"]
    made = await api.ask(
        "POST",
        "/api/v2/filters",
        json={"title": "A", "context": ["home"], "keywords_attributes": [{"keyword": "boa", "whole_word": True}]},
    )
    later = (datetime.now(UTC) + day).isoformat()
    scheduled = await api.post("/api/v1/statuses", None, status="Demain", scheduled_at=later)
    return {
        "own": own["id"],
        "theirs": str(theirs.id),
        "bob": str(bob.id),
        "carol": str(carol.id),
        "dave": str(dave.id),
        "notification": str(told),
        "group": groups[0]["group_key"],
        "list": (await api.post("/api/v1/lists", strict.reading_list, title="Voisins"))["id"],
        "filter": made.json["id"],
        "keyword": made.json["keywords"][0]["id"],
        "scheduled": scheduled["id"],
        "media": (await upload(alice))["id"],
        "tomorrow": (datetime.now(UTC) + 2 * day).isoformat(),
    }


async def upload(alice: Alice) -> Any:
    form = FormData()
    form.add_field("file", picture(), filename="a.png", content_type="image/png")
    return (await alice.api.ask("POST", "/api/v2/media", data=form)).json


def fill_in(value: Any, held: dict[str, str]) -> Any:
    """The same with what the server holds in the place of its name."""
    if isinstance(value, str):
        for name, id in held.items():
            value = value.replace(f"{{{name}}}", id)
        return value
    if isinstance(value, list):
        return [fill_in(one, held) for one in value]
    return {name: fill_in(one, held) for name, one in value.items()} if isinstance(value, dict) else value


async def make(alice: Alice, call: Call, held: dict[str, str]) -> Answer:
    path, body = fill_in(call.path, held), fill_in(call.body, held)
    if call.method == "GET" or not body:
        return await alice.api.ask(call.method, path)
    if call.encoding == "json":
        return await alice.api.ask(call.method, path, json=body)
    if call.encoding == "form":
        return await alice.api.ask(call.method, path, data=body)
    form = FormData(default_to_multipart=True)
    for name, value in body.items():
        if value == "picture":
            form.add_field(name, picture(), filename="a.png", content_type="image/png")
        else:
            form.add_field(name, value)
    return await alice.api.ask(call.method, path, data=form)


@pytest.mark.parametrize("client", CLIENTS)
async def test_each_call_is_answered_in_the_shape_that_the_client_reads(
    alice: Alice, held: dict[str, str], client: str
) -> None:
    wrong = []
    for call in CLIENTS[client]:
        answer = await make(alice, call, held)
        try:
            if answer.status == call.status:
                call.check(answer.json)
        except Unfit as unfit:
            wrong.append((call.method, call.path, str(unfit)[:300]))
        if answer.status != call.status:
            wrong.append((call.method, call.path, f"{answer.status} {answer.json}"))

    assert wrong == []


def test_every_client_is_asked_for_enough_to_be_used() -> None:
    assert {client: len(calls) > 60 for client, calls in CLIENTS.items()} == dict.fromkeys(CLIENTS, True)
