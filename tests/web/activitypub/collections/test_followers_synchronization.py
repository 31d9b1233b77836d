"""Who follows one of ours at the server that asks (FEP-8fcf)."""

from models.people.actors import Actor
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door


async def test_ax24_a_server_is_told_of_its_own_people_only(door: Door, alice: Actor, bob: Person) -> None:
    eve = door.fediverse.add_person("eve")
    pending = door.fediverse.add_person("paul")
    carl = door.fediverse.add_person("carl", "arras.test")
    lookalike = door.fediverse.add_person("dora", "henin.test.evil.test")
    for person in (bob, eve, carl, lookalike):
        await door.befriend(person, alice)
    await door.befriend(pending, alice, state="pending")

    answer = await door.get(f"{alice.uri}/followers_synchronization", reader=bob)

    assert answer.status == 200
    assert answer.json["id"] == f"{alice.uri}/followers_synchronization"
    assert answer.json["orderedItems"] == [bob.uri, eve.uri]
    assert answer.headers["Cache-Control"] == "private, no-store"


async def test_ax24_whoever_does_not_sign_is_told_nothing(door: Door, alice: Actor, bob: Person) -> None:
    await door.befriend(bob, alice)

    answer = await door.get(f"{alice.uri}/followers_synchronization")

    assert answer.status == 401
    assert bob.uri.encode() not in answer.body


async def test_b53_whoever_is_blocked_is_told_nothing(door: Door, alice: Actor, bob: Person) -> None:
    eve = door.fediverse.add_person("eve")
    await door.befriend(eve, alice)
    await door.block(alice, await door.meet(bob))

    blocked = await door.get(f"{alice.uri}/followers_synchronization", reader=bob)
    missing = await door.get(f"{alice.uri}x/followers_synchronization", reader=bob)

    assert blocked.status == 404 and blocked.seen == missing.seen
