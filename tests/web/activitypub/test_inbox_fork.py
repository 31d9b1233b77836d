"""What is posted to an inbox goes past the middlewares, and loses nothing that these give."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import structlog
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from federation.json.fields import PUBLIC
from federation.json.jsonld_terms import ACTIVITYSTREAMS
from inbox.processing.process import process_due
from models.errors import Unavailable
from models.limits import UNPROVEN_POSTS
from models.people.actors import Actor
from models.posts import create_many
from models.store.database import Pool, transaction
from models.traffic.inbound.received import enqueue_many
from tests.bench.tracing import tracing
from tests.factories import make_follow
from tests.fediverse import Person, sign_post
from tests.web.activitypub.conftest import Door
from tests.web.small_app import make_instance
from web.activitypub import inbox, inbox_fork
from web.activitypub.inbox import post_inbox
from web.activitypub.inbox_fork import inbox_middleware
from web.http.app_keys import INSTANCE
from web.middlewares import peer_rate_limits
from web.middlewares.requests import IN_FLIGHT, PROTECTING, PROTECTING_DOCUMENTS
from web.middlewares.work_signals import WORK_SIGNAL
from web.security.session import session_middleware
from web.server.app import make_app

MOST_FUNCTIONS, MOST_ON_THE_WAY = 125, 14
"""Our functions that an accepted activity passes, those of them from the door to the store."""

BY_CHANCE = frozenset({"_parse_date", "open_pool.<locals>.prepare", "prepare_connection"})
"""Those that one passes now and then: the first within its second, the first on a connection that was opened for it."""


def like(person: Person, number: int = 1) -> dict[str, str]:
    """An activity."""
    object = "https://lomme.test/users/alice/notes/1"
    return {"id": f"{person.uri}/likes/{number}", "type": "Like", "actor": person.uri, "object": object}


async def post(door: Door, person: Person, number: int = 1, mark: str = "") -> ClientResponse:
    """Signed by this person."""
    envelope = sign_post(door.instance.site, "/inbox", like(person, number), person.signer)
    headers = dict(envelope.headers) | ({"X-Request-Id": mark} if mark else {})
    answer = await door.client.post("/inbox", data=envelope.body, headers=headers)
    await answer.read()
    return answer


async def test_an_accepted_activity_passes_few_functions_and_none_of_the_sessions(door: Door, bob: Person) -> None:
    await post(door, bob)

    with tracing(inbox_middleware, post_inbox, enqueue_many) as trace:
        assert (await post(door, bob, 2)).status == 202

    names = {code.co_qualname for code in trace.functions} - BY_CHANCE
    assert len(names) <= MOST_FUNCTIONS
    assert 0 < len(trace.spine) <= MOST_ON_THE_WAY
    assert not trace.up, "it never turns back to a layer above"
    assert session_middleware.__qualname__ not in names
    assert trace.statements == 1


async def test_a_note_is_received_and_takes_effect_by_few_functions(door: Door, bob: Person, alice: Actor) -> None:
    met = await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        await make_follow(conn, alice, met)
    for number in (1, 2):
        with tracing(inbox_middleware, post_inbox, enqueue_many) as received:
            assert (await door.post("/inbox", bob, write_note(bob, number))).status == 202
        with tracing(process_due, process_due, create_many) as processed:
            assert await process_due(door.instance) == 1

    assert 0 < len(received.spine) <= MOST_ON_THE_WAY
    assert 0 < len(processed.spine) <= MOST_ON_THE_WAY
    assert not received.up and not processed.up, "neither turns back to a layer above"
    assert await door.instance.pool.fetchval("SELECT count(*) FROM post WHERE NOT local") == 2


def write_note(person: Person, number: int) -> dict[str, Any]:
    """The Create of a public note."""
    note = {"id": f"{person.uri}/notes/{number}", "type": "Note", "content": "<p>Bonjour</p>", "to": [PUBLIC]}
    about = {"id": f"{person.uri}/creates/{number}", "type": "Create", "actor": person.uri, "to": [PUBLIC]}
    return about | {"@context": ACTIVITYSTREAMS, "object": note | {"attributedTo": person.uri}}


async def test_it_has_the_id_that_its_sender_gave_it_and_is_counted_and_logged(door: Door, bob: Person) -> None:
    with structlog.testing.capture_logs() as lines:
        taken = await post(door, bob, mark="abcdefgh-1")
        refused = await door.client.post("/inbox", data=b"{}", headers={"Content-Type": "application/json"})

    assert taken.headers["X-Request-Id"] == "abcdefgh-1"
    assert len(refused.headers["X-Request-Id"]) == 16
    counts = door.instance.tallies.counts
    assert (counts["requests", "inbox", "202"], counts["requests", "inbox", str(refused.status)]) == (1, 1)
    answered = [(line["route"], line["status"]) for line in lines if line["event"] == "answered"]
    assert answered == [("/inbox", refused.status)], "what was taken is no news"


async def test_what_every_answer_says_it_says_too(door: Door, bob: Person) -> None:
    answers = [await post(door, bob), await door.client.post("/inbox", data=b"x")]

    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    protecting = {*PROTECTING, *PROTECTING_DOCUMENTS, "Content-Security-Policy"}
    assert {name: answers[0].headers[name] for name in protecting} == {
        name: answers[1].headers[name] for name in protecting
    }
    assert answers[1].headers["Vary"] == "Accept-Encoding"
    assert "error" in await answers[1].json(content_type="application/json")


async def test_the_workers_are_told_of_what_was_taken_and_of_nothing_else(door: Door, bob: Person) -> None:
    signal = door.client.app[WORK_SIGNAL].received

    await door.client.post("/inbox", data=b"x")
    assert not signal.is_set()
    await post(door, bob)

    assert signal.is_set()


async def test_a_network_that_proves_nothing_is_counted_behind_our_proxy_and_no_other(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_rate_limits, "UNPROVEN_POSTS", replace(UNPROVEN_POSTS, most=2))
    instance = make_instance(pool, trusted_proxies=("127.0.0.0/8",))
    async with TestClient(TestServer(make_app(instance))) as client:

        async def knock(address: str) -> ClientResponse:
            return await client.post("/inbox", data=b"x", headers={"X-Forwarded-For": address})

        assert [(await knock("192.0.2.7")).status for _ in range(2)] == [415, 415]
        late = await knock("192.0.2.9")
        other = await knock("198.51.100.1")
        said = await late.json()

    assert (late.status, other.status) == (429, 415)
    assert int(late.headers["Retry-After"]) > 0
    assert "error" in said


async def test_behind_a_unix_socket_each_network_counts_for_itself(pool: Pool) -> None:
    app = web.Application()
    app[INSTANCE] = make_instance(pool, listen="unix:/run/declic/socket")
    headers = {"X-Forwarded-For": "198.51.100.7"}

    asked = make_mocked_request("POST", "/inbox", headers=headers, app=app).clone(remote="")

    assert inbox_fork.find_sender_network(asked, app[INSTANCE].settings) == "198.51.100.0/24"


async def test_an_instance_that_ended_is_gone_for_whoever_posts(door: Door, bob: Person) -> None:
    door.instance.ended.keep("ended", True)

    answer = await post(door, bob)

    assert answer.status == 410
    assert await door.instance.pool.fetchval("SELECT count(*) FROM received") == 0


async def test_without_the_database_it_is_asked_to_come_again(
    door: Door, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr(inbox, "receive", fail)

    answer = await post(door, bob)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "error" in await answer.json()


async def test_a_mistake_of_ours_is_500_without_a_word_of_it(
    door: Door, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(inbox, "receive", fail)

    with structlog.testing.capture_logs() as lines:
        answer = await post(door, bob)

    assert answer.status == 500
    assert "secret" not in await answer.text()
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["request_failed"]


async def test_a_stop_waits_for_it(door: Door, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def receive_slowly(*_: object, **__: object) -> object:
        begun.set()
        await go_on.wait()
        raise Unavailable

    monkeypatch.setattr(inbox, "receive", receive_slowly)
    posting = asyncio.create_task(post(door, bob))
    await asyncio.wait_for(begun.wait(), 60)

    assert len(door.client.app[IN_FLIGHT]) == 1
    go_on.set()
    await posting
    assert len(door.client.app[IN_FLIGHT]) == 0
