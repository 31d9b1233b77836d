"""Whether terms fit what a listing offers, and whether there is room for them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from models.coop import shutdown
from models.errors import Conflict, Invalid
from models.exchanges import agreements, reserves
from models.exchanges.agreements import Terms
from models.listings.listings import OPEN, Listing, ListingDetails, find_stock
from models.repairs.bookings import appointment_books, visit_places
from models.store.database import Connection
from models.texts import NOT_TYPED

PLACE_LIMIT = 200
RETURN_LIMIT = 500
NOTE_LIMIT = 1_000
LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=731)

TIMED = ("loan", "repair")
"""Modes that need to know when."""

AGAIN_AND_AGAIN = ("loan", "service")
"""Modes in which a listing stays open whatever is agreed."""


def require_terms(details: ListingDetails, terms: Terms, *, at: datetime | None = None) -> Terms:
    """The terms, their texts tidied, if they fit the listing (FEP-0837: units and amounts). Raises Invalid."""
    terms = _tidy(terms)
    _require_amounts(details, terms)
    _require_times(details, terms, at or datetime.now(UTC))
    return terms


def require_possible(details: ListingDetails, terms: Terms, *, at: datetime | None = None) -> Terms:
    """The terms, tidied, as another server has them for a listing of its own: what cannot be raises Invalid.

    Whether units, amounts and days fit is for that server to say, which knows the listing better.
    """
    terms = _tidy(terms)
    if terms.quantity <= 0:
        raise Invalid("quantity_invalid", field="quantity")
    if terms.begins_at is None or (terms.ends_at is None and details.mode == "loan"):
        _require_times(details, terms, at or datetime.now(UTC))
    elif terms.ends_at is not None and terms.ends_at <= terms.begins_at:
        raise Invalid("end_before_start", field="ends_at")
    elif terms.begins_at > (at or datetime.now(UTC)) + FARTHEST:
        raise Invalid("date_too_far", field="begins_at")
    return terms


def _tidy(terms: Terms) -> Terms:
    place, in_return = (" ".join(NOT_TYPED.sub("", text).split()) for text in (terms.place, terms.in_return))
    note = NOT_TYPED.sub("", terms.note).replace("\r\n", "\n").strip()
    if len(place) > PLACE_LIMIT:
        raise Invalid("terms_place_too_long", most=PLACE_LIMIT, field="place")
    if len(in_return) > RETURN_LIMIT:
        raise Invalid("terms_return_too_long", most=RETURN_LIMIT, field="in_return")
    if len(note) > NOTE_LIMIT:
        raise Invalid("terms_note_too_long", most=NOTE_LIMIT, field="note")
    begins_at, ends_at = (
        None if moment is None else moment.astimezone(UTC).replace(second=0, microsecond=0)
        for moment in (terms.begins_at, terms.ends_at)
    )
    return replace(terms, place=place, in_return=in_return, note=note, begins_at=begins_at, ends_at=ends_at)


def _require_amounts(details: ListingDetails, terms: Terms) -> None:
    if terms.unit != details.unit:
        raise Invalid("unit_mismatch", field="quantity")
    if not details.unit_based and terms.quantity != details.quantity:
        raise Invalid("quantity_mismatch", field="quantity")
    if terms.quantity <= 0 or (details.unit_based and terms.quantity % 1):
        raise Invalid("quantity_invalid", field="quantity")
    _require_price(details, terms)


def _require_price(details: ListingDetails, terms: Terms) -> None:
    """What the listing asks for; where one gives what one likes, anything but less than nothing."""
    if details.free_price:
        if terms.amount is not None and terms.amount < 0:
            raise Invalid("amount_invalid", field="amount")
    elif terms.amount != find_price(details, terms.quantity):
        raise Invalid("amount_mismatch", field="amount")


def find_price(details: ListingDetails, quantity: Decimal) -> Decimal | None:
    """What so much of it costs; None where it costs nothing or what one likes."""
    if details.price is None or details.free_price:
        return None
    return details.price * (quantity if details.unit_based else 1)


def _require_times(details: ListingDetails, terms: Terms, at: datetime) -> None:
    begins_at, ends_at = terms.begins_at, terms.ends_at
    if begins_at is None:
        if details.mode in TIMED:
            raise Invalid("start_missing", field="begins_at")
        if ends_at is not None:
            raise Invalid("start_missing_too", field="begins_at")
        return
    if ends_at is None and details.mode == "loan":
        raise Invalid("end_missing", field="ends_at")
    _require_range(begins_at, ends_at or begins_at + timedelta(days=1), at)


def _require_range(begins_at: datetime, ends_at: datetime, at: datetime) -> None:
    if ends_at <= begins_at:
        raise Invalid("end_before_start", field="ends_at")
    if ends_at <= at:
        raise Invalid("dates_past", field="begins_at")
    if begins_at > at + FARTHEST:
        raise Invalid("date_too_far", field="begins_at")
    if ends_at - begins_at > LONGEST:
        raise Invalid("duration_too_long", field="ends_at")


async def require_before_shutdown(conn: Connection, terms: Terms) -> None:
    """Raise Conflict where this instance ends before what is to be agreed does: one of the two could not be reached."""
    day = await shutdown.find_day(conn)
    if day is not None and (terms.ends_at or terms.begins_at or datetime.now(UTC)) > day:
        raise Conflict("terms_after_shutdown", field="ends_at")


async def require_room(
    conn: Connection, listing: Listing, terms: Terms, *, but: int | None = None, calendar: bool = True
) -> None:
    """Raise Conflict where days are taken, or nothing is left. The listing is locked; `but` is this agreement.

    Without `calendar` the owner's own one does not count: who keeps it may overrule it, and often wrote this into it.
    """
    details = listing.details
    there = find_stock(details)
    if there is None:
        return
    if terms.begins_at is not None and terms.ends_at is not None:
        taken = await agreements.list_taken(conn, listing.id, terms.begins_at, terms.ends_at, but=but)
        taken = [one for one in taken if calendar or not one.calendar]
        if not agreements.is_free(taken, terms.begins_at, terms.ends_at, wanted=terms.quantity, there=there):
            raise Conflict("dates_taken", field="begins_at")
    await require_left(conn, listing, but=but)


async def require_slot(conn: Connection, listing: Listing, terms: Terms) -> None:
    """Raise Invalid where a shop takes appointments at certain times and places, and this is none of them."""
    at = datetime.now(UTC)
    if not await appointment_books.is_offered(conn, listing.id, terms.begins_at, terms.ends_at, at=at):
        raise Invalid("slot_unknown", field="begins_at")
    visit_places.require_reached(await visit_places.find_area(conn, listing), terms.place)


async def require_left(conn: Connection, listing: Listing, *, but: int | None = None) -> None:
    """Raise Conflict where all that could be given once is promised, or somebody of the list is asked before others.

    `but` is this agreement.
    """
    details, there = listing.details, find_stock(listing.details)
    if details.mode in AGAIN_AND_AGAIN or there is None:
        return
    if await agreements.sum_bound(conn, listing.id, but=but) >= there:
        raise Conflict("already_agreed_with_another")
    called = await reserves.find_called(conn, listing.id)
    if called is not None and (but is None or called.agreement_id != but):
        raise Conflict("reserve_first")


def require_stands(listing: Listing) -> None:
    """Raise Conflict for a listing that takes no requests now."""
    if listing.details.status == "paused":
        raise Conflict("listing_paused")
    if listing.post.deleted_at is not None or listing.details.status not in OPEN:
        raise Conflict("listing_closed")
    expires_at = listing.details.expires_at
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise Conflict("listing_closed")
