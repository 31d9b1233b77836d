"""What breaks a set is found by halves, whichever kind it is; what takes too long keeps nothing else from it."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.posts.sets import deletions, edits, reactions, withdrawals
from inbox.processing.process import process_due
from inbox.relations import accepted_follows, new_follows
from models.people.actors import Actor
from models.store.database import transaction
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import Desk, write_moment

MOST = 16

Write = Callable[[Desk, Person, dict[str, Any], str], dict[str, Any]]


def like(desk: Desk, person: Person, note: dict[str, Any], ours: str) -> dict[str, Any]:
    return desk.activity(person, "Like", ours)


def take_back(desk: Desk, person: Person, note: dict[str, Any], ours: str) -> dict[str, Any]:
    return desk.activity(person, "Undo", f"{person.uri}/likes/1")


def change(desk: Desk, person: Person, note: dict[str, Any], ours: str) -> dict[str, Any]:
    return desk.activity(person, "Update", note | {"content": "<p>Autrement</p>"}, published=note["published"])


def follow(desk: Desk, person: Person, note: dict[str, Any], ours: str) -> dict[str, Any]:
    return desk.activity(person, "Follow", "https://lomme.test/users/alice")


def say_yes(desk: Desk, person: Person, note: dict[str, Any], ours: str) -> dict[str, Any]:
    return desk.activity(person, "Accept", ours)


def delete(desk: Desk, person: Person, note: dict[str, Any], ours: str) -> dict[str, Any]:
    return desk.activity(person, "Delete", note["id"])


async def let_people_write(desk: Desk, alice: Actor, ours: str) -> list[tuple[Person, dict[str, Any]]]:
    """Some people whom Alice follows, a note by each, and that each likes hers."""
    written = []
    for number in range(MOST):
        person = desk.fediverse.add_person("bob", f"host{number}.test")
        await desk.follow(alice, person)
        note = desk.note(person)
        written.append((person, note))
        await desk.post(person, desk.create(person, note))
        await desk.post(person, desk.activity(person, "Like", ours, id=f"{person.uri}/likes/1"))
    await process_due(desk.instance)
    return written


@pytest.mark.parametrize(
    ("write", "module"),
    [
        (like, reactions),
        (take_back, withdrawals),
        (change, edits),
        (delete, deletions),
        (follow, new_follows),
        (say_yes, accepted_follows),
    ],
)
async def test_one_that_cannot_be_written_is_found_by_halves(
    desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch, write: Write, module: Any
) -> None:
    async with transaction(desk.instance.pool) as conn:
        first, ours = await make_note(conn, alice), await make_note(conn, alice)
    written = await let_people_write(desk, alice, first.uri)
    follows = await desk.instance.pool.fetch("SELECT a.uri, f.uri FROM follow f JOIN actor a ON a.id = f.followed_id")
    asked = {followed_uri: uri for followed_uri, uri in follows}
    for person, note in written:
        await desk.post(person, write(desk, person, note, asked[person.uri] if write is say_yes else ours.uri))
    sizes, broken = list[int](), list[int]()
    read_set = module.read_set

    async def fail(conn: Any, sent: Any) -> Any:
        sizes.append(len(sent))
        if any("host7." in one.sender.uri for one in sent):
            broken.append(len(sent))
            raise ZeroDivisionError("a mistake")
        return await read_set(conn, sent)

    monkeypatch.setattr(module, "read_set", fail)
    await process_due(desk.instance)

    assert {state for state, _ in await desk.states()} == {"done"}, "alone it is done, by another way"
    largest = max(sizes)
    assert largest >= MOST - 2
    whole, *halves = broken
    assert len(halves) <= math.ceil(math.log2(whole)) and halves[-1] == 1, "found in so many steps, each a half"
    assert len(sizes) - sizes.index(largest) <= 2 * math.ceil(math.log2(largest)) + 1 + (MOST - largest)


@pytest.mark.parametrize(
    ("write", "module"), [(like, reactions), (change, edits), (delete, deletions), (follow, new_follows)]
)
async def test_what_cannot_be_decided_is_decided_alone(
    desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch, write: Write, module: Any
) -> None:
    async with transaction(desk.instance.pool) as conn:
        first, ours = await make_note(conn, alice), await make_note(conn, alice)
    written = await let_people_write(desk, alice, first.uri)
    for person, note in written:
        await desk.post(person, write(desk, person, note, ours.uri))

    tried: list[Any] = []

    def fail(arrival: Any) -> None:
        tried.append(arrival)
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr(module, "decide", fail)
    await process_due(desk.instance)

    assert len(tried) == MOST
    assert {state for state, _ in await desk.states()} == {"done"}


async def test_what_one_person_does_in_a_row_takes_effect_in_its_order(desk: Desk, bob: Person, alice: Actor) -> None:
    async with transaction(desk.instance.pool) as conn:
        ours = await make_note(conn, alice)
    await desk.follow(alice, bob)
    note = desk.note(bob)
    liked = [desk.activity(bob, "Like", ours.uri) for _ in range(2)]
    newer = note | {"content": "<p>Autrement</p>", "updated": write_moment(datetime.now(UTC) + timedelta(hours=1))}

    await desk.take(
        bob,
        liked[0],
        desk.create(bob, note),
        desk.activity(bob, "Undo", liked[0]),
        desk.activity(bob, "Update", newer),
        liked[1],
        desk.activity(bob, "Delete", note["id"]),
        desk.create(bob, note),
    )

    assert await desk.value("SELECT uri FROM favourite") == liked[1]["id"]
    assert await desk.value("SELECT deleted_at IS NOT NULL FROM post WHERE uri = $1", note["id"])
    assert (await desk.states())[-1] == ("ignored", "deleted_before")
