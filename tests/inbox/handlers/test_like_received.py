"""Like, with what it shares with Announce: once, undone, for people who see each other (AX4, AX15)."""

import pytest

from models.listings.listings import Listing
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import connection
from tests.factories import make_listing, make_note
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk


@pytest.fixture
async def tent(desk: Desk, alice: Actor) -> Listing:
    """A listing of Alice."""
    async with connection(desk.instance.pool) as conn:
        return await make_listing(conn, alice)


async def test_ax15_a_like_counts_once_and_is_told(desk: Desk, bob: Person, alice: Actor, tent: Listing) -> None:
    await desk.take(bob, desk.activity(bob, "Like", tent.uri), desk.activity(bob, "Like", tent.uri))

    assert await desk.value("SELECT count(*) FROM favourite") == 1
    assert await desk.told(alice) == ["favourite"]


async def test_ax15_a_like_of_nothing_known_is_ignored(desk: Desk, bob: Person) -> None:
    await desk.take(bob, desk.activity(bob, "Like", "https://lomme.test/users/alice/items/none"))

    assert [state for state, _ in await desk.states()] == ["ignored"]


@pytest.mark.parametrize("audience", ["coop", "direct", "followers"])
async def test_what_one_cannot_see_one_cannot_like_or_share(
    desk: Desk, bob: Person, alice: Actor, audience: str
) -> None:
    async with connection(desk.instance.pool) as conn:
        hidden = await make_note(conn, alice, audience=audience)

    await desk.take(
        bob, desk.activity(bob, "Like", hidden.uri), desk.activity(bob, "Announce", hidden.uri, to=[PUBLIC])
    )

    assert await desk.value("SELECT count(*) FROM favourite") == 0
    assert await desk.value("SELECT count(*) FROM share") == 0


@pytest.mark.parametrize("form", ["whole", "id"])
async def test_ax04_a_like_is_undone(desk: Desk, bob: Person, alice: Actor, tent: Listing, form: str) -> None:
    like = desk.activity(bob, "Like", tent.uri)

    await desk.take(bob, like, desk.activity(bob, "Undo", like if form == "whole" else like["id"]))

    assert await desk.value("SELECT count(*) FROM favourite") == 0
    assert await desk.told(alice) == []


@pytest.mark.parametrize("type", ["Like", "Announce"])
async def test_ax04_what_comes_after_its_undoing_is_void(desk: Desk, bob: Person, tent: Listing, type: str) -> None:
    reaction = desk.activity(bob, type, tent.uri, to=[PUBLIC])

    await desk.take(bob, desk.activity(bob, "Undo", reaction), reaction)

    assert await desk.value("SELECT (SELECT count(*) FROM favourite) + (SELECT count(*) FROM share)") == 0


async def test_ax04_nobody_undoes_anothers_like(desk: Desk, bob: Person, tent: Listing) -> None:
    like = desk.activity(bob, "Like", tent.uri)
    eve = desk.fediverse.add_person("eve")
    await desk.take(bob, like)

    await desk.take(eve, desk.activity(eve, "Undo", like), desk.activity(eve, "Undo", like["id"]))

    assert await desk.value("SELECT count(*) FROM favourite") == 1


async def test_people_who_block_each_other_do_not_react(desk: Desk, bob: Person, alice: Actor, tent: Listing) -> None:
    stranger = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        await blocks.save(conn, uri="https://lomme.test/b/1", actor_id=alice.id, target_id=stranger.id)

    await desk.take(bob, desk.activity(bob, "Like", tent.uri), desk.activity(bob, "Announce", tent.uri, to=[PUBLIC]))

    assert await desk.told(alice) == []
    assert await desk.value("SELECT (SELECT count(*) FROM favourite) + (SELECT count(*) FROM share)") == 0
