"""Block (AX16)."""

import pytest

from models import posts
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import connection
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def test_ax16_a_block_ends_follows_both_ways_and_is_told_to_nobody(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    await desk.take(bob, desk.activity(bob, "Follow", alice.uri))
    block = desk.activity(bob, "Block", alice.uri)

    await desk.take(bob, block)

    blocker = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        assert await blocks.between(conn, alice.id, blocker.id)
    assert await desk.value("SELECT count(*) FROM follow") == 0
    assert "block" not in await desk.told(alice)


@pytest.mark.parametrize("form", ["whole", "id"])
async def test_ax04_a_block_is_lifted(desk: Desk, bob: Person, alice: Actor, form: str) -> None:
    block = desk.activity(bob, "Block", alice.uri)

    await desk.take(bob, block, desk.activity(bob, "Undo", block if form == "whole" else block["id"]))

    assert await desk.value("SELECT count(*) FROM block") == 0


async def test_ax16_two_who_are_kept_apart_see_nothing_of_each_other(desk: Desk, bob: Person, alice: Actor) -> None:
    blocker = await desk.follow(alice, bob)
    await desk.take(bob, desk.create(bob))
    async with connection(desk.instance.pool) as conn:
        mine = await make_note(conn, alice)

    await desk.take(bob, desk.activity(bob, "Block", alice.uri))

    his = await desk.value("SELECT id FROM post WHERE NOT local")
    async with connection(desk.instance.pool) as conn:
        assert await posts.filter_visible(conn, [his], alice.id) == set()
        assert await posts.filter_visible(conn, [mine.id], blocker.id) == set()
    assert await desk.sent() == []
