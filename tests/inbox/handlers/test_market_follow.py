"""A marketplace asks to follow `@instance`: flohmarkt's instances subscribe to each other so."""

from dataclasses import replace

import pytest

from models import preferences
from models.people.actors import Actor
from models.store.database import connection, transaction
from models.traffic.outbound import marketplaces
from outbox.listings.marketplaces import stop
from tests.factories import HERE, make_local_actor
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.inbox.remote_people import add_stranger
from tests.payloads import load_json


@pytest.fixture
async def ours(desk: Desk) -> Actor:
    """Our actor that signs fetches."""
    async with connection(desk.instance.pool) as conn:
        return await make_local_actor(conn, "instance", type="Application")


async def wish(desk: Desk, *, markets: bool) -> None:
    """The cooperative decides."""
    async with transaction(desk.instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), markets=markets))


async def ask(desk: Desk, ours: Actor) -> None:
    """The Follow that flohmarkt sent, to us."""
    document = load_json("flohmarkt/follow_instance") | {"object": ours.uri}
    endpoints = {"sharedInbox": "https://floh.test/inbox"}
    await desk.take(add_stranger(desk.fediverse, document["actor"], endpoints=endpoints), document)


@pytest.mark.parametrize(("wished", "answer"), [(True, "Accept"), (False, "Reject")])
async def test_it_is_answered_as_the_cooperative_wishes_in_a_form_that_it_takes(
    desk: Desk, ours: Actor, wished: bool, answer: str
) -> None:
    await wish(desk, markets=wished)

    await ask(desk, ours)

    [sent] = await desk.sent()
    assert (sent["type"], sent["to"], sent["cc"]) == (answer, [], ["https://floh.test/users/instance"])
    assert sent["object"]["id"] == "https://floh.test/users/instance#follows/42"
    assert await desk.value("SELECT inbox FROM delivery") == "https://floh.test/inbox"
    async with connection(desk.instance.pool) as conn:
        assert [one.host for one in await marketplaces.list_markets(conn)] == (["floh.test"] if wished else [])


async def test_one_that_was_stopped_is_refused_however_often_it_asks(desk: Desk, ours: Actor) -> None:
    await wish(desk, markets=True)
    await ask(desk, ours)
    async with transaction(desk.instance.pool) as conn:
        await stop(conn, HERE, "floh.test")

    await desk.instance.pool.execute("DELETE FROM received")
    await ask(desk, ours)

    assert [one["type"] for one in await desk.sent()] == ["Accept", "Reject", "Reject"]
    assert await desk.value("SELECT state FROM follow") == "rejected"


@pytest.mark.parametrize("named", [True, False], ids=["by its id", "by what it says"])
async def test_one_that_was_stopped_comes_back_neither_by_undoing_nor_as_another(
    desk: Desk, ours: Actor, named: bool
) -> None:
    await wish(desk, markets=True)
    await ask(desk, ours)
    async with transaction(desk.instance.pool) as conn:
        await stop(conn, HERE, "floh.test")
    floh = add_stranger(desk.fediverse, "https://floh.test/users/instance")
    follow = load_json("flohmarkt/follow_instance") | {"object": ours.uri}
    undone = {key: follow[key] for key in ("type", "actor", "object", *(["id"] if named else []))}
    relay = add_stranger(desk.fediverse, "https://floh.test/relay", type="Application")

    await desk.take(floh, desk.activity(floh, "Undo", undone), desk.activity(floh, "Follow", ours.uri))
    await desk.take(relay, desk.activity(relay, "Follow", ours.uri))

    assert [one["type"] for one in await desk.sent()] == ["Accept", "Reject", "Reject", "Reject"]
    async with connection(desk.instance.pool) as conn:
        assert [(one.uri, one.state) for one in await marketplaces.list_markets(conn)] == [(floh.uri, "rejected")]


async def test_people_do_not_follow_it_whatever_is_wished(desk: Desk, bob: Person, ours: Actor) -> None:
    await wish(desk, markets=True)

    await desk.take(bob, desk.activity(bob, "Follow", ours.uri))

    [sent] = await desk.sent()
    assert (sent["type"], sent["to"]) == ("Reject", [bob.uri])
