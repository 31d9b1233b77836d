"""What came out of a repair is noted next door and confirmed at home; and who has Mastodon alone does all in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from federation.discovery.remote import fetch_actor
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings.listings import Listing
from models.repairs.results import results
from models.repairs.results.notes import RepairNote
from models.repairs.results.results import RepairResult
from models.store.database import connection
from outbox.exchanges.acts import perform
from outbox.exchanges.agreements.agreements import propose, request
from outbox.exchanges.choices import choose
from outbox.exchanges.repair_results import note_result
from outbox.listings import listings as verbs
from outbox.threads.agreement_context import Said
from tests.eventually import eventually
from tests.servers import RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.stories.peer import Door, activity, running_peer
from tests.stories.test_exchanges import _find_thread, _last_note, _write, acting
from tests.stories.test_repair_calls import FLAT, find_copy, find_states, meet, within
from tests.today import today


def fixed() -> RepairNote:
    """What came out, today."""
    return RepairNote(
        organ="flat-tyre",
        outcome="fixed",
        bike_type="cargo",
        minutes=25,
        parts=("Chambre à air 26 pouces",),
        learnt="Le fond de jante était percé.",
        repaired_on=today(),
    )


AN_HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


async def list_noted(server: RunningServer, uri: str) -> list[RepairResult]:
    """What a server holds of the result."""
    held = await find_states(server, uri)
    async with connection(server.instance.pool) as conn:
        return [one for each in held for one in await results.list_of_agreement(conn, each.id)]


async def test_a_result_is_noted_next_door_and_confirmed_at_home(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    alice, bob = await cooperatives.add_members()
    await meet(henin, bob, lomme, alice.actor.username)
    async with acting(lomme) as conn:
        call = await verbs.publish(conn, lomme.instance.site, alice.actor, FLAT)

    async def copied() -> Listing | None:
        try:
            return await find_copy(henin, call.uri)
        except AssertionError:
            return None

    copy = await within(2, "the call next door", copied)
    async with acting(henin) as conn:
        await request(conn, henin.instance.site, bob.actor, copy, Terms(begins_at=AN_HOUR_AGO))

    async def asked() -> Agreement | None:
        found = await find_states(lomme, call.uri)
        return found[0] if found else None

    held = await within(2, "a proposal", asked)
    async with acting(lomme) as conn:
        await choose(conn, lomme.instance.site, alice.actor, held, Said(offer_uri=held.offer_uri))

    async def agreed() -> Agreement | None:
        [found] = await find_states(henin, call.uri)
        return found if found.state == "agreed" else None

    theirs = await within(2, "agreed", agreed)
    async with acting(henin) as conn:
        await note_result(conn, henin.instance.site, bob.actor, theirs, fixed())

    async def told() -> list[RepairResult]:
        return await list_noted(lomme, call.uri)

    [noted] = await within(2, "the result at home", told)
    [ours] = await find_states(lomme, call.uri)
    assert (ours.state, ours.partner_reported_at is not None) == ("agreed", True)
    assert (noted.organ, noted.minutes, noted.parts) == ("flat-tyre", 25, ["Chambre à air 26 pouces"])
    assert (noted.cyclist_id, noted.commune_code) == (alice.actor.id, "59355")
    said = "SELECT content FROM post WHERE kind = 'notice' AND content LIKE '%pneu réparé, 25%'"
    assert "C’est bien cela ?" in await lomme.instance.pool.fetchval(said)
    async with acting(lomme) as conn:
        await perform(conn, lomme.instance.site, alice.actor, ours, "done")

    async def verified() -> bool:
        states = [*await find_states(lomme, call.uri), *await find_states(henin, call.uri)]
        return [(one.state, one.verified) for one in states] == [("done", True)] * 2

    await within(2, "confirmed on both sides", verified)
    for server in (lomme, henin):
        [one] = await list_noted(server, call.uri)
        assert (one.outcome, one.uri) == ("fixed", noted.uri)
        document = await server.instance.pool.fetchval("SELECT content FROM post WHERE uri = $1", call.uri)
        assert "Chambre à air" not in document and "fond de jante" not in document
    closed = await within(2, "the call is mended next door", lambda: _reads(henin, call.uri, "✅ Réparé"))
    assert closed


async def _reads(server: RunningServer, uri: str, words: str) -> bool:
    content = await server.instance.pool.fetchval("SELECT content FROM post WHERE uri = $1", uri)
    return words in (content or "")


async def test_who_has_mastodon_alone_proposes_is_accepted_and_reports_in_words(cooperatives: Cooperatives) -> None:
    lomme, (alice, _) = cooperatives.lomme, await cooperatives.add_members()
    async with running_peer() as peer, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        door, dora = Door(here=lomme, session=session), peer.add_person("dora")
        await fetch_actor(lomme.instance, dora.uri)
        assert await door.send(dora, activity(dora, "Follow", alice.actor.uri)) == 202
        await door.settle()
        async with acting(lomme) as conn:
            call = await verbs.publish(conn, lomme.instance.site, alice.actor, FLAT)

        async def sent(kind: str, *words: str) -> Any:
            """The body of what went to her server and says all this."""
            sql = (
                "SELECT a.body FROM activity a JOIN delivery d ON d.activity_id = a.id WHERE d.state = 'done'"
                " AND d.host = $1 AND a.type = $2 AND a.body LIKE ALL($3) ORDER BY a.id DESC LIMIT 1"
            )
            return await door.value(sql, peer.server.host, kind, [f"%{one}%" for one in words])

        facts = ("Dépannage", "Pneu à plat, vélo cargo", "📍 Lomme", "le vélo ne roule pas", "tout de suite")
        await within(2, "the call reads well", lambda: sent("Create", *facts, "voir et répondre"))
        await _write(door, dora, alice, call.uri, "Je peux venir ce soir.")
        thread = await within(2, "a proposal in words", lambda: _find_thread(lomme, call.id))
        async with acting(lomme) as conn:
            terms = Terms(begins_at=AN_HOUR_AGO, place="Mairie de Lomme")
            held = await propose(conn, lomme.instance.site, alice.actor, thread, terms)
        question = await eventually(lambda: _last_note(lomme, alice))
        assert "Mairie de Lomme" in question.content
        await _write(door, dora, alice, question.uri, "Oui, parfait !")

        async def is_in(state: str) -> bool:
            async with connection(lomme.instance.pool) as conn:
                return (await agreements.get(conn, held.id)).state == state

        await within(2, "agreed in words", lambda: is_in("agreed"))
        await within(2, "others see that somebody comes", lambda: sent("Update", "🤝 Quelqu’un vient"))

        await _write(door, dora, alice, question.uri, "C’est réparé, bonne soirée !")

        async def reported() -> bool:
            async with connection(lomme.instance.pool) as conn:
                return (await agreements.get(conn, held.id)).partner_reported_at is not None

        await within(2, "reported in words", reported)
        async with acting(lomme) as conn:
            await note_result(conn, lomme.instance.site, alice.actor, held, fixed())
        await within(2, "she is told what was noted", lambda: sent("Create", "pneu réparé, 25"))
        await within(2, "others see that it is mended", lambda: sent("Update", "✅ Réparé"))
        async with connection(lomme.instance.pool) as conn:
            done = await agreements.get(conn, held.id)
            assert (done.state, done.verified) == ("done", True)
            assert [one.author_id for one in await results.list_of_agreement(conn, held.id)] == [alice.actor.id]
            assert len(await exchanges.list_by_listing(conn, call.id)) == 1
