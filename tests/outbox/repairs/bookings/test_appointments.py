"""A shop's appointments: opened, asked for by slots, full, closed, opened again; and people without account."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.errors import Conflict, Invalid, NotFound
from models.exchanges.agreements import Terms
from models.listings.listings import Listing
from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WalkIn
from models.repairs.bookings.slots import MOST_SLOTS, Slot, SlotRules
from models.store.database import Connection, execute
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.endings import cancel
from outbox.listings import listings as outbox_listings
from outbox.listings.listing_defaults import find_latest
from outbox.repairs.bookings.appointments import (
    BookDraft,
    close_book,
    find_listing,
    move_book,
    note_walk_in,
    open_book,
    strike_walk_in,
)
from tests.factories import HERE, make_member

RULES = SlotRules(slot_minutes=60, notice_hours=2, ahead_days=20)
DRAFT = BookDraft(rules=RULES, capacity=1, title="Rendez-vous à l’atelier")


async def make_shop(conn: Connection) -> Actor:
    """Open every day from nine to noon."""
    shop = await make_member(conn, "atelier", type="Organization")
    week = (OpeningInterval(day=day, opens=time(9), closes=time(12)) for day in range(7))
    await actors.save_place(conn, shop.id, "3 rue du Lin", write_hours(make_hours(week, ())))
    return await actors.get(conn, shop.id)


async def list_slots(conn: Connection, listing: Listing) -> list[Slot]:
    return await appointment_books.list_slots(conn, listing, at=datetime.now(UTC))


def of(slot: Slot, **changes: Any) -> Terms:
    return replace(Terms(begins_at=slot.begins_at, ends_at=slot.ends_at), **changes)


async def test_a_slot_is_asked_for_agreed_and_free_again_once_it_is_cancelled(conn: Connection) -> None:
    shop, bob = await make_shop(conn), await make_member(conn, "bob")
    listing = await open_book(conn, HERE, shop, DRAFT)
    [first, second, *_] = await list_slots(conn, listing)

    asked = await request(conn, HERE, bob, listing, of(second))
    left = await list_slots(conn, listing)
    agreed = await accept(conn, HERE, shop, asked)
    with pytest.raises(Conflict, match="dates_taken"):
        await request(conn, HERE, await make_member(conn, "carol"), listing, of(second))
    await cancel(conn, HERE, bob, agreed)

    assert first in left and second not in left
    assert second in await list_slots(conn, listing)
    assert listing.details.slots_uri == f"{listing.uri}/slots" and listing.details.place_name == shop.place_name


async def test_only_slots_are_asked_for_but_the_shop_may_propose_any_time(conn: Connection) -> None:
    shop, bob = await make_shop(conn), await make_member(conn, "bob")
    listing = await open_book(conn, HERE, shop, DRAFT)
    [first, second, *_] = await list_slots(conn, listing)
    late = of(first, begins_at=first.begins_at + timedelta(minutes=30), ends_at=first.ends_at + timedelta(minutes=30))

    for wrong in (late, Terms(), of(first, ends_at=None)):
        with pytest.raises(Invalid, match="slot_unknown"):
            await request(conn, HERE, bob, listing, wrong)
    asked = await request(conn, HERE, bob, listing, of(second))
    with pytest.raises(Invalid, match="slot_unknown"):
        await counter(conn, HERE, bob, await counter(conn, HERE, shop, asked, late), late)
    countered = await counter(conn, HERE, bob, asked, of(first))

    assert (countered.begins_at, countered.state) == (first.begins_at, "countered")


async def test_several_come_at_once_and_bring_several_bikes(conn: Connection) -> None:
    shop = await make_shop(conn)
    listing = await open_book(conn, HERE, shop, replace(DRAFT, capacity=3))
    [slot, *_] = await list_slots(conn, listing)

    await request(conn, HERE, await make_member(conn, "bob"), listing, of(slot, quantity=Decimal(2)))
    with pytest.raises(Conflict, match="dates_taken"):
        await request(conn, HERE, await make_member(conn, "carol"), listing, of(slot, quantity=Decimal(2)))

    assert (await list_slots(conn, listing))[0] == replace(slot, left=1)


async def test_whoever_walks_in_takes_room_and_gives_it_back(conn: Connection) -> None:
    shop = await make_shop(conn)
    listing = await open_book(conn, HERE, shop, DRAFT)
    [slot, *_] = await list_slots(conn, listing)
    walk_in = WalkIn(begins_at=slot.begins_at, ends_at=slot.ends_at, name="  Mme  Petit ", phone="06 11 22 33 44")

    await note_walk_in(conn, shop, walk_in)
    with pytest.raises(Conflict, match="slot_full"):
        await note_walk_in(conn, shop, walk_in)
    with pytest.raises(Conflict, match="dates_taken"):
        await request(conn, HERE, await make_member(conn, "bob"), listing, of(slot))
    [entry] = await appointment_books.list_entries(conn, listing.id, slot.begins_at, slot.ends_at)
    assert entry.walk_in_id is not None and (entry.name, entry.phone) == ("Mme Petit", "06 11 22 33 44")
    assert await appointment_books.count_coming(conn, listing.id) == 1
    await strike_walk_in(conn, shop, entry.walk_in_id)

    assert slot in await list_slots(conn, listing)
    with pytest.raises(NotFound):
        await strike_walk_in(conn, shop, entry.walk_in_id)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "walk_in_name_missing"),
        ({"name": "x" * 81}, "walk_in_too_long"),
        ({"phone": "0" * 31}, "walk_in_too_long"),
        ({"note": "x" * 501}, "walk_in_too_long"),
        ({"begins_at": datetime(2020, 1, 1, tzinfo=UTC)}, "walk_in_day_out_of_range"),
    ],
)
async def test_a_walk_in_says_who_and_when(conn: Connection, changes: dict[str, Any], code: str) -> None:
    shop = await make_shop(conn)
    await open_book(conn, HERE, shop, DRAFT)
    begins_at = datetime.now(PARIS) + timedelta(days=1)
    walk_in = WalkIn(begins_at=begins_at, ends_at=begins_at + timedelta(hours=1), name="Léa")

    with pytest.raises(Invalid, match=code):
        await note_walk_in(conn, shop, replace(walk_in, **changes))


async def test_a_closed_book_takes_none_and_stands_again_with_other_rules(conn: Connection) -> None:
    shop, bob = await make_shop(conn), await make_member(conn, "bob")
    listing = await open_book(conn, HERE, shop, DRAFT)
    [slot, *_] = await list_slots(conn, listing)
    await close_book(conn, HERE, shop)

    with pytest.raises(Conflict, match="listing_paused"):
        await request(conn, HERE, bob, listing, of(slot))
    with pytest.raises(NotFound):
        await close_book(conn, HERE, shop)
    other = BookDraft(rules=replace(RULES, slot_minutes=90), capacity=2, title="Atelier vélo", text="Venez avec lui.")
    again = await open_book(conn, HERE, shop, other)

    assert again.id == listing.id and again.details.slots_uri == listing.details.slots_uri
    assert (again.details.title, again.details.available_quantity) == ("Atelier vélo", Decimal(2))
    assert {one.ends_at - one.begins_at for one in await list_slots(conn, again)} == {timedelta(minutes=90)}


async def test_a_book_that_was_taken_back_begins_anew_and_a_person_has_none(conn: Connection) -> None:
    shop = await make_shop(conn)
    first = await open_book(conn, HERE, shop, DRAFT)
    await outbox_listings.withdraw(conn, HERE, shop, first.uri)
    assert await find_listing(conn, shop) is None

    second = await open_book(conn, HERE, shop, DRAFT)
    with pytest.raises(Invalid, match="book_for_shops_only"):
        await open_book(conn, HERE, await make_member(conn, "bob"), DRAFT)

    assert second.id != first.id and await find_listing(conn, shop) == second


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(DRAFT, rules=replace(RULES, slot_minutes=14)), "slot_length_out_of_range"),
        (replace(DRAFT, rules=replace(RULES, slot_minutes=481)), "slot_length_out_of_range"),
        (replace(DRAFT, capacity=0), "capacity_out_of_range"),
        (replace(DRAFT, capacity=11), "capacity_out_of_range"),
        (replace(DRAFT, rules=replace(RULES, notice_hours=337)), "notice_out_of_range"),
        (replace(DRAFT, rules=replace(RULES, ahead_days=181)), "horizon_out_of_range"),
    ],
)
async def test_rules_have_limits(conn: Connection, draft: BookDraft, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        await open_book(conn, HERE, await make_shop(conn), draft)


async def test_a_shop_that_comes_by_from_now_on_says_no_more_where_it_was(conn: Connection) -> None:
    shop = await make_shop(conn)
    await execute(
        conn, "UPDATE actor SET latitude = 50.64512, longitude = 2.98765, radius = NULL WHERE id = $1", shop.id
    )
    listing = await open_book(conn, HERE, await actors.get(conn, shop.id), DRAFT)
    await execute(conn, "UPDATE actor SET latitude = 50.65, longitude = 3.0, radius = 2000 WHERE id = $1", shop.id)

    await move_book(conn, HERE, await actors.get(conn, shop.id))

    moved = await find_listing(conn, shop)
    assert listing.details.latitude == 50.64512 and moved is not None
    assert (moved.details.latitude, moved.details.longitude, moved.details.radius) == (50.65, 3.0, 2000)


async def test_a_new_text_that_waits_goes_on_waiting_when_the_shop_moves(conn: Connection) -> None:
    shop = await make_shop(conn)
    listing = await open_book(conn, HERE, shop, DRAFT)
    rule = ModerationRule(name="Arnaques", patterns=("crypto*",), action="hold", on_local=True, on_remote=False)
    await filters.save(conn, rule)
    await open_book(conn, HERE, shop, replace(DRAFT, text="Payable en cryptos"))
    await execute(conn, "UPDATE actor SET latitude = 50.65, longitude = 3.0, radius = 2000 WHERE id = $1", shop.id)

    await move_book(conn, HERE, await actors.get(conn, shop.id))

    moved = await find_listing(conn, shop)
    assert moved is not None and (moved.details.latitude, moved.post.source) == (50.65, "")
    latest = (await find_latest(conn, moved)).listing
    assert (latest.details.latitude, latest.post.source) == (50.65, "Payable en cryptos")
    await open_book(conn, HERE, await actors.get(conn, shop.id), DRAFT)
    assert (await find_latest(conn, listing)).held is None


@pytest.mark.parametrize("moves", [False, True])
async def test_a_shop_that_saves_its_page_does_not_put_its_new_text_at_the_end_again(
    conn: Connection, moves: bool
) -> None:
    shop = await make_shop(conn)
    listing = await open_book(conn, HERE, shop, DRAFT)
    rule = ModerationRule(name="Arnaques", patterns=("crypto*",), action="hold", on_local=True, on_remote=False)
    await filters.save(conn, rule)
    await open_book(conn, HERE, shop, replace(DRAFT, text="Payable en cryptos"))
    await execute(conn, "UPDATE held_post SET held_at = held_at - interval '1 hour'")
    before = (await find_latest(conn, listing)).held
    [counted] = await filters.list_all(conn)
    if moves:
        await execute(conn, "UPDATE actor SET latitude = 50.65, longitude = 3.0, radius = 2000 WHERE id = $1", shop.id)

    await move_book(conn, HERE, await actors.get(conn, shop.id))

    after = (await find_latest(conn, listing)).held
    assert before is not None and after is not None
    assert (after.held_at, after.case_id) == (before.held_at, before.case_id)
    assert (after == before, await filters.list_all(conn) == [counted]) == (not moves, not moves)


async def test_who_comes_keeps_the_listing_from_being_withdrawn(conn: Connection) -> None:
    shop, bob = await make_shop(conn), await make_member(conn, "bob")
    listing = await open_book(conn, HERE, shop, DRAFT)
    [slot, *_] = await list_slots(conn, listing)
    asked = await request(conn, HERE, bob, listing, of(slot))

    with pytest.raises(Conflict, match="book_has_visits"):
        await outbox_listings.withdraw(conn, HERE, shop, listing.uri)
    await cancel(conn, HERE, bob, await accept(conn, HERE, shop, asked))
    await outbox_listings.withdraw(conn, HERE, shop, listing.uri)

    assert await find_listing(conn, shop) is None


async def test_no_more_slots_are_told_than_are_read(conn: Connection) -> None:
    shop = await make_shop(conn)
    week = (OpeningInterval(day=day, opens=time(0), closes=time(23, 45)) for day in range(7))
    await actors.save_place(conn, shop.id, "3 rue du Lin", write_hours(make_hours(week, ())))
    rules = SlotRules(slot_minutes=15, notice_hours=0, ahead_days=180)
    listing = await open_book(conn, HERE, await actors.get(conn, shop.id), replace(DRAFT, rules=rules))

    assert len(await list_slots(conn, listing)) == MOST_SLOTS
