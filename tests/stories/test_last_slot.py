"""Two hundred people of two cooperatives ask at once for the last time of a workshop: one gets it."""

import asyncio
from collections import Counter

from federation.discovery.remote import fetch_actor, resolve_handle
from inbox.posts.lookup import look_up
from models.errors import Conflict
from models.exchanges import agreements
from models.exchanges.agreements import Terms
from models.listings import listings
from models.listings.listings import Listing
from models.people.actors import Actor
from models.repairs.bookings.slots import Slot
from models.store.database import connection, fetch_column, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.people.accounts import register
from outbox.repairs.bookings.appointments import BookDraft, open_book
from tests.eventually import eventually
from tests.outbox.communities.sample_community import make_key_pairs_once
from tests.servers import RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.stories.test_appointments import RULES, acting, copied, get_shop, has_state, open_shop, told

HERE, THERE = 175, 25
"""Those of the other cooperative cost a delivery and an answer each."""

AT_ONCE = 16
"""More than a server has connections; who waits for one longer than a busy machine takes would be told to come back."""


async def add_people(server: RunningServer, count: int) -> list[Actor]:
    """So many members, who share their keys: making them would take longer than all the rest."""
    pairs = await make_key_pairs_once()
    async with transaction(server.instance.pool) as conn:
        return [
            await register(
                conn,
                server.instance.site,
                key_pairs=pairs,
                username=f"cycliste{number}",
                email=f"cycliste{number}@{server.name}.test",
                password_hash=None,
                roles=(),
                language="fr",
            )
            for number in range(count)
        ]


async def ask(door: asyncio.Semaphore, server: RunningServer, person: Actor, listing: Listing, slot: Slot) -> str:
    """What her own server says at once."""
    terms = Terms(begins_at=slot.begins_at, ends_at=slot.ends_at)
    try:
        async with door, acting(server) as conn:
            await request(conn, server.instance.site, person, listing, terms)
    except Conflict as refused:
        return refused.code
    return "asked"


async def count_states(server: RunningServer, listing: Listing) -> Counter[str]:
    """How far all of those got, as this server has it."""
    async with connection(server.instance.pool) as conn:
        copy = await listings.find_by_listing_uri(conn, listing.uri)
        assert copy is not None
        return Counter(await fetch_column(conn, "SELECT state FROM agreement WHERE listing_id = $1", copy.id))


async def test_of_two_hundred_at_two_cooperatives_exactly_one_agrees(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    shop = await open_shop(lomme)
    async with acting(lomme) as conn:
        draft = BookDraft(rules=RULES, capacity=1, title="Rendez-vous à l’atelier")
        book = await open_book(conn, lomme.instance.site, await get_shop(lomme, shop), draft)
    await resolve_handle(henin.instance, f"@{shop.actor.username}@{lomme.host}")
    await look_up(henin.instance, book.uri)
    copy = await eventually(copied(henin, book.uri))
    [slot, *_] = await eventually(told(henin, copy))
    here, there = await add_people(lomme, HERE), await add_people(henin, THERE)

    async with (
        asyncio.TaskGroup() as group
    ):  # Lomme knows them: how many strangers' keys it asks for a minute is bounded
        for person in there:
            group.create_task(fetch_actor(lomme.instance, person.uri))

    doors = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
    asking = [ask(doors[0], henin, one, copy, slot) for one in there]
    asking += [ask(doors[1], lomme, one, book, slot) for one in here]
    answers = (await asyncio.gather(*asking))[THERE:]

    async def is_settled() -> bool:
        return (await count_states(henin, copy))["refused"] >= THERE - 1 and bool(await count_states(lomme, book))

    await eventually(is_settled)
    async with acting(lomme) as conn:
        [held] = await agreements.list_live_by_listing(conn, book.id)
        await accept(conn, lomme.instance.site, await get_shop(lomme, shop), held)
    won_here = held.proposed_by in {one.id for one in here}
    await eventually(has_state(lomme if won_here else henin, held, "agreed"))
    assert await count_states(lomme, book) == {"agreed": 1}
    assert Counter(answers) == Counter(asked=int(won_here), dates_taken=HERE - won_here)
    assert await count_states(henin, copy) == Counter(refused=THERE - (not won_here), agreed=int(not won_here))
