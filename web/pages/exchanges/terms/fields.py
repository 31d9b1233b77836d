"""The fields with which somebody asks or proposes something else, read into terms, and terms as such fields."""

from datetime import date, time
from decimal import Decimal, InvalidOperation

from models.errors import Refusal
from models.exchanges.agreements import Terms
from models.listings.listings import ListingDetails
from models.moments import PARIS
from outbox.exchanges.agreements.terms import NOTE_LIMIT, PLACE_LIMIT, RETURN_LIMIT, find_price
from web.forms.date_field import parse_day
from web.forms.form import Form
from web.rendering.date_ranges import begin_at, end_at, read_span
from web.rendering.formats import format_count

FIELDS = {
    "begins_at": "first_day",
    "ends_at": "last_day",
    "place": "place",
    "in_return": "in_return",
    "quantity": "quantity",
    "amount": "amount",
    "note": "note",
    "points": "points",
    "message": "message",
}
"""The field of the page where each part of the terms is typed."""


def read_terms(form: Form, details: ListingDetails) -> Terms:
    """What was typed, each mistake noted at its field; whether it fits the listing is the verb's business."""
    first, first_hour = read_day(form, "first_day"), _read_hour(form, "first_hour")
    last, last_hour = read_day(form, "last_day"), _read_hour(form, "last_hour")
    if first_hour and first is None and "first_day" not in form.errors:
        form.fail("first_day", "Dites aussi le jour.")
    if first is not None and last is None and last_hour is not None:
        last = first
    _require_hours(form, ("first_hour", first, first_hour), ("last_hour", last, last_hour))
    quantity = _read_quantity(form, details)
    return Terms(
        quantity=quantity,
        unit=details.unit,
        begins_at=None if first is None else begin_at(first, first_hour),
        ends_at=None if last is None else end_at(last, last_hour),
        place=form.text("place", limit=PLACE_LIMIT),
        in_return=form.text("in_return", limit=RETURN_LIMIT),
        amount=_read_amount(form) if details.free_price else find_price(details, quantity),
        currency=details.currency,
        note=form.lines("note", limit=NOTE_LIMIT),
    )


def read_day(form: Form, name: str) -> date | None:
    """A day as browsers send it, or as people type it: 2027-05-13, 13/05/2027."""
    typed = form.typed(name).strip()
    if not typed:
        return None
    try:
        return parse_day(typed)
    except ValueError:
        form.fail(name, "Écrivez le jour comme 13/05/2027.")
        return None


def _read_hour(form: Form, name: str) -> time | None:
    typed = form.typed(name).strip().lower().replace(" ", "").replace("h", ":").rstrip(":")
    if not typed:
        return None
    hour, _, minute = typed.partition(":")
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        form.fail(name, "Écrivez l’heure comme 18:30.")
        return None


def _require_hours(form: Form, *typed: tuple[str, date | None, time | None]) -> None:
    """One night in March has no hour between two and three."""
    for name, day, hour in typed:
        if day is not None and hour is not None and begin_at(day, hour).astimezone(PARIS).time() != hour:
            form.fail(name, "Cette nuit-là, on passe à l’heure d’été : cette heure n’existe pas.")


def _read_quantity(form: Form, details: ListingDetails) -> Decimal:
    if not details.unit_based:
        return details.quantity
    typed = form.typed("quantity").strip()
    if not typed.isdecimal() or len(typed) > 6:
        if typed:
            form.fail("quantity", "Indiquez un nombre entier, à partir de 1.")
        return Decimal(1)
    return Decimal(typed)


def _read_amount(form: Form) -> Decimal | None:
    typed = "".join(form.typed("amount").split()).replace("€", "").replace(",", ".")
    if not typed:
        return None
    try:
        amount = Decimal(typed)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount < 1_000_000 or amount != round(amount, 2):
        form.fail("amount", "Indiquez un montant, comme 5 ou 7,50.")
        return None
    return amount


def values_of(terms: Terms) -> dict[str, str]:
    """Terms as they stand in the fields."""
    values = {"place": terms.place, "in_return": terms.in_return, "note": terms.note}
    values["quantity"] = format_count(terms.quantity, "en").replace(",", "")
    if terms.amount is not None:
        values["amount"] = str(terms.amount)
    span = read_span(terms.begins_at, terms.ends_at)
    if span is not None:
        values["first_day"] = span.first.isoformat()
        values["last_day"] = span.last.isoformat() if span.last else ""
        values["first_hour"] = f"{span.first_hour:%H:%M}" if span.first_hour else ""
        values["last_hour"] = f"{span.last_hour:%H:%M}" if span.last_hour else ""
    return values


def note_refusal(form: Form, error: Refusal) -> None:
    """What a verb found wrong, at the field where it was typed."""
    form.refuse(FIELDS.get(error.field or "", ""), error)
