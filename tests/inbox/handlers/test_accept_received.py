"""Accept and Reject: only by whoever was asked (AX3, B-24)."""

import pytest

from models.people.actors import Actor
from models.relations import follows
from models.store.database import connection, transaction
from models.traffic.outbound import deliveries
from outbox.relations.follows import follow as ask
from outbox.relations.follows import unfollow
from tests.factories import HERE, make_activity, make_follow
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.inbox.remote_people import add_stranger
from tests.payloads import load_json


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


@pytest.mark.parametrize("answer", ["Accept", "Reject"])
@pytest.mark.parametrize("became", ["waiting", "failed", "held"])
async def test_a_follow_that_was_answered_has_arrived_and_what_stands_behind_it_goes_on(
    desk: Desk, bob: Person, alice: Actor, answer: str, became: str
) -> None:
    uri = await _asked(desk, alice, bob)
    await desk.instance.pool.execute(
        "UPDATE delivery SET state = $1, due_at = now() + interval '1 day', error = 'HTTP 400'", became
    )
    followed = await desk.meet(bob)
    async with transaction(desk.instance.pool) as conn:
        await make_follow(conn, followed, alice)
        activity = await make_activity(conn, alice)
        await deliveries.schedule(conn, activity_id=activity, actor_id=alice.id, named_ids=[], followed_ids=[alice.id])

    await desk.take(bob, desk.activity(bob, answer, uri))

    rows = await desk.instance.pool.fetch("SELECT state, error, due_at <= now() AS due FROM delivery ORDER BY id")
    assert [(row["state"], row["error"]) for row in rows] == [("done", None), ("waiting", None)]
    assert rows[1]["due"]


async def test_a_follow_taken_back_and_answered_too_late_lets_its_undo_go(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    uri = await _asked(desk, alice, bob)
    followed = await desk.meet(bob)
    async with transaction(desk.instance.pool) as conn:
        await unfollow(conn, HERE, alice, followed)
    await desk.instance.pool.execute("UPDATE delivery SET due_at = now() + interval '1 day'")

    await desk.take(bob, desk.activity(bob, "Accept", uri))

    assert await desk.value("SELECT count(*) FROM delivery WHERE state = 'done'") == 1
    assert await desk.value("SELECT count(*) FROM delivery WHERE state = 'waiting' AND due_at > now()") == 0


async def test_nobody_else_confirms_a_follow(desk: Desk, bob: Person, alice: Actor) -> None:
    uri = await _asked(desk, alice, bob)
    eve = desk.fediverse.add_person("eve")

    await desk.take(eve, desk.activity(eve, "Accept", uri))

    assert await desk.value("SELECT state FROM delivery") == "waiting"


async def test_the_answer_of_flohmarkt_is_taken_and_outlives_the_refusal_that_comes_with_it(
    desk: Desk, alice: Actor
) -> None:
    document = load_json("flohmarkt/accept_follow")
    otto = add_stranger(desk.fediverse, document["actor"])
    uri = await _asked(desk, alice, otto)
    document["object"] |= {"id": uri, "actor": alice.uri}
    row = await desk.value("SELECT id FROM delivery")

    await desk.take(otto, document)
    async with transaction(desk.instance.pool) as conn:  # its 400 is written after its own yes
        await deliveries.give_up(conn, row, status=400, error="HTTP 400")

    assert await _state(desk, alice, otto) == "accepted"
    assert await desk.value("SELECT state FROM delivery") == "done"
