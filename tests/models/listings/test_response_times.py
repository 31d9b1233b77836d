"""How soon somebody usually answers: counted from threads, for whoever has some of them."""

from datetime import timedelta

import pytest

from models.exchanges import exchanges
from models.listings import response_times
from models.people.actors import Actor
from models.store.database import Connection, execute
from tests.factories import make_agreement, make_listing, make_local_actor, make_member

HOUR = timedelta(hours=1)


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """She publishes."""
    return await make_member(conn, "alice")


async def ask(conn: Connection, alice: Actor, number: int, *, ago: timedelta, answered: timedelta | None) -> int:
    """A thread about a small ad of hers that began some time ago, and how soon she said something in it."""
    partner = await make_local_actor(conn, f"p{number}")
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=partner.id)
    await execute(conn, "UPDATE exchange SET created_at = now() - $2::interval WHERE id = $1", thread.id, ago)
    for actor, after in ((partner, timedelta()), (alice, answered)):
        if after is not None:
            event = await exchanges.add_event(conn, thread.id, "said", actor_id=actor.id, details={"text": "Bonjour"})
            await execute(
                conn, "UPDATE exchange_event SET created_at = now() - $2::interval WHERE id = $1", event, ago - after
            )
    if answered is None:
        await make_agreement(conn, listing, partner, state="withdrawn" if number >= 90 else "requested")
    return thread.id


async def test_the_median_of_what_she_took(conn: Connection, alice: Actor) -> None:
    for number, hours in enumerate((1, 5, 30)):
        await ask(conn, alice, number, ago=timedelta(days=9), answered=hours * HOUR)

    assert await response_times.find_usual_wait(conn, alice.id) == 5 * HOUR


async def test_two_threads_are_no_habit(conn: Connection, alice: Actor) -> None:
    for number in range(2):
        await ask(conn, alice, number, ago=timedelta(days=9), answered=HOUR)

    assert await response_times.find_usual_wait(conn, alice.id) is None


async def test_what_stays_unanswered_counts_as_never_after_three_days(conn: Connection, alice: Actor) -> None:
    await ask(conn, alice, 1, ago=timedelta(days=9), answered=HOUR)
    await ask(conn, alice, 2, ago=timedelta(days=9), answered=2 * HOUR)
    await ask(conn, alice, 3, ago=timedelta(days=2), answered=None)
    assert await response_times.find_usual_wait(conn, alice.id) is None, "too early to count it"

    for number in (4, 5, 6):
        await ask(conn, alice, number, ago=timedelta(days=4), answered=None)

    assert await response_times.find_usual_wait(conn, alice.id) is None
    await ask(conn, alice, 7, ago=timedelta(days=9), answered=3 * HOUR)
    await ask(conn, alice, 8, ago=timedelta(days=9), answered=50 * HOUR)
    assert await response_times.find_usual_wait(conn, alice.id) == 50 * HOUR


async def test_neither_old_threads_nor_what_was_taken_back_count(conn: Connection, alice: Actor) -> None:
    for number in range(3):
        await ask(conn, alice, number, ago=timedelta(days=9), answered=HOUR)
    for number in (90, 91, 92, 93):
        await ask(conn, alice, number, ago=timedelta(days=9), answered=None)
    for number in range(10, 15):
        await ask(conn, alice, number, ago=timedelta(days=200), answered=90 * HOUR)

    assert await response_times.find_usual_wait(conn, alice.id) == HOUR
