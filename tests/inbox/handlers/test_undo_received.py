"""Undo before what it undoes: remembered for six hours, and only for whoever said it (AX4)."""

import pytest

from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import connection
from tests.factories import make_listing
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk


@pytest.fixture
async def tent(desk: Desk, alice: Actor) -> Listing:
    """A listing of Alice."""
    async with connection(desk.instance.pool) as conn:
        return await make_listing(conn, alice)


async def test_ax04_a_block_that_comes_after_its_undoing_is_void(desk: Desk, bob: Person, alice: Actor) -> None:
    block = desk.activity(bob, "Block", alice.uri)

    await desk.take(bob, desk.activity(bob, "Undo", block), block)

    assert await desk.value("SELECT count(*) FROM block") == 0


async def test_ax04_an_undoing_by_id_alone_is_remembered_too(desk: Desk, bob: Person, tent: Listing) -> None:
    like = desk.activity(bob, "Like", tent.uri)

    await desk.take(bob, desk.activity(bob, "Undo", like["id"]), like)

    assert await desk.value("SELECT count(*) FROM favourite") == 0


async def test_ax04_an_undoing_is_forgotten_after_six_hours(desk: Desk, bob: Person, tent: Listing) -> None:
    like = desk.activity(bob, "Like", tent.uri)
    await desk.take(bob, desk.activity(bob, "Undo", like))
    assert await desk.value("SELECT forget_at > now() + interval '5 hours 59 minutes' FROM tombstone")
    await desk.instance.pool.execute("UPDATE tombstone SET forget_at = forget_at - interval '6 hours'")

    await desk.take(bob, like)

    assert await desk.value("SELECT count(*) FROM favourite") == 1


async def test_ax04_anothers_undoing_is_not_remembered_against_bob(desk: Desk, bob: Person, tent: Listing) -> None:
    like = desk.activity(bob, "Like", tent.uri, to=[PUBLIC])
    eve = desk.fediverse.add_person("eve")

    await desk.take(eve, desk.activity(eve, "Undo", like["id"]), desk.activity(eve, "Undo", like))
    await desk.take(bob, like)

    assert await desk.value("SELECT count(*) FROM favourite") == 1


async def test_ax04_what_is_done_again_under_a_new_id_counts(desk: Desk, bob: Person, tent: Listing) -> None:
    first, second = desk.activity(bob, "Like", tent.uri), desk.activity(bob, "Like", tent.uri)

    await desk.take(bob, first, desk.activity(bob, "Undo", first), second)
    await desk.take(bob, desk.activity(bob, "Undo", first))  # told again, and no longer true of anything

    assert await desk.value("SELECT uri FROM favourite") == second["id"]
