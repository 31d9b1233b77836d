"""When each shop has room next: kept, renewed by whatever changes it, and what orders the list by it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from models.exchanges.agreements import Terms
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.repairs.bookings import appointment_books, next_slots, slot_copies
from models.repairs.bookings.appointment_books import WalkIn
from models.repairs.bookings.slots import Slot, SlotRules
from models.repairs.shops import appearing
from models.repairs.shops.appearing import ShopFilter, ShopOrder
from models.store.database import Connection, execute, fetch_value
from outbox.exchanges.agreements.agreements import request
from outbox.exchanges.agreements.endings import withdraw
from outbox.repairs.bookings.appointments import BookDraft, close_book, note_walk_in, open_book, strike_walk_in
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.repair_shops import let_appear, make_shop

RULES = SlotRules(slot_minutes=60, notice_hours=2, ahead_days=20)


async def open_shop(conn: Connection, name: str, *, opens: int = 9) -> tuple[Actor, Listing]:
    """Open every day until noon; it stands in the list and takes appointments."""
    shop = await make_shop(conn, name, name=name.title())
    week = (OpeningInterval(day=day, opens=time(opens), closes=time(12)) for day in range(7))
    await actors.save_place(conn, shop.id, None, write_hours(make_hours(week, ())))
    shop = await actors.get(conn, shop.id)
    await let_appear(conn, shop, await make_member(conn, f"team{name}"))
    return shop, await open_book(conn, HERE, shop, BookDraft(rules=RULES, capacity=1, title="Rendez-vous"))


async def find_next(conn: Connection, shop: Actor) -> datetime | None:
    found: datetime | None = await fetch_value(conn, "SELECT begins_at FROM next_slot WHERE actor_id = $1", shop.id)
    return found


async def list_slots(conn: Connection, listing: Listing) -> list[Slot]:
    return await appointment_books.list_slots(conn, listing, at=datetime.now(UTC))


async def test_whatever_changes_it_renews_it(conn: Connection) -> None:
    shop, listing = await open_shop(conn, "rayon")
    bob = await make_member(conn, "bob")
    first, second, third, *_ = await list_slots(conn, listing)
    assert await find_next(conn, shop) == first.begins_at

    asked = await request(conn, HERE, bob, listing, Terms(begins_at=first.begins_at, ends_at=first.ends_at))
    assert await find_next(conn, shop) == second.begins_at
    await note_walk_in(conn, shop, WalkIn(begins_at=second.begins_at, ends_at=second.ends_at, name="Mme Petit"))
    assert await find_next(conn, shop) == third.begins_at
    await strike_walk_in(conn, shop, await fetch_value(conn, "SELECT id FROM walk_in"))
    assert await find_next(conn, shop) == second.begins_at
    await withdraw(conn, HERE, bob, asked)
    assert await find_next(conn, shop) == first.begins_at
    await close_book(conn, HERE, shop)
    assert await find_next(conn, shop) is None


async def test_a_book_is_looked_at_again_once_its_hour_has_come_or_a_quarter_of_an_hour_later(conn: Connection) -> None:
    _, listing = await open_shop(conn, "rayon")

    fresh = await next_slots.list_due(conn)
    await execute(conn, "UPDATE next_slot SET begins_at = now() + interval '119 minutes'")
    passed = await next_slots.list_due(conn)
    await execute(
        conn, "UPDATE next_slot SET begins_at = now() + interval '3 hours', looked_at = now() - interval '16 minutes'"
    )
    old = await next_slots.list_due(conn)

    assert (fresh, passed, old) == ([], [listing.id], [listing.id])


async def test_of_a_shop_elsewhere_it_is_the_first_that_is_to_come_of_what_it_told(conn: Connection) -> None:
    shop = await make_remote_actor(conn, "garage", "henin.test", type="Organization")
    listing = await make_listing(
        conn, shop, post={"local": False}, mode="service", slots_uri="https://henin.test/1/slots"
    )
    now = datetime.now(UTC).replace(microsecond=0)
    told = [
        Slot(begins_at=now + timedelta(hours=at), ends_at=now + timedelta(hours=at + 1), left=1) for at in (-1, 3, 5)
    ]
    await slot_copies.save(conn, listing.id, told, "")

    await next_slots.renew_copy(conn, listing.id)
    first = await find_next(conn, shop)
    await execute(
        conn,
        "UPDATE slot_copy SET slots = jsonb_set(slots, '{1,0}', to_jsonb((now() - interval '1 minute')::text))",
    )
    await execute(conn, "UPDATE next_slot SET begins_at = now() - interval '1 minute'")
    passed = await next_slots.pass_over(conn)

    assert (first, passed) == (now + timedelta(hours=3), 1)
    assert await find_next(conn, shop) == now + timedelta(hours=5)


@pytest.mark.parametrize(("order", "expected"), [("slot", ["soon", "later", "unknown"]), ("day", None)])
async def test_the_list_is_ordered_by_it_only_where_somebody_wants_that(
    conn: Connection, order: ShopOrder, expected: list[str] | None
) -> None:
    shops = {name: (await open_shop(conn, name))[0] for name in ("later", "unknown", "soon")}
    for name, hours in (("later", 30), ("soon", 5)):
        await execute(
            conn,
            "UPDATE next_slot SET begins_at = now() + make_interval(hours => $2) WHERE actor_id = $1",
            shops[name].id,
            hours,
        )
    await next_slots.forget(conn, shops["unknown"].id)

    found = await appearing.list_shops(conn, ShopFilter(order=order, day=date(2027, 5, 3)))

    names = {one.id: name for name, one in shops.items()}
    listed = [names[one.actor_id] for one in found]
    assert sorted(listed) == sorted(shops) and (expected is None or listed == expected)
    assert {names[one.actor_id] for one in found if one.next_at is None} == {"unknown"}


async def test_what_was_looked_at_too_long_ago_says_nothing(conn: Connection) -> None:
    await open_shop(conn, "rayon")
    await execute(conn, "UPDATE next_slot SET looked_at = now() - interval '25 hours'")

    [found] = await appearing.list_shops(conn, ShopFilter(order="slot", day=date(2027, 5, 3)))

    assert found.next_at is None
