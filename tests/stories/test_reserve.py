"""Five want the sofa: one is chosen and cancels, and the next one, of the other cooperative, is asked and says yes.

Of what is lent she waits on the list there, and is told at home that it is her turn.
"""

from datetime import timedelta

import pytest

from models.exchanges import agreements, exchanges, reserves
from models.exchanges.agreements import Agreement, Terms
from models.exchanges.reserves import Span
from models.listings.listings import Listing
from models.store.database import connection
from outbox.exchanges.agreements import turns
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.endings import cancel
from outbox.exchanges.agreements.reserve import join
from outbox.exchanges.choices import choose
from outbox.threads import messages
from outbox.threads.agreement_context import Said
from tests.eventually import eventually
from tests.servers import Member, RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.stories.test_exchanges import DAY, Story, acting, days
from tests.stories.test_exchanges import story as story  # the two cooperatives and their people
from web.middlewares.work_signals import notify_work

WORDS = "Il part samedi, bonne chance à tous."


async def find_held(story: Story, partner_id: int) -> Agreement:
    """What is between Alice and somebody, in Lomme."""
    async with connection(story.lomme.instance.pool) as conn:
        listing = await story.find_listing(story.lomme)
        assert listing is not None
        thread = await exchanges.find(conn, listing_id=listing.id, partner_id=partner_id)
        held = await agreements.get_latest(conn, thread.id) if thread is not None else None
        assert held is not None
        return held


@pytest.mark.usefixtures("only_rung")
async def test_the_sofa_goes_to_the_next_one_of_the_other_cooperative(story: Story, cooperatives: Cooperatives) -> None:
    lomme, henin, site = story.lomme, story.henin, story.lomme.instance.site
    listing = await story.publish(mode="gift", title="Canapé")
    await story.ask(Terms(), "Pour ma fille qui s’installe.")
    neighbours: list[Member] = [
        await lomme.add_member(await lomme.find_free_name(name)) for name in ("amina", "carol", "dora", "emile")
    ]
    async with acting(lomme) as conn:
        for one in neighbours:
            await request(conn, site, one.actor, listing, Terms(), Said(text="Il me plaît."))
    amina, carol = neighbours[0], neighbours[1]

    async with acting(lomme) as conn:
        held = await find_held(story, amina.actor.id)
        await choose(conn, site, story.alice.actor, held, Said(offer_uri=held.offer_uri, others=WORDS))
    await story.stands("refused")
    told = (await story.get(henin)).reason
    assert WORDS in told and "répondez « oui »" in told
    async with acting(lomme) as conn:
        await join(conn, site, carol.actor, listing)
    async with acting(henin) as conn:
        copy = await story.find_listing(henin)
        assert copy is not None
        thread = await exchanges.find(conn, listing_id=copy.id, partner_id=story.bob.actor.id)
        assert thread is not None
        await messages.write(conn, henin.instance.site, story.bob.actor, thread, messages.Words(text="Oui, merci !"))

    async def both_wait() -> bool:
        async with connection(lomme.instance.pool) as conn:
            return [one.state for one in await reserves.list_places(conn, listing.id)].count("waiting") == 2

    await eventually(both_wait)
    async with acting(lomme) as conn:
        await cancel(conn, site, amina.actor, await find_held(story, amina.actor.id))
    await story.stands("countered")
    asked = await story.get(henin)
    assert asked.proposed_by != story.bob.actor.id and asked.held_until is not None
    async with acting(henin) as conn:
        await accept(conn, henin.instance.site, story.bob.actor, asked)
    await story.stands("agreed")

    assert (await find_held(story, carol.actor.id)).state == "refused", "she waits on"
    async with connection(lomme.instance.pool) as conn:
        places = {one.actor_id: one.state for one in await reserves.list_places(conn, listing.id)}
    assert places[carol.actor.id] == "waiting" and "called" not in places.values()


async def list_states(server: RunningServer, listing: Listing) -> list[str]:
    """How those stand on a list whom this server knows to stand there."""
    async with connection(server.instance.pool) as conn:
        return [one.state for one in await reserves.list_places(conn, listing.id)]


@pytest.mark.usefixtures("only_rung")
async def test_what_is_lent_there_is_waited_for_from_here(story: Story) -> None:
    lomme, henin, site = story.lomme, story.henin, story.lomme.instance.site
    listing = await story.publish(mode="loan", title="Tente")
    amina = await lomme.add_member(await lomme.find_free_name("amina"))
    async with acting(lomme) as conn:
        held = await accept(conn, site, story.alice.actor, await request(conn, site, amina.actor, listing, days(0, 2)))
    copy = await eventually(lambda: story.find_listing(henin))
    async with acting(henin) as conn:
        wanted = Span(begins_at=DAY, ends_at=DAY + timedelta(days=2))
        await join(conn, henin.instance.site, story.bob.actor, copy, wanted)

    async def stands(state: str) -> bool:
        return await list_states(lomme, listing) == await list_states(henin, copy) == [state]

    await eventually(lambda: stands("waiting"))
    async with acting(lomme) as conn:
        await cancel(conn, site, amina.actor, held)
    await turns.tell_due(lomme.instance)
    await notify_work(lomme.instance.pool)
    await eventually(lambda: stands("called"))
