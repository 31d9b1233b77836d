"""Several people who want the same thing at the same moment: the lock of the listing lets one of them have it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict
from models.exchanges import agreements as held
from models.exchanges.agreements import Agreement, Terms
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Pool, connection, transaction
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.threads.agreement_context import Said
from tests.factories import HERE, make_listing, make_member, make_remote_actor

START = (datetime.now(UTC) + timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
HOSTS = ("henin.test", "arras.test", "douai.test", "lens.test")


def days(first: int, last: int) -> Terms:
    """From one day until before another."""
    return Terms(begins_at=START + timedelta(days=first), ends_at=START + timedelta(days=last))


async def meet(pool: Pool, mode: str) -> tuple[Actor, Listing, list[Actor]]:
    """Alice with a listing, and somebody on each of four other servers."""
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        people = [await make_remote_actor(conn, "bob", host) for host in HOSTS]
        return alice, await make_listing(conn, alice, mode=mode), people


async def ask(pool: Pool, listing: Listing, person: Actor, terms: Terms) -> Agreement:
    """As the inbox does it: a transaction of its own."""
    async with transaction(pool) as conn:
        return await request(conn, HERE, person, listing, terms, Said(uri=f"{person.uri}/activities/1"))


async def say_yes(pool: Pool, alice: Actor, asked: Agreement) -> Agreement:
    """Alice says yes on one of several open pages."""
    async with transaction(pool) as conn:
        return await accept(conn, HERE, alice, asked)


async def test_of_requests_for_the_same_days_one_is_heard(pool: Pool) -> None:
    _, listing, people = await meet(pool, "loan")

    results = await asyncio.gather(
        *(ask(pool, listing, person, days(number, number + 4)) for number, person in enumerate(people)),
        return_exceptions=True,
    )

    heard = [one for one in results if isinstance(one, Agreement)]
    assert len(heard) == 1
    assert all(isinstance(one, Conflict) for one in results if one is not heard[0])
    async with connection(pool) as conn:
        assert [one.id for one in await held.list_live_by_listing(conn, listing.id)] == [heard[0].id]


async def test_a_gift_that_several_are_promised_at_once_goes_to_one(pool: Pool) -> None:
    alice, listing, people = await meet(pool, "gift")
    asked = [await ask(pool, listing, person, Terms()) for person in people]

    results = await asyncio.gather(*(say_yes(pool, alice, one) for one in asked), return_exceptions=True)

    assert sum(isinstance(one, Agreement) for one in results) == 1
    async with connection(pool) as conn:
        states = sorted([(await held.get(conn, one.id)).state for one in asked])
    assert states == ["agreed", "refused", "refused", "refused"]


async def test_two_counters_into_the_same_days_do_not_both_hold(pool: Pool) -> None:
    alice, listing, people = await meet(pool, "loan")
    asked = [await ask(pool, listing, person, days(10 * n, 10 * n + 2)) for n, person in enumerate(people[:2])]

    async def move(one: Agreement) -> Agreement:
        async with transaction(pool) as conn:
            return await counter(conn, HERE, alice, one, days(50, 55))

    results = await asyncio.gather(*(move(one) for one in asked), return_exceptions=True)

    assert sum(isinstance(one, Agreement) for one in results) == 1


@pytest.mark.parametrize("mode", ["loan", "gift"])
async def test_the_same_offer_that_comes_many_times_at_once_is_one_request(pool: Pool, mode: str) -> None:
    _, listing, people = await meet(pool, mode)
    terms = days(0, 2) if mode == "loan" else Terms()

    results = await asyncio.gather(*(ask(pool, listing, people[0], terms) for _ in range(8)))

    assert len({one.id for one in results}) == 1
