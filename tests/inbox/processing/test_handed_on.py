"""What was read when it came in is not read again where it takes effect, and what is stored is what takes effect."""

import json

import pytest

from federation.documents.parse import read_json
from federation.json.decoded_bodies import Decoded
from inbox.processing import prepared
from models.people.actors import Actor
from models.store.database import connection, execute
from tests.fediverse import Person
from tests.inbox.desk import Desk

CONTENTS = "SELECT array_agg(content ORDER BY id) FROM post"


@pytest.fixture
async def read(desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies that are read while they are processed, from when the process has processed something."""
    await desk.follow(alice, bob)
    await desk.take(bob, desk.create(bob, desk.note(bob, content="<p>Avant</p>")))
    bodies: list[bytes] = []

    def read_again(body: bytes) -> Decoded:
        bodies.append(body)
        return read_json(body)

    monkeypatch.setattr(prepared, "read_json", read_again)
    return bodies


async def test_a_body_is_read_once(desk: Desk, bob: Person, read: list[bytes]) -> None:
    await desk.take(bob, *(desk.create(bob, desk.note(bob, content=f"<p>{number}</p>")) for number in range(3)))

    assert read == []
    assert await desk.value(CONTENTS) == ["<p>Avant</p>", "<p>0</p>", "<p>1</p>", "<p>2</p>"]
    assert len(desk.instance.decoded) == 0


async def test_what_came_before_in_the_same_words_leaves_nothing_behind_but_for_a_while(
    desk: Desk, bob: Person, read: list[bytes]
) -> None:
    create = desk.create(bob, desk.note(bob, content="<p>Deux fois</p>"))

    await desk.take(bob, create)
    await desk.take(bob, create)

    assert await desk.value(CONTENTS) == ["<p>Avant</p>", "<p>Deux fois</p>"]
    assert len(desk.instance.decoded) == 1


async def test_what_is_stored_takes_effect_and_nothing_else(desk: Desk, bob: Person, read: list[bytes]) -> None:
    create = desk.create(bob, desk.note(bob, content="<p>Reçu</p>"))
    await desk.post(bob, create)
    stored = json.dumps(create).replace("Re\\u00e7u", "Rangé").encode()
    async with connection(desk.instance.pool) as conn:
        await execute(conn, "UPDATE received SET body = $1 WHERE state = 'waiting'", stored)

    await desk.take(bob)

    assert read == [stored]
    assert await desk.value(CONTENTS) == ["<p>Avant</p>", "<p>Rangé</p>"]


async def test_an_update_without_an_id_is_read_as_it_was_written_down(
    desk: Desk, bob: Person, read: list[bytes]
) -> None:
    update = {**desk.activity(bob, "Update", {"id": bob.uri, "type": "Person"})}
    del update["id"]

    await desk.take(bob, update)

    assert [json.loads(body)["actor"] for body in read] == [bob.uri]
