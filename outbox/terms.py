"""Whether terms fit what a listing offers, and whether there is room for them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from models import agreements
from models.agreements import Terms
from models.database import Connection
from models.errors import Conflict, Invalid
from models.listings import Listing, ListingDetails, find_stock
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
        raise Invalid("Indiquez un nombre entier, à partir de 1.", field="quantity")
    if terms.begins_at is None or (terms.ends_at is None and details.mode == "loan"):
        _require_times(details, terms, at or datetime.now(UTC))
    elif terms.ends_at is not None and terms.ends_at <= terms.begins_at:
        raise Invalid("La fin doit venir après le début.", field="ends_at")
    elif terms.begins_at > (at or datetime.now(UTC)) + FARTHEST:
        raise Invalid("C’est dans plus de deux ans : choisissez une date plus proche.", field="begins_at")
    return terms


def _tidy(terms: Terms) -> Terms:
    place, in_return = (" ".join(NOT_TYPED.sub("", text).split()) for text in (terms.place, terms.in_return))
    note = NOT_TYPED.sub("", terms.note).replace("\r\n", "\n").strip()
    if len(place) > PLACE_LIMIT:
        raise Invalid("Le lieu est trop long : 200 caractères au plus.", field="place")
    if len(in_return) > RETURN_LIMIT:
        raise Invalid("Ce que vous donnez en échange est trop long : 500 caractères au plus.", field="in_return")
    if len(note) > NOTE_LIMIT:
        raise Invalid("La précision est trop longue : 1 000 caractères au plus.", field="note")
    begins_at, ends_at = (
        None if moment is None else moment.astimezone(UTC).replace(second=0, microsecond=0)
        for moment in (terms.begins_at, terms.ends_at)
    )
    return replace(terms, place=place, in_return=in_return, note=note, begins_at=begins_at, ends_at=ends_at)


def _require_amounts(details: ListingDetails, terms: Terms) -> None:
    if terms.unit != details.unit:
        raise Invalid("L’unité n’est pas celle de l’annonce.", field="quantity")
    if not details.unit_based and terms.quantity != details.quantity:
        raise Invalid("La quantité n’est pas celle de l’annonce.", field="quantity")
    if terms.quantity <= 0 or (details.unit_based and terms.quantity % 1):
        raise Invalid("Indiquez un nombre entier, à partir de 1.", field="quantity")
    if details.free_price:
        if terms.amount is not None and terms.amount < 0:
            raise Invalid("Indiquez un montant, ou rien.", field="amount")
    elif terms.amount != find_price(details, terms.quantity):
        raise Invalid("Le montant n’est pas celui de l’annonce.", field="amount")


def find_price(details: ListingDetails, quantity: Decimal) -> Decimal | None:
    """What so much of it costs; None where it costs nothing or what one likes."""
    if details.price is None or details.free_price:
        return None
    return details.price * (quantity if details.unit_based else 1)


def _require_times(details: ListingDetails, terms: Terms, at: datetime) -> None:
    begins_at, ends_at = terms.begins_at, terms.ends_at
    if begins_at is None:
        if details.mode in TIMED:
            raise Invalid("Dites à partir de quand.", field="begins_at")
        if ends_at is not None:
            raise Invalid("Dites aussi à partir de quand.", field="begins_at")
        return
    if ends_at is None and details.mode == "loan":
        raise Invalid("Dites jusqu’à quand.", field="ends_at")
    _require_range(begins_at, ends_at or begins_at + timedelta(days=1), at)


def _require_range(begins_at: datetime, ends_at: datetime, at: datetime) -> None:
    if ends_at <= begins_at:
        raise Invalid("La fin doit venir après le début.", field="ends_at")
    if ends_at <= at:
        raise Invalid("Ces dates sont passées.", field="begins_at")
    if begins_at > at + FARTHEST:
        raise Invalid("C’est dans plus de deux ans : choisissez une date plus proche.", field="begins_at")
    if ends_at - begins_at > LONGEST:
        raise Invalid("C’est plus d’un an : choisissez une durée plus courte.", field="ends_at")


async def require_room(conn: Connection, listing: Listing, terms: Terms, *, but: int | None = None) -> None:
    """Raise Conflict where days are taken, or nothing is left. The listing is locked; `but` is this agreement."""
    details = listing.details
    there = find_stock(details)
    if there is None:
        return
    if terms.begins_at is not None and terms.ends_at is not None:
        taken = await agreements.list_taken(conn, listing.id, terms.begins_at, terms.ends_at, but=but)
        if not agreements.is_free(taken, terms.begins_at, terms.ends_at, wanted=terms.quantity, there=there):
            raise Conflict("Ces dates sont déjà prises : choisissez d’autres jours.", field="begins_at")
    await require_left(conn, listing, but=but)


async def require_left(conn: Connection, listing: Listing, *, but: int | None = None) -> None:
    """Raise Conflict where all that could be given once is promised; `but` is this agreement."""
    details, there = listing.details, find_stock(listing.details)
    if details.mode in AGAIN_AND_AGAIN or there is None:
        return
    if await agreements.sum_bound(conn, listing.id, but=but) >= there:
        raise Conflict("Quelqu’un d’autre s’est déjà mis d’accord pour cette annonce.")


def require_stands(listing: Listing) -> None:
    """Raise Conflict for a listing that takes no requests now."""
    if listing.details.status == "paused":
        raise Conflict("Cette annonce est en pause : elle ne prend pas de demande pour le moment.")
    if listing.post.deleted_at is not None or listing.details.status not in ("open", "reserved"):
        raise Conflict("Cette annonce n’est plus ouverte aux demandes.")
    expires_at = listing.details.expires_at
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise Conflict("Cette annonce n’est plus ouverte aux demandes.")
