"""A member leaves: the cooperative next door hears of her pause at once and of her end two weeks later."""

from datetime import UTC, datetime, timedelta

import aiohttp

from federation.discovery.remote import resolve_handle
from models.exchanges.agreements import Terms, get
from models.listings import listings
from models.listings.listings import ListingDraft
from models.people import actors
from models.people.actors import Actor
from outbox.exchanges.agreements import agreements
from outbox.listings.listings import publish
from outbox.people import account_deletion
from outbox.relations import follows
from tests.eventually import eventually
from tests.servers import RunningServer
from tests.stories.conftest import MakeServer
from tests.stories.test_two_cooperatives import acting


async def status_there(server: RunningServer, uri: str) -> str | None:
    """The state of a copy; "gone" once it was deleted."""
    async with acting(server) as conn:
        copy = await listings.find_by_listing_uri(conn, uri)
    return None if copy is None else "gone" if copy.post.deleted_at else copy.details.status


async def test_a_member_leaves_and_next_door_nothing_of_her_stays(make_server: MakeServer) -> None:
    lomme, henin = await make_server("lomme"), await make_server("henin")
    await lomme.add_member("odile", roles=["admin"])
    alice, bob = (await lomme.add_member("alice")).actor, (await henin.add_member("bob")).actor
    known = await resolve_handle(henin.instance, f"@alice@{lomme.host}")
    async with acting(henin) as conn:
        await follows.follow(conn, henin.instance.site, bob, known)

    async def followed() -> bool:
        return bool(await lomme.instance.pool.fetchval("SELECT true FROM follow WHERE state = 'accepted'"))

    await eventually(followed)
    async with acting(lomme) as conn:
        draft = ListingDraft(kind="offer", mode="loan", title="Tente", postcode="59160", place_name="Lomme")
        tent = await publish(conn, lomme.instance.site, alice, draft)
    await eventually(lambda: _is(henin, tent.uri, "open"))

    await agree(lomme, alice, henin, bob, tent.uri)

    async with acting(lomme) as conn:
        await account_deletion.ask(conn, lomme.instance.site, alice)
    await eventually(lambda: _is(henin, tent.uri, "paused"))
    assert await states(henin) == ["agreed"]
    async with acting(lomme) as conn:
        await account_deletion.cancel_deletion(conn, lomme.instance.site, alice)
    await eventually(lambda: _is(henin, tent.uri, "open"))
    async with acting(lomme) as conn:
        await account_deletion.ask(conn, lomme.instance.site, alice)
    at = datetime.now(UTC) + timedelta(days=15)
    ended = [await account_deletion.delete_due_accounts(lomme.instance, at=at) for _ in range(2)]
    async with acting(lomme):
        pass  # the worker is called

    assert ended == [1, 0]
    await eventually(lambda: _gone(henin, known.uri))
    assert await status_there(henin, tent.uri) == "gone", "its thread stays, and so does its place"
    assert await states(lomme) == await states(henin) == ["cancelled"]
    async with aiohttp.ClientSession() as session:
        for address in (alice.uri, tent.uri):
            answer = await session.get(address, headers={"Accept": "application/activity+json"})
            assert answer.status == 410
    told = await lomme.instance.pool.fetchval(
        "SELECT count(*) FROM delivery d JOIN activity a ON a.id = d.activity_id "
        "WHERE a.type = 'Delete' AND a.object_uri = $1",
        alice.uri,
    )
    assert told == 1


async def agree(lomme: RunningServer, alice: Actor, henin: RunningServer, bob: Actor, tent: str) -> None:
    """Bob asks for the tent, and Alice says yes."""
    start = datetime(2027, 5, 7, 22, tzinfo=UTC)
    async with acting(henin) as conn:
        copy = await listings.find_by_listing_uri(conn, tent)
        assert copy is not None
        terms = Terms(begins_at=start, ends_at=start + timedelta(days=2))
        await agreements.request(conn, henin.instance.site, bob, copy, terms)

    async def asked() -> int | None:
        found: int | None = await lomme.instance.pool.fetchval("SELECT id FROM agreement")
        return found

    id = await eventually(asked)
    async with acting(lomme) as conn:
        await agreements.accept(conn, lomme.instance.site, alice, await get(conn, id))

    async def agreed() -> bool:
        return await states(henin) == ["agreed"]

    await eventually(agreed)


async def states(server: RunningServer) -> list[str]:
    """The states of all agreements there."""
    rows = await server.instance.pool.fetch("SELECT state FROM agreement ORDER BY id")
    return [row["state"] for row in rows]


async def _is(server: RunningServer, uri: str, status: str) -> bool:
    return await status_there(server, uri) == status


async def _gone(server: RunningServer, uri: str) -> bool:
    async with acting(server) as conn:
        actor = await actors.find_by_uri(conn, uri)
        return actor is not None and actor.deleted_at is not None
