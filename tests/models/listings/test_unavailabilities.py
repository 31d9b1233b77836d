"""Days on which a listing is not to be had, and what others may know of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.errors import NotFound
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import NewAgreement, Taken, Terms
from models.listings import unavailabilities
from models.listings.listings import Listing, ListingDetails
from models.listings.unavailabilities import Range, find_ranges, midnight
from models.moments import PARIS
from models.store.database import Connection, execute
from tests.factories import make_listing, make_member, make_remote_actor

NOW = datetime(2027, 5, 10, 12, tzinfo=PARIS)


def day(number: int, month: int = 5) -> datetime:
    return midnight(date(2027, month, number))


def details(mode: Any = "loan", **changes: Any) -> ListingDetails:
    return ListingDetails(**({"kind": "offer", "mode": mode, "title": "Tente"} | changes))


def taken(begins_at: datetime, ends_at: datetime, quantity: int | None = 1) -> Taken:
    """An agreement about so many; None: the owner's own days."""
    amount = None if quantity is None else Decimal(quantity)
    return Taken(begins_at=begins_at, ends_at=ends_at, quantity=amount, agreement_id=None if quantity is None else 1)


def hour(number: int, of: int) -> datetime:
    return datetime(2027, 5, number, of, tzinfo=PARIS)


def test_owner_s_days_and_agreements_become_one_range_and_cannot_be_told_apart() -> None:
    kept, lent = taken(day(12), day(15), None), taken(day(15), day(18))

    assert find_ranges(details(), [kept, lent], at=NOW) == [Range(begins_at=day(12), ends_at=day(18))]
    assert find_ranges(details(), [kept], at=NOW) == find_ranges(details(), [taken(day(12), day(15))], at=NOW)


def test_a_loan_from_noon_to_noon_looks_like_whole_days() -> None:
    lent = taken(hour(12, 12), hour(14, 12))

    assert find_ranges(details(), [lent], at=NOW) == [Range(begins_at=day(12), ends_at=day(15))]


def test_what_is_over_is_not_told_and_what_lasts_begins_today() -> None:
    ranges = find_ranges(details(), [taken(day(1), day(5)), taken(day(6), day(12))], at=NOW)

    assert ranges == [Range(begins_at=day(10), ends_at=day(12))]


def test_of_several_lent_one_by_one_all_have_to_be_gone() -> None:
    three = details(available_quantity=Decimal(3))
    out = [taken(day(12), day(16)), taken(day(14), day(18)), taken(day(15), day(17))]

    assert find_ranges(three, out, at=NOW) == [Range(begins_at=day(15), ends_at=day(16))]


def test_of_a_service_only_full_days_are_told() -> None:
    by_the_hour = details("service", unit="hour", unit_based=True)

    busy = [taken(hour(12, 14), hour(12, 16)), taken(day(14), day(15), None), taken(day(16), day(17))]

    assert find_ranges(by_the_hour, busy, at=NOW) == [Range(begins_at=day(14), ends_at=day(15))]
    assert find_ranges(details("service"), busy, at=NOW) == [
        Range(begins_at=day(14), ends_at=day(15)),
        Range(begins_at=day(16), ends_at=day(17)),
    ]


def test_days_keep_their_midnights_when_the_clock_changes() -> None:
    march = datetime(2027, 3, 20, 12, tzinfo=PARIS)

    [found] = find_ranges(details(), [taken(day(27, 3), day(29, 3))], at=march)

    assert (found.begins_at.astimezone(UTC).hour, found.ends_at.astimezone(UTC).hour) == (23, 22)


def test_a_calendar_reaches_a_year_ahead_and_holds_two_hundred_ranges() -> None:
    every_other = [taken(day(12) + timedelta(days=2 * n), day(13) + timedelta(days=2 * n)) for n in range(400)]
    for_ever = taken(day(12), day(12) + timedelta(days=3000), None)

    assert len(find_ranges(details(), every_other, at=NOW)) <= unavailabilities.MOST_RANGES
    [one] = find_ranges(details(), [for_ever], at=NOW)
    assert one.ends_at - NOW < timedelta(days=367)


async def make_tent(conn: Connection, **changes: Any) -> Listing:
    owner = await make_member(conn)
    return await make_listing(conn, owner, **({"mode": "loan"} | changes))


async def test_days_that_touch_become_one(conn: Connection) -> None:
    tent = await make_tent(conn)

    for first, last in ((12, 14), (16, 18), (14, 16), (17, 20)):
        await unavailabilities.add(conn, tent.id, day(first), day(last))

    [only] = await unavailabilities.list_own(conn, tent.id, at=NOW)
    assert (only.begins_at, only.ends_at) == (day(12), day(20))


async def test_days_are_given_back_by_their_own_listing_only(conn: Connection) -> None:
    tent = await make_tent(conn)
    await unavailabilities.add(conn, tent.id, day(12), day(14))
    [own] = await unavailabilities.list_own(conn, tent.id, at=NOW)

    with pytest.raises(NotFound):
        await unavailabilities.remove(conn, tent.id + 1, own.id)
    await unavailabilities.remove(conn, tent.id, own.id)

    assert await unavailabilities.list_own(conn, tent.id, at=NOW) == []


async def test_a_listing_keeps_a_hundred_ranges(conn: Connection) -> None:
    tent = await make_tent(conn)
    await execute(
        conn,
        """
        INSERT INTO unavailability (id, listing_id, begins_at, ends_at)
        SELECT n, $1, $2::timestamptz + n * interval '2 days', $2::timestamptz + n * interval '2 days 1 hour'
        FROM generate_series(1, 100) AS n
        """,
        tent.id,
        day(20),
    )

    assert not await unavailabilities.add(conn, tent.id, day(1), day(2))
    assert await unavailabilities.add(conn, tent.id, day(20), day(30))


async def test_the_calendar_of_ours_counts_requests_agreements_and_own_days(conn: Connection) -> None:
    tent = await make_tent(conn)
    bob = await make_remote_actor(conn)
    thread = await exchanges.open(conn, listing_id=tent.id, owner_id=tent.post.author_id, partner_id=bob.id)
    await agreements.create(
        conn,
        NewAgreement(
            exchange_id=thread.id,
            listing_id=tent.id,
            owner_id=tent.post.author_id,
            partner_id=bob.id,
            proposed_by=bob.id,
            uri=None,
            request_uri="https://henin.test/offers/1",
            terms=Terms(begins_at=day(14), ends_at=day(16)),
            held_until=NOW + timedelta(days=3),
            updated_at=NOW,
        ),
    )
    await unavailabilities.add(conn, tent.id, day(12), day(14))

    calendar = await unavailabilities.load_calendar(conn, tent, at=NOW)

    assert calendar.ranges == (Range(begins_at=day(12), ends_at=day(16)),)
    assert calendar.known and calendar.told_at is None


async def test_what_is_given_has_no_calendar(conn: Connection) -> None:
    gift = await make_tent(conn, mode="gift")
    await unavailabilities.add(conn, gift.id, day(12), day(14))

    assert (await unavailabilities.load_calendar(conn, gift, at=NOW)).ranges == ()


async def test_a_copy_tells_what_its_server_said_last_and_is_asked_for_now_and_then(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    tent = await make_listing(conn, bob, mode="loan", calendar_uri="https://henin.test/c")
    assert not (await unavailabilities.load_calendar(conn, tent, at=NOW)).known

    claimed = [await unavailabilities.claim_copy(conn, tent.id) for _ in range(2)]
    over, ahead = Range(begins_at=day(1), ends_at=day(2)), Range(begins_at=day(12), ends_at=day(13))
    await unavailabilities.save_copy(conn, tent.id, [over, ahead], '"1"')
    calendar = await unavailabilities.load_calendar(conn, tent, at=NOW)
    await execute(conn, "UPDATE calendar_copy SET asked_at = now() - interval '6 minutes'")

    assert claimed == [True, False] and await unavailabilities.claim_copy(conn, tent.id)
    assert calendar.ranges == (ahead,) and calendar.told_at is not None
    assert await unavailabilities.find_etag(conn, tent.id) == '"1"'


async def test_days_long_past_are_forgotten(conn: Connection) -> None:
    tent = await make_tent(conn)
    now = datetime.now(UTC)
    await unavailabilities.add(conn, tent.id, now - timedelta(days=60), now - timedelta(days=50))
    await unavailabilities.add(conn, tent.id, now - timedelta(days=6), now - timedelta(days=5))

    assert await unavailabilities.forget_over(conn) == 1
