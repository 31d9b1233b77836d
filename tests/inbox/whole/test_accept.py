"""Accept and Reject: only by whoever was asked (AX3, B-24)."""

import pytest

from models import follows
from models.actors import Actor
from models.database import connection, transaction
from outbox.follows import follow as ask
from tests.factories import HERE
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def _asked(desk: Desk, alice: Actor, bob: Person) -> str:
    """Alice asks to follow Bob; the id of her Follow."""
    followed = await desk.meet(bob)
    async with transaction(desk.instance.pool) as conn:
        follow = await ask(conn, HERE, alice, followed)
    assert follow.uri is not None
    return follow.uri


async def _state(desk: Desk, alice: Actor, bob: Person) -> str | None:
    followed = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        found = await follows.find(conn, follower_id=alice.id, followed_id=followed.id)
    return None if found is None else found.state


@pytest.mark.parametrize("form", ["whole", "id", "lost id"])
async def test_ax03_a_yes_is_understood_in_every_form(desk: Desk, bob: Person, alice: Actor, form: str) -> None:
    uri = await _asked(desk, alice, bob)
    whole = {"type": "Follow", "id": uri, "actor": alice.uri, "object": bob.uri}
    lost = {"type": "Follow", "actor": alice.uri, "object": bob.uri}

    await desk.take(bob, desk.activity(bob, "Accept", {"whole": whole, "id": uri, "lost id": lost}[form]))

    assert await _state(desk, alice, bob) == "accepted"


async def test_ax03_a_no_after_a_yes_ends_it(desk: Desk, bob: Person, alice: Actor) -> None:
    uri = await _asked(desk, alice, bob)

    await desk.take(bob, desk.activity(bob, "Accept", uri), desk.activity(bob, "Reject", uri))

    assert await _state(desk, alice, bob) == "rejected"


async def test_ax03_only_the_one_who_was_asked_answers(desk: Desk, bob: Person, alice: Actor) -> None:
    uri = await _asked(desk, alice, bob)
    eve = desk.fediverse.add_person("eve")

    await desk.take(eve, desk.activity(eve, "Accept", uri))

    assert await _state(desk, alice, bob) == "pending"


async def test_ax03_a_yes_to_what_was_never_asked_changes_nothing(desk: Desk, bob: Person, alice: Actor) -> None:
    inner = {"type": "Follow", "id": f"{alice.uri}/activities/1", "actor": alice.uri, "object": bob.uri}

    await desk.take(bob, desk.activity(bob, "Accept", inner))

    assert await _state(desk, alice, bob) is None
    assert [state for state, _ in await desk.states()] == ["ignored"]
