"""Two hundred people, of here and of another server, ask for the last time of a shop at once: one gets it."""

import asyncio
from datetime import UTC, datetime

from models.errors import Conflict
from models.exchanges.agreements import Agreement, Terms
from models.people.actors import Actor
from models.repairs.bookings import appointment_books
from models.store.database import Pool, execute, fetch_column, fetch_value, transaction
from outbox.exchanges.agreements.agreements import request
from outbox.repairs.bookings.appointments import open_book
from tests.factories import HERE, make_member, make_remote_actor
from tests.inbox.handlers.test_offer import offer
from tests.inbox.handlers.test_offer import terms as write_terms
from tests.outbox.repairs.bookings.test_appointments import DRAFT, make_shop
from tests.outbox.sent_activities import list_sent

EACH = 100

AT_ONCE = 16
"""More than there are connections; who waits for one longer than a busy machine takes would be told to come back."""


async def test_of_two_hundred_who_ask_at_once_exactly_one_gets_the_last_time(pool: Pool) -> None:
    async with transaction(pool) as conn:
        shop = await make_shop(conn)
        listing = await open_book(conn, HERE, shop, DRAFT)
        [slot, *_] = await appointment_books.list_slots(conn, listing, at=datetime.now(UTC))
        here = [await make_member(conn, f"p{number}") for number in range(EACH)]
        coop = "https://henin.test/users/coop"
        there = [await make_remote_actor(conn, f"q{number}", territory_uri=coop) for number in range(EACH)]
        await execute(conn, "UPDATE server SET first_seen_at = now() - interval '1 year'")
    terms = Terms(begins_at=slot.begins_at, ends_at=slot.ends_at)
    times = {"hasBeginning": slot.begins_at.isoformat(), "hasEnd": slot.ends_at.isoformat()}
    wanted = write_terms(listing, **times)
    door = asyncio.Semaphore(AT_ONCE)

    async def ask(person: Actor) -> Agreement | str:
        try:
            async with door, transaction(pool) as conn:
                if person.local:
                    return await request(conn, HERE, person, listing, terms)
                await offer(conn, person, shop, wanted)
                return "told by an activity"
        except Conflict as refused:
            return refused.code

    answers = await asyncio.gather(*(ask(one) for pair in zip(here, there, strict=True) for one in pair))

    async with transaction(pool) as conn:
        states = await fetch_column(conn, "SELECT state FROM agreement")
        local = await fetch_value(conn, "SELECT p.local FROM agreement g JOIN actor p ON p.id = g.partner_id")
        sent = [one.type for one in await list_sent(conn) if one.type in ("Reject", "Update")]
        left = await appointment_books.list_slots(conn, listing, at=datetime.now(UTC))
    assert states == ["requested"] and slot not in left
    assert sum(isinstance(one, Agreement) for one in answers) == local
    assert answers.count("dates_taken") == EACH - local
    assert sent.count("Reject") == EACH - (not local)  # each of the others of that server reads that it is taken
