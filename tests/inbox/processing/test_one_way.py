"""From the inbox to the store there is one way: each body is decoded once on it, and each sender is looked up once."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from federation.proofs import add_proof
from federation.vocabulary.activities.activities import Like
from inbox.processing import dispatch
from inbox.processing.process import process_due
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection, connection, execute
from tests.factories import make_follow, make_note, make_remote_actor
from tests.fediverse import Person
from tests.inbox.desk import CONTEXT, PUBLIC, Desk, later
from tests.inbox.remote_people import give_proof_key


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """How often each text was decoded in this process."""
    counted: Counter[bytes] = Counter()
    loads = orjson.loads

    def count(text: bytes | str) -> Any:
        counted[text.encode() if isinstance(text, str) else bytes(text)] += 1
        return loads(text)

    monkeypatch.setattr(orjson, "loads", count)
    return counted


async def decode_twice(desk: Desk, bob: Person, decoded: Counter[bytes], body: bytes) -> tuple[int, int]:
    """How often the body is decoded when it comes, and when it takes effect."""
    decoded.clear()
    assert (await desk.post(bob, body)).status == 202
    received = decoded[body]
    await process_due(desk.instance)
    assert await desk.states() == [("done", None)]
    return received, decoded[body] - received


async def test_an_activity_is_decoded_once_when_it_comes_and_once_when_it_takes_effect(
    desk: Desk, bob: Person, alice: Actor, decoded: Counter[bytes]
) -> None:
    await desk.follow(alice, bob)

    assert await decode_twice(desk, bob, decoded, orjson.dumps(desk.create(bob))) == (1, 1)


async def test_one_that_plain_reading_would_misread_is_decoded_no_more_often(
    desk: Desk, bob: Person, alice: Actor, decoded: Counter[bytes]
) -> None:
    await desk.follow(alice, bob)
    create = desk.create(bob) | {"@context": [CONTEXT, {"as": "https://www.w3.org/ns/activitystreams#"}]}
    create["as:summary"] = "Bonjour"

    assert await decode_twice(desk, bob, decoded, orjson.dumps(create)) == (1, 1)
    await desk.instance.jsonld.close()


async def test_an_answer_whose_proof_is_checked_before_it_is_passed_on_is_decoded_no_more_often(
    desk: Desk, bob: Person, alice: Actor, decoded: Counter[bytes]
) -> None:
    key = give_proof_key(desk.fediverse, bob)
    async with connection(desk.instance.pool) as conn:
        await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice)
        post = await make_note(conn, alice)
    note = desk.note(bob, inReplyTo=post.uri, to=[PUBLIC], cc=["https://lomme.test/users/alice/followers"])
    body = orjson.dumps(add_proof(desk.create(bob, note), key, datetime.now(UTC)))

    assert await decode_twice(desk, bob, decoded, body) == (1, 1)
    assert await desk.value("SELECT count(*) FROM delivery") == 1


async def test_whoever_is_deleted_while_more_of_theirs_waits_is_asked_for_before_it_takes_effect(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)

    async def delete(conn: Connection, site: Site, sender: Actor, activity: Like) -> None:
        await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", sender.id)

    monkeypatch.setitem(dispatch.HANDLERS, Like, delete)

    await desk.take(bob, desk.activity(bob, "Like", "https://lomme.test/notes/1"), desk.create(bob))
    [_, (state, reason)] = await desk.states()
    desk.fediverse.fetched.clear()
    await process_due(desk.instance, later(seconds=11))

    assert (state, reason) == (
        "waiting",
        "Whoever sends this was deleted here a moment ago; next time their server is asked whether they are back.",
    )
    assert desk.fediverse.fetched.count(bob.uri) == 1
    assert await desk.states() == [("done", None), ("done", None)]


async def test_whoever_is_known_is_not_asked_for_again(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    await desk.post(bob, desk.create(bob))
    desk.fediverse.fetched.clear()

    await process_due(desk.instance)

    assert desk.fediverse.fetched == []
    assert await desk.states() == [("done", None)]
