"""Move (AX18, B-60)."""

from typing import Any

import pytest

from models.people.actors import Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.servers import trust_levels
from models.store.database import connection, transaction
from tests.factories import make_member
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def _move(desk: Desk, bob: Person, **changes: Any) -> Person:
    """Bob's new address, which names the old one unless `changes` say otherwise."""
    known: dict[str, Any] = {"alsoKnownAs": [bob.uri]} | changes
    return desk.fediverse.add_person("robert", "arras.test", **known)


async def _followed(desk: Desk, alice: Actor) -> list[str]:
    """Whom Alice follows or asked to follow."""
    async with connection(desk.instance.pool) as conn:
        rows = await follows.list_asked(conn, alice.id)
        return [await conn.fetchval("SELECT uri FROM actor WHERE id = $1", row.followed_id) for row in rows]


async def test_ax18_who_moves_is_followed_to_the_new_address(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob)

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=new.uri))

    assert await _followed(desk, alice) == [new.uri]
    assert [(one["type"], one["actor"]) for one in await desk.sent()] == [("Follow", alice.uri), ("Undo", alice.uri)]
    assert await desk.value("SELECT moved_to FROM actor WHERE uri = $1", bob.uri) == new.uri


async def test_ax18_who_moves_here_is_followed_here(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    async with connection(desk.instance.pool) as conn:
        here = await make_member(conn, "bob")
    await desk.instance.pool.execute("UPDATE actor SET also_known_as = $2 WHERE id = $1", here.id, [bob.uri])

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=here.uri))

    assert await _followed(desk, alice) == [here.uri]


@pytest.mark.parametrize(
    "changes",
    [{"alsoKnownAs": []}, {"alsoKnownAs": ["https://evil.test/users/eve"]}, {"movedTo": "https://lens.test/users/x"}],
)
async def test_ax18_a_move_that_the_new_address_does_not_confirm_is_ignored(
    desk: Desk, bob: Person, alice: Actor, changes: dict[str, Any]
) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob, **changes)

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=new.uri))

    assert await _followed(desk, alice) == [bob.uri]


async def test_ax18_nobody_moves_somebody_else(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob)

    await desk.take(new, desk.activity(new, "Move", bob.uri, target=new.uri))

    assert await _followed(desk, alice) == [bob.uri]


async def test_ax18_a_second_move_within_a_week_is_ignored(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob)
    third = desk.fediverse.add_person("rob", "lens.test", alsoKnownAs=[bob.uri])

    await desk.take(
        bob,
        desk.activity(bob, "Move", bob.uri, target=new.uri),
        desk.activity(bob, "Move", bob.uri, target=third.uri),
    )

    assert await _followed(desk, alice) == [new.uri]


async def test_ax18_who_follows_is_told_of_the_new_address(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob)

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=new.uri))

    assert await desk.told(alice) == ["move"]
    told = "SELECT a.uri FROM notification n JOIN actor a ON a.id = n.actor_id WHERE n.type = 'move'"
    assert await desk.value(told) == new.uri


async def test_ax18_the_new_address_is_asked_for_even_when_it_is_known(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob, alsoKnownAs=[])
    await desk.meet(new)
    desk.fediverse.documents[new.uri] = new.document | {"alsoKnownAs": [bob.uri]}

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=new.uri))

    assert await _followed(desk, alice) == [new.uri]


async def test_ax18_a_follower_whom_a_block_keeps_apart_stays_behind_and_the_others_go(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    async with connection(desk.instance.pool) as conn:
        anna = await make_member(conn, "anna")
    await desk.follow(anna, bob)
    new = await _move(desk, bob)
    target = await desk.meet(new)
    async with connection(desk.instance.pool) as conn:
        await blocks.save(conn, uri="https://lomme.test/b/1", actor_id=anna.id, target_id=target.id)

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=new.uri))

    assert await _followed(desk, alice) == [new.uri]
    assert await _followed(desk, anna) == []


async def test_b60_a_move_to_a_server_set_aside_is_ignored(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob)
    await desk.meet(new)
    async with transaction(desk.instance.pool) as conn:
        await trust_levels.save_level(conn, "arras.test", "aside")

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=new.uri))

    assert await _followed(desk, alice) == [bob.uri]
    assert [one["type"] for one in await desk.sent()] == []


async def test_b60_a_loop_of_moves_ends_where_it_began(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob, movedTo=bob.uri)
    desk.fediverse.documents[bob.uri] = bob.document | {"alsoKnownAs": [new.uri], "movedTo": new.uri}

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=new.uri))
    await desk.take(new, desk.activity(new, "Move", new.uri, target=bob.uri))

    assert await _followed(desk, alice) == [bob.uri]
    assert {state for state, _ in await desk.states()} == {"ignored"}


async def test_b60_nobody_moves_to_herself(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    desk.fediverse.documents[bob.uri] = bob.document | {"alsoKnownAs": [bob.uri]}

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=bob.uri))

    assert await _followed(desk, alice) == [bob.uri]
