"""What the cooperative gives: once, on time, and not for publishing and withdrawing again."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import posts, preferences
from models.exchanges import points
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Connection, Pool, execute, transaction
from tests.factories import make_listing, make_local_actor, make_member
from tests.points import KEPT, give, require_balanced

NOVEMBER = datetime(2027, 11, 15, 12, tzinfo=UTC)
DECEMBER = datetime(2027, 12, 15, 12, tzinfo=UTC)


async def join(conn: Connection, username: str = "alice", *, at: datetime = NOVEMBER) -> Actor:
    member = await make_member(conn, username)
    await execute(conn, "UPDATE account SET confirmed_at = $2 WHERE actor_id = $1", member.id, at)
    return member


async def list_kinds(conn: Connection, member: Actor) -> list[str]:
    await require_balanced(conn)
    return [one.kind for one in await points.list_movements(conn, member.id, limit=50)]


async def test_joining_is_welcomed_once(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice = await join(conn)

    given = [await points.grant_welcome(conn, alice.id), await points.grant_welcome(conn, alice.id)]

    assert given == [True, False] and await points.find_balance(conn, alice.id) == 50


async def test_without_points_nothing_is_given(conn: Connection) -> None:
    alice = await join(conn)

    assert not await points.grant_welcome(conn, alice.id)
    assert await points.grant_due(conn, at=DECEMBER, limit=100) == 0
    assert not await points.grant_deposit(conn, await make_listing(conn, alice))
    assert await list_kinds(conn, alice) == []


async def test_members_from_before_are_welcomed_when_points_are_switched_on(conn: Connection) -> None:
    alice = await join(conn, at=NOVEMBER - timedelta(days=400))
    await preferences.save(conn, KEPT)

    await points.grant_due(conn, at=NOVEMBER, limit=100)

    assert await list_kinds(conn, alice) == ["joining"]


async def test_each_month_is_given_once_however_often_and_late_it_runs(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice = await join(conn)

    for at in (NOVEMBER, DECEMBER, DECEMBER, DECEMBER + timedelta(days=10), DECEMBER + timedelta(days=31)):
        await points.grant_due(conn, at=at, limit=100)

    assert await list_kinds(conn, alice) == ["monthly", "monthly", "joining"]
    assert await points.find_balance(conn, alice.id) == 50 + 30 + 30
    found = await points.list_movements(conn, alice.id, limit=50)
    assert [str(one.month) for one in found] == ["2028-01-01", "2027-12-01", "None"]


async def test_a_month_begins_at_midnight_in_paris(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice = await join(conn, at=datetime(2027, 6, 30, 21, 59, tzinfo=UTC))
    hocine = await join(conn, "hocine", at=datetime(2027, 6, 30, 22, 1, tzinfo=UTC))
    await points.grant_welcome(conn, alice.id, at=datetime(2027, 6, 30, 21, 59, tzinfo=UTC))
    await points.grant_welcome(conn, hocine.id, at=datetime(2027, 6, 30, 22, 1, tzinfo=UTC))

    await points.grant_due(conn, at=datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC), limit=100)
    before = await list_kinds(conn, alice)
    await points.grant_due(conn, at=datetime(2027, 6, 30, 22, 5, tzinfo=UTC), limit=100)

    assert before == ["joining"]
    assert await list_kinds(conn, alice) == ["monthly", "joining"]
    assert await list_kinds(conn, hocine) == ["joining"]  # who joined in July


async def test_whoever_cannot_log_in_or_moved_away_gets_no_month(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    names = ("closed", "unconfirmed", "moved", "alice")
    closed, unconfirmed, moved, alice = [await join(conn, name) for name in names]
    await execute(conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", closed.id)
    await execute(conn, "UPDATE account SET confirmed_at = NULL WHERE actor_id = $1", unconfirmed.id)
    await execute(conn, "UPDATE actor SET moved_to = 'https://ailleurs.test/u' WHERE id = $1", moved.id)

    await points.grant_due(conn, at=DECEMBER, limit=100)
    await points.grant_due(conn, at=DECEMBER + timedelta(days=31), limit=100)

    assert [await list_kinds(conn, one) for one in (closed, unconfirmed, moved)] == [[], [], []]
    assert await list_kinds(conn, alice) == ["monthly", "joining"]


async def test_a_month_given_in_parallel_is_given_once(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await preferences.save(conn, KEPT)
        members = [await join(conn, f"membre{number}") for number in range(20)]
    async with transaction(pool) as conn:
        await points.grant_due(conn, at=NOVEMBER, limit=100)

    async def grant() -> int:
        async with transaction(pool) as conn:
            return await points.grant_due(conn, at=DECEMBER, limit=100)

    given = await asyncio.gather(*(grant() for _ in range(5)))

    async with transaction(pool) as conn:
        assert sum(given) == 20
        assert {await points.find_balance(conn, member.id) for member in members} == {80}


@pytest.mark.parametrize(
    "details", [{"kind": "request"}, {"mode": "service"}, {"mode": "sale"}, {"kind": "repair_call", "mode": "repair"}]
)
async def test_only_objects_are_deposited(conn: Connection, details: dict[str, Any]) -> None:
    await preferences.save(conn, KEPT)
    alice = await join(conn)

    assert not await points.grant_deposit(conn, await make_listing(conn, alice, **details))


async def test_only_members_deposit(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    coop = await make_local_actor(conn, "coop")

    assert not await points.grant_deposit(conn, await make_listing(conn, coop))


async def deposit(conn: Connection, author: Actor, title: str = "Tente quatre places", **given: datetime) -> Listing:
    listing = await make_listing(conn, author, title=title)
    await points.grant_deposit(conn, listing, **given)
    return listing


async def test_an_object_is_counted_once_though_it_is_published_again(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice, hocine = await join(conn), await join(conn, "hocine")
    first = await deposit(conn, alice)

    again = await points.grant_deposit(conn, first)
    for title in ("Tente quatre places", "TENTE quatre plàces", "Perceuse"):
        await deposit(conn, alice, title)
    await deposit(conn, hocine)
    await deposit(conn, alice, at=datetime.now(UTC) + timedelta(days=181))

    assert not again and await points.find_balance(conn, alice.id) == 15
    assert await points.find_balance(conn, hocine.id) == 5


async def test_publishing_much_is_not_paid_without_end(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice = await join(conn)

    for number in range(23):
        await deposit(conn, alice, f"Objet {number}")

    assert await points.find_balance(conn, alice.id) == 20 * 5


async def test_what_is_withdrawn_soon_is_taken_back_and_may_be_deposited_again(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice = await join(conn)

    for _ in range(3):
        listing = await deposit(conn, alice)
        await posts.delete(conn, listing.id)
        await points.take_back_due(conn, listing_id=listing.id)
        assert await points.take_back_due(conn) == 0
    between = await points.find_balance(conn, alice.id)
    await deposit(conn, alice)

    assert between == 0 and await points.find_balance(conn, alice.id) == 5
    assert await list_kinds(conn, alice) == ["deposit", *["taken_back", "deposit"] * 3]


async def test_what_stood_for_a_month_is_not_taken_back(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice = await join(conn)
    listing = await deposit(conn, alice, at=datetime.now(UTC) - timedelta(days=31))
    await posts.delete(conn, listing.id)

    assert await points.take_back_due(conn) == 0


async def test_cancelled_soon_counts_as_withdrawn_and_done_does_not(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice = await join(conn)
    for title, status in (("Perceuse", "fulfilled"), ("Tente", "cancelled")):
        listing = await deposit(conn, alice, title)
        await execute(conn, "UPDATE listing SET status = $2 WHERE post_id = $1", listing.id, status)
        await execute(conn, "UPDATE post SET updated_at = now() WHERE id = $1", listing.id)

    assert await points.take_back_due(conn) == 5
    assert await points.find_balance(conn, alice.id) == 5


async def test_what_was_spent_meanwhile_is_owed_and_taken_from_the_next_grant(conn: Connection) -> None:
    await preferences.save(conn, replace(KEPT, points_joining=0))
    alice, hocine = await join(conn), await join(conn, "hocine")
    listing = await deposit(conn, alice)
    await points.settle(conn, agreement_id=1, payer_id=alice.id, payee_id=hocine.id, amount=3)
    await posts.delete(conn, listing.id)

    first = await points.take_back_due(conn, listing_id=listing.id)
    await give(conn, alice, 30)
    then = [await points.take_back_due(conn), await points.take_back_due(conn)]

    assert (first, then) == (2, [3, 0])
    assert await points.find_balance(conn, alice.id) == 30 - 3
