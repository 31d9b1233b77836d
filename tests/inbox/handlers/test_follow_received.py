"""Follow and its undoing (AX1, AX2, AX4)."""

import asyncio

import pytest

from inbox.processing.process import process_due
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import connection, transaction
from outbox.relations.blocks import block, block_domain
from tests.eventually import eventually
from tests.factories import HERE, make_local_actor, make_member
from tests.fediverse import Person
from tests.inbox.desk import Desk

WAITS_FOR_A_LOCK = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


async def test_ax01_a_follow_is_accepted_at_once_with_the_follow_inside(desk: Desk, bob: Person, alice: Actor) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)

    await desk.take(bob, follow)

    [accept] = await desk.sent()
    assert (accept["type"], accept["actor"]) == ("Accept", alice.uri)
    assert accept["object"] == {"id": follow["id"], "type": "Follow", "actor": bob.uri, "object": alice.uri}
    assert await desk.is_follower(bob, alice)
    assert await desk.told(alice) == ["follow"]
    assert await desk.value("SELECT inbox FROM delivery") == bob.inbox


@pytest.mark.parametrize("username", ["coop", "offres"])
async def test_streams_and_the_cooperative_accept_readers(desk: Desk, bob: Person, username: str) -> None:
    async with connection(desk.instance.pool) as conn:
        followed = await make_local_actor(conn, username, type="Group" if username == "offres" else "Organization")

    await desk.take(bob, desk.activity(bob, "Follow", followed.uri))

    assert await desk.is_follower(bob, followed)


async def test_ax01_a_repeated_follow_is_one_relation_with_the_newest_id_and_is_answered_again(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    first, second = desk.activity(bob, "Follow", alice.uri), desk.activity(bob, "Follow", alice.uri)

    await desk.take(bob, first, second)

    assert [one["object"]["id"] for one in await desk.sent()] == [first["id"], second["id"]]
    assert await desk.value("SELECT uri FROM follow") == second["id"]
    assert await desk.told(alice) == ["follow"]


async def test_ax02_a_locked_account_is_asked_and_nothing_leaves_before_its_yes(desk: Desk, bob: Person) -> None:
    async with connection(desk.instance.pool) as conn:
        anna = await make_member(conn, "anna", locked=True)

    await desk.take(bob, desk.activity(bob, "Follow", anna.uri))

    assert await desk.sent() == []
    assert not await desk.is_follower(bob, anna)
    assert await desk.told(anna) == ["follow_request"]


async def test_ax02_whoever_is_blocked_and_the_servers_own_actor_refuse(desk: Desk, bob: Person, alice: Actor) -> None:
    stranger = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        instance = await make_local_actor(conn, "instance", type="Application")
        await blocks.save(conn, uri="https://lomme.test/b/1", actor_id=alice.id, target_id=stranger.id)

    await desk.take(bob, desk.activity(bob, "Follow", alice.uri), desk.activity(bob, "Follow", instance.uri))

    assert [one["type"] for one in await desk.sent()] == ["Reject", "Reject"]
    assert await desk.value("SELECT count(*) FROM follow") == 0


@pytest.mark.parametrize("domain", [False, True])
async def test_ax16_a_follow_that_comes_while_its_sender_is_blocked_does_not_outlive_the_block(
    desk: Desk, bob: Person, alice: Actor, domain: bool
) -> None:
    known = await desk.meet(bob)
    await desk.post(bob, desk.activity(bob, "Follow", alice.uri))
    async with transaction(desk.instance.pool) as conn:
        await (block_domain(conn, HERE, alice, known.host) if domain else block(conn, HERE, alice, known))
        processing = asyncio.create_task(process_due(desk.instance))
        await eventually(lambda: desk.value(WAITS_FOR_A_LOCK))
    await processing

    assert [one["type"] for one in await desk.sent()] == ["Reject"]
    assert not await desk.is_follower(bob, alice)


async def test_a_follow_of_nobody_here_is_ignored(desk: Desk, bob: Person) -> None:
    await desk.take(bob, desk.activity(bob, "Follow", f"{HERE.url}/users/nobody"))
    await desk.take(bob, desk.activity(bob, "Follow", "https://arras.test/users/carl"))

    assert [state for state, _ in await desk.states()] == ["ignored", "ignored"]
    assert await desk.sent() == []


@pytest.mark.parametrize("form", ["whole", "id", "without id"])
async def test_ax04_a_follow_is_undone_however_it_is_named(desk: Desk, bob: Person, alice: Actor, form: str) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)
    await desk.take(bob, follow)
    named = {"whole": follow, "id": follow["id"], "without id": {**follow, "id": f"{bob.uri}#other"}}[form]

    await desk.take(bob, desk.activity(bob, "Undo", named))

    assert not await desk.is_follower(bob, alice)


async def test_ax04_a_follow_that_comes_after_its_undoing_is_void(desk: Desk, bob: Person, alice: Actor) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)

    await desk.take(bob, desk.activity(bob, "Undo", follow), follow)

    assert not await desk.is_follower(bob, alice)
    assert await desk.sent() == []


async def test_ax04_nobody_undoes_anothers_follow(desk: Desk, bob: Person, alice: Actor) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)
    await desk.take(bob, follow)
    eve = desk.fediverse.add_person("eve")

    await desk.take(eve, desk.activity(eve, "Undo", follow), desk.activity(eve, "Undo", follow["id"]))

    assert await desk.is_follower(bob, alice)


async def test_ax02_whoever_moved_away_is_not_followed_here(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.instance.pool.execute("UPDATE actor SET moved_to = 'https://arras.test/users/alice'")

    await desk.take(bob, desk.activity(bob, "Follow", alice.uri))

    assert [one["type"] for one in await desk.sent()] == ["Reject"]
    assert await desk.value("SELECT count(*) FROM follow") == 0
