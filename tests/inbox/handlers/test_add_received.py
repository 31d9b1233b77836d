"""Add and Remove (AX19)."""

import pytest

from models.people.actors import Actor
from tests.fediverse import Person
from tests.inbox.desk import Desk


@pytest.mark.parametrize("type", ["Add", "Remove"])
async def test_ax19_pins_are_checked_and_not_kept(desk: Desk, bob: Person, alice: Actor, type: str) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    await desk.take(bob, desk.create(bob, note))

    await desk.take(
        bob,
        desk.activity(bob, type, note["id"], target=f"{bob.uri}/featured"),
        desk.activity(bob, type, note["id"], target="https://arras.test/users/carl/featured"),
        desk.activity(bob, type, "https://arras.test/notes/1", target=f"{bob.uri}/featured"),
    )

    assert [state for state, _ in await desk.states()] == ["done", "done", "ignored", "ignored"]


@pytest.mark.parametrize("type", ["Add", "Remove"])
async def test_ax19_nobody_pins_the_posts_of_others(desk: Desk, bob: Person, alice: Actor, type: str) -> None:
    eve = desk.fediverse.add_person("eve")
    await desk.follow(alice, eve)
    note = desk.note(eve)
    await desk.take(eve, desk.create(eve, note))

    await desk.take(bob, desk.activity(bob, type, note["id"], target=f"{bob.uri}/featured"))
    await desk.take(bob, desk.activity(bob, type, note["id"], target=f"{eve.uri}/featured"))

    assert await desk.value("SELECT count(*) FROM pin") == 0
    assert [state for state, _ in await desk.states()] == ["done", "done", "ignored"]
