"""Add and Remove (AX19)."""

import pytest

from models.actors import Actor
from tests.fediverse import Person
from tests.inbox.desk import Desk


@pytest.mark.parametrize("type", ["Add", "Remove"])
async def test_pins_are_checked_and_not_kept(desk: Desk, bob: Person, alice: Actor, type: str) -> None:
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
