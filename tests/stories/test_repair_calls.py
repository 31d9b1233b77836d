"""A bike breaks down in Lomme: the repairer next door is told in her wave, two come forward, one mends it.

Both servers run; somebody with a Mastodon account alone answers too. Each step is on both sides within two seconds.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog

from federation.discovery.remote import fetch_actor, resolve_handle
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing, ListingDraft
from models.moments import PARIS
from models.repairs.calls import figures, watches
from models.repairs.calls.watches import RepairWatch
from models.store.database import connection, execute
from outbox.exchanges.agreements.agreements import request
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.choices import choose
from outbox.listings import listings as verbs
from outbox.relations import follows
from outbox.repairs.calls import reports, waves
from outbox.threads.agreement_context import Said
from tests.eventually import eventually
from tests.servers import Member, RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.stories.peer import Door, running_peer
from tests.stories.test_exchanges import _write, acting

log = structlog.get_logger(__name__)

FLAT = ListingDraft(
    kind="repair_call",
    mode="repair",
    title="Pneu à plat, vélo cargo",
    text="Devant la mairie.",
    place_name="Lomme",
    postcode="59160",
    commune_code="59355",
    latitude=50.645,
    longitude=2.987,
    repair={"urgency": "Now", "interventions": ["flat-tyre"], "bike_type": "cargo", "rideable": False},
)

TONIGHT = (datetime.now(PARIS) + timedelta(days=1)).replace(hour=19, minute=0, second=0, microsecond=0)


async def repairs(server: RunningServer, member: Member, kilometres: float) -> None:
    """This member repairs bikes, so far from where the call is."""
    async with acting(server) as conn:
        await execute(
            conn,
            "UPDATE actor SET latitude = $2, longitude = 2.987 WHERE id = $1",
            member.actor.id,
            50.645 + kilometres * 0.009,
        )
        await watches.save(conn, member.actor.id, RepairWatch(by_mail=True, at_night=True, furthest=30))


async def meet(server: RunningServer, member: Member, other: RunningServer, name: str) -> None:
    """One follows somebody of the other cooperative."""
    followed = await resolve_handle(server.instance, f"@{name}@{other.host}")
    async with acting(server) as conn:
        await follows.follow(conn, server.instance.site, member.actor, followed)
    sql = "SELECT true FROM follow WHERE follower_id = $1 AND state = 'accepted'"
    await eventually(lambda: server.instance.pool.fetchval(sql, member.actor.id))


async def within(seconds: float, what: str, there: Callable[[], Awaitable[Any]]) -> Any:
    """It is there within so many seconds of a machine that has nothing else to do; how many it took is logged."""
    began = time.perf_counter()
    found = await eventually(there, within=seconds)
    log.info("took", what=what, seconds=round(time.perf_counter() - began, 2))
    return found


async def has_news(server: RunningServer, member: Member) -> bool:
    sql = "SELECT count(*) FROM notification WHERE type = 'repair_call' AND recipient_id = $1"
    return bool(await server.instance.pool.fetchval(sql, member.actor.id))


async def find_copy(server: RunningServer, uri: str) -> Listing:
    async with connection(server.instance.pool) as conn:
        found = await listings.find_by_listing_uri(conn, uri)
    assert found is not None
    return found


async def find_states(server: RunningServer, uri: str) -> list[Agreement]:
    """The newest agreement of each thread about the call, as a server has it."""
    async with connection(server.instance.pool) as conn:
        listing = await listings.find_by_listing_uri(conn, uri)
        threads = await exchanges.list_by_listing(conn, listing.id) if listing is not None else []
        found = [await agreements.get_latest(conn, one.id) for one in threads]
    return [one for one in found if one is not None]


async def test_a_call_is_told_next_door_answered_twice_and_mended(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    alice, bob = await cooperatives.add_members()
    nour, carl = await lomme.add_member("nour_repare"), await henin.add_member("carl_repare")
    for server, member, far in ((lomme, nour, 2), (henin, bob, 2), (henin, carl, 6)):
        await repairs(server, member, far)
    await meet(henin, bob, lomme, alice.actor.username)
    await meet(lomme, alice, henin, bob.actor.username)

    async with running_peer() as peer, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        door, dora = Door(here=lomme, session=session), peer.add_person("dora")
        await fetch_actor(lomme.instance, dora.uri)

        async with acting(lomme) as conn:
            call = await verbs.publish(conn, lomme.instance.site, alice.actor, FLAT)
        await within(2, "first repairer here told", lambda: has_news(lomme, nour))
        await within(4, "first repairer next door told", lambda: has_news(henin, bob))
        assert not await has_news(henin, carl), "she lives six kilometres away: it is not her wave"

        async with acting(lomme) as conn:
            assert await waves.widen_now(conn, lomme.instance.site, alice.actor, call.uri) == "8km"
        await within(4, "next wave told next door", lambda: has_news(henin, carl))
        copy = await find_copy(henin, call.uri)
        assert copy.post.updated_at is None, "nobody edited anything"
        async with acting(henin) as conn:
            await reports.note_opened(conn, copy, bob.actor.id)
            await execute(conn, "UPDATE repair_call_report SET sent_at = sent_at - interval '2 minutes'")
            await reports.report(conn, henin.instance.site, copy.id)

        async def counted() -> bool:
            async with connection(lomme.instance.pool) as conn:
                found = await figures.load(conn, call.id)
            return (found.notified, found.opened) == (3, 1)

        await within(2, "told and opened next door is counted here", counted)

        async with acting(henin) as conn:
            terms = Terms(begins_at=TONIGHT, place="Mairie de Lomme")
            await request(conn, henin.instance.site, bob.actor, copy, terms, Said(text="Je passe à 19 h."))

        async def proposed() -> Agreement | None:
            found = await find_states(lomme, call.uri)
            return found[0] if found else None

        held = await within(2, "proposal from next door", proposed)
        await _write(door, dora, alice, call.uri, "Je peux venir demain matin.")

        async def two() -> bool:
            async with connection(lomme.instance.pool) as conn:
                return len(await exchanges.list_by_listing(conn, call.id)) == 2

        await within(2, "proposal in words from Mastodon", two)

        async with acting(lomme) as conn:
            await choose(conn, lomme.instance.site, alice.actor, held, Said(offer_uri=held.offer_uri))

        async def agreed() -> bool:
            return [one.state for one in await find_states(henin, call.uri)] == ["agreed"]

        await within(2, "the yes next door", agreed)

        async def thanked() -> bool:
            sql = "SELECT count(*) FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE d.state = 'done'"
            words = "%proposé votre aide%"
            return bool(await door.value(sql + " AND d.host = $1 AND a.body LIKE $2", peer.server.host, words))

        await within(2, "the other one is thanked", thanked)

        async with acting(henin) as conn:
            [theirs] = await find_states(henin, call.uri)
            await report(conn, henin.instance.site, bob.actor, theirs, "done")
        async with acting(lomme) as conn:
            [ours] = await find_states(lomme, call.uri)
            await report(conn, lomme.instance.site, alice.actor, ours, "done")

        async def done() -> bool:
            states = [*await find_states(lomme, call.uri), *await find_states(henin, call.uri)]
            return [(one.state, one.verified) for one in states] == [("done", True)] * 2

        await within(2, "done on both sides", done)
        assert (await find_copy(lomme, call.uri)).details.status == "fulfilled"
