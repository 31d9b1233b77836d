"""Follow, Accept, Reject and their undoing (AX1 to AX4)."""

import pytest

from models import blocks, follows
from models.actors import Actor
from models.database import connection, transaction
from outbox.follows import follow as ask
from tests.factories import HERE, make_local_actor, make_member
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def test_a_follow_is_accepted_at_once_with_the_follow_inside(desk: Desk, bob: Person, alice: Actor) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)

    await desk.take(bob, follow)

    [accept] = await desk.sent()
    assert (accept["type"], accept["actor"]) == ("Accept", alice.uri)
    assert accept["object"] == {"id": follow["id"], "type": "Follow", "actor": bob.uri, "object": alice.uri}
    assert await desk.is_follower(bob, alice)
    assert await desk.told(alice) == ["follow"]
    assert await desk.value("SELECT inbox FROM delivery") == "https://henin.test/inbox"


@pytest.mark.parametrize("username", ["coop", "offres"])
async def test_streams_and_the_cooperative_accept_readers(desk: Desk, bob: Person, username: str) -> None:
    async with connection(desk.instance.pool) as conn:
        followed = await make_local_actor(conn, username, type="Group" if username == "offres" else "Organization")

    await desk.take(bob, desk.activity(bob, "Follow", followed.uri))

    assert await desk.is_follower(bob, followed)


async def test_a_repeated_follow_is_one_relation_with_the_newest_id_and_is_answered_again(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    first, second = desk.activity(bob, "Follow", alice.uri), desk.activity(bob, "Follow", alice.uri)

    await desk.take(bob, first, second)

    assert [one["object"]["id"] for one in await desk.sent()] == [first["id"], second["id"]]
    assert await desk.value("SELECT uri FROM follow") == second["id"]
    assert await desk.told(alice) == ["follow"]


async def test_a_locked_account_is_asked_and_nothing_leaves_before_its_yes(desk: Desk, bob: Person) -> None:
    async with connection(desk.instance.pool) as conn:
        anna = await make_member(conn, "anna", locked=True)

    await desk.take(bob, desk.activity(bob, "Follow", anna.uri))

    assert await desk.sent() == []
    assert not await desk.is_follower(bob, anna)
    assert await desk.told(anna) == ["follow_request"]


async def test_whoever_is_blocked_and_the_servers_own_actor_refuse(desk: Desk, bob: Person, alice: Actor) -> None:
    stranger = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        instance = await make_local_actor(conn, "instance", type="Application")
        await blocks.save(conn, uri="https://lomme.test/b/1", actor_id=alice.id, target_id=stranger.id)

    await desk.take(bob, desk.activity(bob, "Follow", alice.uri), desk.activity(bob, "Follow", instance.uri))

    assert [one["type"] for one in await desk.sent()] == ["Reject", "Reject"]
    assert await desk.value("SELECT count(*) FROM follow") == 0


async def test_a_follow_of_nobody_here_is_ignored(desk: Desk, bob: Person) -> None:
    await desk.take(bob, desk.activity(bob, "Follow", f"{HERE.url}/users/nobody"))
    await desk.take(bob, desk.activity(bob, "Follow", "https://arras.test/users/carl"))

    assert [state for state, _ in await desk.states()] == ["ignored", "ignored"]
    assert await desk.sent() == []


@pytest.mark.parametrize("form", ["whole", "id", "without id"])
async def test_a_follow_is_undone_however_it_is_named(desk: Desk, bob: Person, alice: Actor, form: str) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)
    await desk.take(bob, follow)
    named = {"whole": follow, "id": follow["id"], "without id": {**follow, "id": f"{bob.uri}#other"}}[form]

    await desk.take(bob, desk.activity(bob, "Undo", named))

    assert not await desk.is_follower(bob, alice)


async def test_a_follow_that_comes_after_its_undoing_is_void(desk: Desk, bob: Person, alice: Actor) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)

    await desk.take(bob, desk.activity(bob, "Undo", follow), follow)

    assert not await desk.is_follower(bob, alice)
    assert await desk.sent() == []


async def test_nobody_undoes_anothers_follow(desk: Desk, bob: Person, alice: Actor) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)
    await desk.take(bob, follow)
    eve = desk.fediverse.add_person("eve")

    await desk.take(eve, desk.activity(eve, "Undo", follow), desk.activity(eve, "Undo", follow["id"]))

    assert await desk.is_follower(bob, alice)


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
async def test_a_yes_is_understood_in_every_form(desk: Desk, bob: Person, alice: Actor, form: str) -> None:
    uri = await _asked(desk, alice, bob)
    whole = {"type": "Follow", "id": uri, "actor": alice.uri, "object": bob.uri}
    lost = {"type": "Follow", "actor": alice.uri, "object": bob.uri}

    await desk.take(bob, desk.activity(bob, "Accept", {"whole": whole, "id": uri, "lost id": lost}[form]))

    assert await _state(desk, alice, bob) == "accepted"


async def test_a_no_after_a_yes_ends_it(desk: Desk, bob: Person, alice: Actor) -> None:
    uri = await _asked(desk, alice, bob)

    await desk.take(bob, desk.activity(bob, "Accept", uri), desk.activity(bob, "Reject", uri))

    assert await _state(desk, alice, bob) == "rejected"


async def test_only_the_one_who_was_asked_answers(desk: Desk, bob: Person, alice: Actor) -> None:
    uri = await _asked(desk, alice, bob)
    eve = desk.fediverse.add_person("eve")

    await desk.take(eve, desk.activity(eve, "Accept", uri))

    assert await _state(desk, alice, bob) == "pending"


async def test_a_yes_to_what_was_never_asked_changes_nothing(desk: Desk, bob: Person, alice: Actor) -> None:
    inner = {"type": "Follow", "id": f"{alice.uri}/activities/1", "actor": alice.uri, "object": bob.uri}

    await desk.take(bob, desk.activity(bob, "Accept", inner))

    assert await _state(desk, alice, bob) is None
    assert [state for state, _ in await desk.states()] == ["ignored"]
