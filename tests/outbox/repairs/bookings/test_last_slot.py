"""Two hundred people, of here and of another server, ask for the last time of a shop at once: one gets it."""

import asyncio
from datetime import UTC, datetime

from models.errors import Conflict
from models.exchanges.agreements import Agreement, Terms
from models.people.actors import Actor
from models.repairs.bookings import appointment_books
from models.store.database import Pool, fetch_column, transaction
from outbox.exchanges.agreements.agreements import request
from outbox.repairs.bookings.appointments import open_book
from outbox.threads.agreement_context import Said
from tests.factories import HERE, make_member, make_remote_actor
from tests.outbox.repairs.bookings.test_appointments import DRAFT, make_shop

EACH = 100


async def test_of_two_hundred_who_ask_at_once_exactly_one_gets_the_last_time(pool: Pool) -> None:
    async with transaction(pool) as conn:
        listing = await open_book(conn, HERE, await make_shop(conn), DRAFT)
        [slot, *_] = await appointment_books.list_slots(conn, listing, at=datetime.now(UTC))
        here = [await make_member(conn, f"p{number}") for number in range(EACH)]
        there = [await make_remote_actor(conn, f"q{number}") for number in range(EACH)]
    terms = Terms(begins_at=slot.begins_at, ends_at=slot.ends_at)

    async def ask(person: Actor) -> Agreement | str:
        said = Said() if person.local else Said(uri=f"{person.uri}/activities/1")
        try:
            async with transaction(pool) as conn:
                return await request(conn, HERE, person, listing, terms, said)
        except Conflict as refused:
            return refused.code

    answers = await asyncio.gather(*(ask(one) for pair in zip(here, there, strict=True) for one in pair))

    async with transaction(pool) as conn:
        states = await fetch_column(conn, "SELECT state FROM agreement")
        left = await appointment_books.list_slots(conn, listing, at=datetime.now(UTC))
    assert states == ["requested"] and slot not in left
    assert sorted({one for one in answers if isinstance(one, str)}) == ["dates_taken"]
    assert sum(isinstance(one, Agreement) for one in answers) == 1
