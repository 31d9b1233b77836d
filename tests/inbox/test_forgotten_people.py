"""Somebody elsewhere who was forgotten and comes back is asked about anew, and then is as known as anybody."""

from models.people.actors import Actor
from models.people.actors.forgetting import forget_strangers
from models.store.database import transaction
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def forget(desk: Desk, person: Person) -> int:
    """Nothing is left that is about her, and a long time goes by; the number that she had."""
    await desk.value("DELETE FROM notification RETURNING 1")
    old: int = await desk.value("UPDATE actor SET fetched_at = now() - interval '1 year' WHERE NOT local RETURNING id")
    async with transaction(desk.instance.pool) as conn:
        assert await forget_strangers(conn) == 1
    assert not await desk.value("SELECT count(*) FROM public_key k WHERE starts_with(k.uri, $1)", person.uri)
    return old


async def test_who_follows_again_is_fetched_again_under_another_number(desk: Desk, bob: Person, alice: Actor) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)
    await desk.take(bob, follow, desk.activity(bob, "Undo", follow))
    old = await forget(desk, bob)

    await desk.take(bob, desk.activity(bob, "Follow", alice.uri))

    new = await desk.value("SELECT follower_id FROM follow WHERE followed_id = $1", alice.id)
    assert new > old
    assert await desk.value("SELECT uri FROM actor WHERE id = $1", new) == bob.uri
    assert await desk.value("SELECT count(*) FROM public_key WHERE actor_id = $1", new)


async def test_that_somebody_who_was_forgotten_is_gone_changes_nothing(desk: Desk, bob: Person, alice: Actor) -> None:
    follow = desk.activity(bob, "Follow", alice.uri)
    await desk.take(bob, follow, desk.activity(bob, "Undo", follow))
    await forget(desk, bob)

    await desk.take(bob, desk.activity(bob, "Delete", bob.uri))

    assert {state for state, _ in await desk.states()} <= {"done", "ignored"}
    assert not await desk.value("SELECT count(*) FROM follow")
