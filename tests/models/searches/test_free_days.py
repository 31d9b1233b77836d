"""Listings that are to be had on the days that somebody wants: owners' days, agreements, calendars elsewhere, stock."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from models import searches
from models.exchanges.agreements import Terms
from models.listings import unavailabilities
from models.listings.listings import Listing
from models.listings.unavailabilities import Range, midnight
from models.people.actors import Actor
from models.searches import NetworkFilter
from models.searches.free_days import list_told_calendars
from models.store.database import Connection
from tests.factories import make_agreement, make_listing, make_member, make_remote_actor

SATURDAY = (datetime(2027, 5, 14, 22, tzinfo=UTC), datetime(2027, 5, 15, 22, tzinfo=UTC))
"""Saturday the 15th in Paris."""


def day(number: int) -> datetime:
    return midnight(date(2027, 5, number))


async def find(conn: Connection, days: tuple[datetime, datetime] = SATURDAY) -> list[int]:
    filter = NetworkFilter(free_from=days[0], free_until=days[1])
    found = [one.id for one in await searches.list_network(conn, filter)]
    assert sum((await searches.count_network(conn, filter)).values()) == len(found)
    return found


async def lend(
    conn: Connection,
    listing: Listing,
    begins_at: datetime,
    ends_at: datetime,
    *,
    state: Any = "agreed",
    number: int = 1,
) -> None:
    """Somebody has so many of it agreed, or asked for, on these days."""
    terms = Terms(begins_at=begins_at, ends_at=ends_at, quantity=Decimal(number))
    await make_agreement(conn, listing, await make_remote_actor(conn, f"p{listing.id % 997}"), terms=terms, state=state)


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Somebody who lends."""
    return await make_member(conn)


async def test_without_days_everything_stands_there(conn: Connection, alice: Actor) -> None:
    tent = await make_listing(conn, alice)
    await unavailabilities.add(conn, tent.id, day(1), day(30))

    assert [one.id for one in await searches.list_network(conn, NetworkFilter())] == [tent.id]


@pytest.mark.parametrize(
    ("begins", "ends", "free"),
    [(13, 15, True), (16, 18, True), (14, 16, False), (15, 16, False), (15, 15.5, False), (13, 15.25, False)],
)
async def test_days_that_the_owner_keeps_end_where_the_next_begin(
    conn: Connection, alice: Actor, begins: float, ends: float, free: bool
) -> None:
    tent = await make_listing(conn, alice)
    first, last = (day(int(at)) + (day(2) - day(1)) * (at % 1) for at in (begins, ends))

    await unavailabilities.add(conn, tent.id, first, last)

    assert await find(conn) == ([tent.id] if free else [])


@pytest.mark.parametrize("state", ["requested", "countered", "agreed"])
async def test_what_is_asked_for_or_agreed_is_taken(conn: Connection, alice: Actor, state: str) -> None:
    tent = await make_listing(conn, alice)

    await lend(conn, tent, day(14), day(16), state=state)

    assert await find(conn) == []
    assert await find(conn, (day(16), day(17))) == [tent.id]


@pytest.mark.parametrize("state", ["refused", "withdrawn", "cancelled", "expired", "done"])
async def test_what_came_to_nothing_or_is_over_takes_no_day(conn: Connection, alice: Actor, state: str) -> None:
    tent = await make_listing(conn, alice)

    await lend(conn, tent, day(14), day(16), state=state)

    assert await find(conn) == [tent.id]


async def test_one_of_several_is_free_until_all_are_lent_at_the_same_moment(conn: Connection, alice: Actor) -> None:
    chairs = await make_listing(
        conn, alice, quantity=Decimal(3), available_quantity=Decimal(3), unit_based=True, title="Trois chaises"
    )
    await lend(conn, chairs, day(13), day(15) + (day(2) - day(1)) / 2, number=2)
    later = day(15) + (day(2) - day(1)) / 2

    await make_agreement(
        conn,
        chairs,
        await make_remote_actor(conn, "bob"),
        terms=Terms(begins_at=later, ends_at=day(16), quantity=Decimal(2)),
        state="agreed",
    )
    assert await find(conn) == [chairs.id]  # two in the morning, two others in the afternoon
    assert await find(conn, (day(13), day(14))) == [chairs.id]

    await make_agreement(
        conn,
        chairs,
        await make_remote_actor(conn, "eve"),
        terms=Terms(begins_at=later, ends_at=day(16), quantity=Decimal(1)),
        state="requested",
    )
    assert await find(conn) == []


async def test_several_that_go_together_are_gone_with_the_first(conn: Connection, alice: Actor) -> None:
    lot = await make_listing(conn, alice, quantity=Decimal(12))

    await lend(conn, lot, day(15), day(16), number=1)

    assert await find(conn) == []


async def test_of_what_somebody_does_a_part_of_the_days_is_enough(conn: Connection, alice: Actor) -> None:
    help = await make_listing(conn, alice, mode="service", title="Aide au jardin")
    noon = day(15) + (day(2) - day(1)) / 2

    await lend(conn, help, day(15), noon)
    assert await find(conn) == [help.id]

    await unavailabilities.add(conn, help.id, noon, day(16))
    assert await find(conn) == []
    assert await find(conn, (day(15), day(17))) == [help.id]


async def test_hours_of_service_are_counted_by_their_author_alone(conn: Connection, alice: Actor) -> None:
    hours = await make_listing(conn, alice, mode="service", unit="hour", unit_based=True, quantity=Decimal(4))

    await lend(conn, hours, day(14), day(17), number=4)

    assert await find(conn) == [hours.id]


async def test_a_window_that_does_not_touch_the_days_leaves_it_out(conn: Connection, alice: Actor) -> None:
    before = await make_listing(conn, alice, ends_at=day(15))
    touching = await make_listing(conn, alice, begins_at=day(15), ends_at=day(20))
    after = await make_listing(conn, alice, begins_at=day(16))
    wanted = await make_listing(conn, alice, kind="request", begins_at=day(15), ends_at=day(16))

    assert await find(conn) == [wanted.id, touching.id]
    assert await find(conn, (day(14), day(15))) == [before.id]
    assert await find(conn, (day(24), day(25))) == [after.id]


async def test_what_is_given_once_is_there_until_it_is_promised_or_used_up(conn: Connection, alice: Actor) -> None:
    gift = await make_listing(conn, alice, mode="gift", title="Armoire")
    await make_listing(conn, alice, mode="gift", status="reserved", title="Table")
    await make_listing(conn, alice, mode="gift", available_quantity=Decimal(0), title="Plants")
    await lend(conn, gift, day(15), day(16), state="requested")

    assert await find(conn) == [gift.id]


async def test_a_calendar_elsewhere_counts_as_it_was_told(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    taken, free, silent = [await make_listing(conn, bob, title=title) for title in ("Tente", "Échelle", "Remorque")]
    await unavailabilities.save_copy(conn, taken.id, [Range(begins_at=day(14), ends_at=day(16))], "a")
    await unavailabilities.save_copy(conn, free.id, [Range(begins_at=day(16), ends_at=day(18))], "b")

    assert await find(conn) == [silent.id, free.id]


async def test_what_is_agreed_with_one_of_ours_counts_whatever_the_calendar_elsewhere_says(conn: Connection) -> None:
    tent = await make_listing(conn, await make_remote_actor(conn))
    await unavailabilities.save_copy(conn, tent.id, [], "a")

    await make_agreement(
        conn, tent, await make_member(conn), terms=Terms(begins_at=day(15), ends_at=day(16)), state="agreed"
    )

    assert await find(conn) == []


async def test_calendars_that_only_another_server_knows_are_told_apart(conn: Connection, alice: Actor) -> None:
    bob = await make_remote_actor(conn)
    ours, gift = await make_listing(conn, alice), await make_listing(conn, bob, mode="gift")
    known, unknown = await make_listing(conn, bob), await make_listing(conn, bob)
    await unavailabilities.save_copy(conn, known.id, [], "a")

    told = await list_told_calendars(conn, [ours.id, gift.id, known.id, unknown.id])

    assert {one.listing_id: one.told_at is not None for one in told} == {known.id: True, unknown.id: False}
