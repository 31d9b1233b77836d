"""However many people a server has, and however often one of them asks: calendars and letter boxes here stay usable."""

from datetime import timedelta
from typing import Any

import pytest

from inbox.processing.dispatch import apply
from models.exchanges import agreements
from models.limits import REQUESTS
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Connection, execute
from outbox.exchanges.agreements import request_preconditions
from outbox.exchanges.agreements.request_preconditions import WAITING_HOST_ALL, WAITING_HOST_EACH
from tests.factories import HERE, make_listing, make_remote_actor
from tests.inbox.handlers.activities import by
from tests.inbox.handlers.test_offer import START, meet, offer, terms
from tests.outbox.sent_activities import Sent, list_sent

COOP = "https://henin.test/users/coop"


def days(listing: Listing, number: int) -> dict[str, Any]:
    """Days that nobody else asks for."""
    begin = START + timedelta(days=2 * number)
    return terms(listing, hasBeginning=begin.isoformat(), hasEnd=(begin + timedelta(days=1)).isoformat())


async def make_people(conn: Connection, count: int, host: str = "henin.test") -> list[Actor]:
    """So many people of one server."""
    return [await make_remote_actor(conn, f"p{number}", host, territory_uri=COOP) for number in range(count)]


async def count_waiting(conn: Connection, *listings: Listing) -> int:
    """How many requests wait about these."""
    return sum([len(await agreements.list_live_by_listing(conn, listing.id)) for listing in listings])


async def last_sent(conn: Connection) -> Sent:
    """What was answered last."""
    return (await list_sent(conn))[-1]


async def test_people_of_one_server_and_of_names_below_it_do_not_hold_all_days_of_a_listing(conn: Connection) -> None:
    alice, _, listing = await meet(conn)
    half = WAITING_HOST_EACH // 2
    people = [*await make_people(conn, half), *await make_people(conn, half + 1, "x.henin.test")]
    await execute(
        conn, "INSERT INTO server (host, first_seen_at) VALUES ('x.henin.test', now() - interval '1 year')"
        " ON CONFLICT (host) DO UPDATE SET first_seen_at = excluded.first_seen_at"
    )  # fmt: skip

    for number, person in enumerate(people):
        await offer(conn, person, alice, days(listing, number))

    assert await count_waiting(conn, listing) == WAITING_HOST_EACH
    told = await last_sent(conn)
    assert told.type == "Reject" and "plus tard" in told.activity["content"]
    [other] = await make_people(conn, 1, "arras.test")
    await execute(conn, "UPDATE server SET first_seen_at = now() - interval '1 year'")
    await execute(
        conn, "INSERT INTO server (host, first_seen_at) VALUES ('arras.test', now() - interval '1 year')"
        " ON CONFLICT (host) DO UPDATE SET first_seen_at = excluded.first_seen_at"
    )  # fmt: skip
    await offer(conn, other, alice, days(listing, len(people)))
    assert await count_waiting(conn, listing) == WAITING_HOST_EACH + 1


async def test_a_stranger_who_wants_the_whole_year_is_refused_with_the_reason(conn: Connection) -> None:
    alice, _, listing = await meet(conn)
    eve = await make_remote_actor(conn, "eve", "new.test")
    year = terms(listing, hasBeginning=START.isoformat(), hasEnd=(START + timedelta(days=360)).isoformat())

    await offer(conn, eve, alice, year)

    assert await count_waiting(conn, listing) == 0
    told = await last_sent(conn)
    assert (told.type, told.hosts) == ("Reject", ["new.test"]) and "deux mois au plus" in told.activity["content"]


async def test_nor_the_days_of_everybody_here(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (WAITING_HOST_EACH, WAITING_HOST_ALL) == (30, 300)
    all = 2 * WAITING_HOST_EACH  # what comes after three hundred requests comes after sixty in the same way
    monkeypatch.setattr(request_preconditions, "WAITING_HOST_ALL", all)
    alice, _, first = await meet(conn)
    people = await make_people(conn, WAITING_HOST_EACH)
    listings = [first, *[await make_listing(conn, alice) for _ in range(all // WAITING_HOST_EACH)]]

    for listing in listings:
        for number, person in enumerate(people):
            await offer(conn, person, alice, days(listing, number))

    assert await count_waiting(conn, *listings) == all
    assert (await last_sent(conn)).type == "Reject"


async def test_who_asks_and_takes_it_back_again_and_again_is_heard_some_times_a_day(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)

    for _ in range(REQUESTS.most + 3):
        asked = by(bob, "Offer", terms(listing), to=[alice.uri])
        await apply(conn, HERE, bob, asked)
        await apply(conn, HERE, bob, by(bob, "Undo", asked.id))

    told = [one for one in await list_sent(conn) if one.type == "Reject"]
    assert len(told) == 3 and "demain" in told[0].activity["content"]
    await execute(conn, "UPDATE agreement SET created_at = created_at - interval '1 day'")
    await offer(conn, bob, alice, terms(listing))
    assert await count_waiting(conn, listing) == 1
