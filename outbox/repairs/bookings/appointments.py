"""A shop of ours takes appointments: its book is opened, changed and closed, and who walks in is noted."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements
from models.listings import listings
from models.listings.listings import OPEN, Listing, ListingDraft, find_stock
from models.people.actors import Actor
from models.posts.media import media
from models.repairs.bookings import appointment_books, next_slots
from models.repairs.bookings.appointment_books import WalkIn
from models.repairs.bookings.slots import SlotRules
from models.settings import Site
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.listings import listings as outbox_listings
from outbox.listings.listing_defaults import find_latest, read_back
from outbox.people.profiles import announce_update

SHORTEST, LONGEST = 15, 480
"""Minutes of a slot."""

MOST_AT_ONCE = 10
MOST_NOTICE = 336
"""Hours: a fortnight."""

FARTHEST = 180
"""Days ahead."""

NAME_LIMIT = 80
PHONE_LIMIT = 30
NOTE_LIMIT = 500
PLACE_LIMIT = 200

CATEGORY = "velo-reparation"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookDraft:
    """How a shop takes appointments: `capacity` people at once, `text` what one should know before coming."""

    rules: SlotRules
    capacity: int
    title: str
    text: str = ""


async def find_listing(conn: Connection, shop: Actor) -> Listing | None:
    """The listing of the shop's appointments, open or not; None where it never took any, or took it back."""
    book = await appointment_books.find_of_actor(conn, shop.id)
    found = await listings.find_by_post(conn, book.listing_id) if book is not None else None
    return found if found is not None and found.post.deleted_at is None else None


async def open_book(conn: Connection, site: Site, shop: Actor, draft: BookDraft) -> Listing:
    """The shop takes appointments by these rules from now on; what is agreed already stands. Raises Invalid.

    The first time that publishes a listing, which says so everywhere; later it is changed, and stands again.
    """
    _require_rules(draft)
    if shop.type != "Organization":
        raise Invalid("book_for_shops_only")
    held = await find_listing(conn, shop)
    if held is None:
        listing = await outbox_listings.publish(conn, site, shop, _begin(shop, draft))
    else:
        await agreements.lock_listing(conn, held.id)
        listing = await _change(conn, site, shop, held, draft)
    await appointment_books.save(conn, listing.id, shop.id, draft.rules)
    await next_slots.renew(conn, listing, at=datetime.now(UTC))
    await announce_update(conn, site, shop)  # whose document names the listing
    return listing


PLACE = ("place_name", "postcode", "commune_code", "latitude", "longitude", "radius")


async def move_book(conn: Connection, site: Site, shop: Actor) -> None:
    """The shop is elsewhere now, or says less of where it is: so does the listing of its appointments, at once.

    A new version of it that waits for a look goes on waiting, since when it did, and is there too. What stands says the
    same as before meanwhile: nobody need look at that.
    """
    held = await find_listing(conn, shop)
    if held is None:
        return
    await agreements.lock_listing(conn, held.id)
    stands = read_back(held, (await media.list_by_posts(conn, [held.id]))[held.id])
    latest = await _read_latest(conn, held)
    waits, moved = latest != stands, replace(stands, **_find_place(shop))
    if moved != stands:
        await outbox_listings.edit(conn, site, shop, held.uri, moved, looked_at=waits)
    if waits:
        await _save(conn, site, shop, held, latest, replace(latest, **_find_place(shop)))


def _find_place(shop: Actor) -> dict[str, Any]:
    return {name: getattr(shop, name) for name in PLACE}


async def _read_latest(conn: Connection, held: Listing) -> ListingDraft:
    latest = await find_latest(conn, held)
    return replace(read_back(latest.listing, latest.attached), by_slots=False)


async def _save(
    conn: Connection, site: Site, shop: Actor, held: Listing, before: ListingDraft, wanted: ListingDraft
) -> Listing:
    if wanted == before:
        return held
    return await outbox_listings.edit(conn, site, shop, held.uri, wanted)


async def _change(conn: Connection, site: Site, shop: Actor, held: Listing, draft: BookDraft) -> Listing:
    before = await _read_latest(conn, held)
    kept = replace(before, title=draft.title, text=draft.text, quantity=Decimal(draft.capacity))
    listing = await _save(conn, site, shop, held, before, replace(kept, **_find_place(shop)))
    if listing.details.status not in OPEN:
        listing = await outbox_listings.reopen(conn, site, shop, held.uri)
    return listing


def _begin(shop: Actor, draft: BookDraft) -> ListingDraft:
    return ListingDraft(
        kind="offer",
        mode="service",
        title=draft.title,
        text=draft.text,
        category=CATEGORY,
        quantity=Decimal(draft.capacity),
        by_slots=True,
        **_find_place(shop),
    )


def _require_rules(draft: BookDraft) -> None:
    rules = draft.rules
    if not SHORTEST <= rules.slot_minutes <= LONGEST:
        raise Invalid("slot_length_out_of_range", least=SHORTEST, most=LONGEST, field="slot_minutes")
    if not 1 <= draft.capacity <= MOST_AT_ONCE:
        raise Invalid("capacity_out_of_range", most=MOST_AT_ONCE, field="capacity")
    if not 0 <= rules.notice_hours <= MOST_NOTICE:
        raise Invalid("notice_out_of_range", most=MOST_NOTICE, field="notice_hours")
    if not 1 <= rules.ahead_days <= FARTHEST:
        raise Invalid("horizon_out_of_range", most=FARTHEST, field="ahead_days")


async def close_book(conn: Connection, site: Site, shop: Actor) -> None:
    """It takes no appointments any more; those that are agreed stand. Raises NotFound where it takes none."""
    held = await find_listing(conn, shop)
    if held is None or held.details.status not in OPEN:
        raise NotFound("no_appointments")
    await outbox_listings.pause(conn, site, shop, held.uri)
    await next_slots.forget(conn, shop.id)
    await announce_update(conn, site, shop)


async def note_walk_in(conn: Connection, shop: Actor, walk_in: WalkIn) -> None:
    """Somebody without account comes then. Raises NotFound, Invalid, and Conflict where there is no room."""
    walk_in = _tidy(walk_in)
    held = await find_listing(conn, shop)
    if held is None:
        raise NotFound("no_appointments")
    await agreements.lock_listing(conn, held.id)
    taken = await agreements.list_taken(conn, held.id, walk_in.begins_at, walk_in.ends_at)
    if any(one.quantity is None for one in taken):
        raise Conflict("slot_in_own_calendar", field="begins_at")
    there = find_stock(held.details) or Decimal(0)
    if not agreements.is_free(taken, walk_in.begins_at, walk_in.ends_at, wanted=Decimal(1), there=there):
        raise Conflict("slot_full", field="begins_at")
    await appointment_books.add_walk_in(conn, held.id, walk_in)
    await next_slots.renew(conn, held, at=datetime.now(UTC))


def _tidy(walk_in: WalkIn) -> WalkIn:
    tidied = (" ".join(NOT_TYPED.sub("", text).split()) for text in (walk_in.name, walk_in.phone, walk_in.place))
    name, phone, place = tidied
    note = NOT_TYPED.sub("", walk_in.note).strip()
    limits = {"name": (name, NAME_LIMIT), "phone": (phone, PHONE_LIMIT), "note": (note, NOTE_LIMIT)}
    for field, (text, most) in (limits | {"place": (place, PLACE_LIMIT)}).items():
        if len(text) > most:
            raise Invalid("walk_in_too_long", most=most, field=field)
    if not name:
        raise Invalid("walk_in_name_missing", field="name")
    now = datetime.now(UTC)
    if not now - timedelta(days=1) <= walk_in.begins_at <= now + timedelta(days=FARTHEST):
        raise Invalid("walk_in_day_out_of_range", field="begins_at")
    return replace(walk_in, name=name, phone=phone, note=note, place=place)


async def strike_walk_in(conn: Connection, shop: Actor, walk_in_id: int) -> None:
    """She does not come: there is room again. Raises NotFound."""
    held = await find_listing(conn, shop)
    if held is None:
        raise NotFound("no_appointments")
    await appointment_books.remove_walk_in(conn, held.id, walk_in_id)
    await next_slots.renew(conn, held, at=datetime.now(UTC))
