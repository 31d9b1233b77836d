"""The publish form: from what was typed to a `ListingDraft`, and from a listing back to what was typed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from multidict import MultiDict

from models.errors import Invalid
from models.exchanges.points import PRICED
from models.listings import categories
from models.listings.listing_duration import end_of, last_day
from models.listings.listings import KINDS, Listing, ListingDraft
from models.moments import PARIS
from models.places.geometry import CELL
from models.places.places import Place, place_fields
from models.store.database import Connection
from outbox.listings.listing_defaults import place_around_home
from outbox.listings.listing_limits import (
    AUDIENCES,
    CONDITIONS,
    DURATION,
    MOST_MONEY,
    TEXT_LIMIT,
    TITLE_LIMIT,
    UNITS,
    WANTS_LIMIT,
)
from web.forms.commune_field import read_commune
from web.forms.date_field import read_day
from web.forms.form import Form
from web.forms.points_field import read_number
from web.pages.components.listing_cards import place_words
from web.pages.listings.publish.repair_fields import or_none, read_call_title, read_repair
from web.rendering.branding import Branding
from web.rendering.formats import to_paris_day
from web.rendering.i18n import Say

IN_COMMUNE, AROUND_HOME = "commune", "chez-moi"
WHERE = (IN_COMMUNE, AROUND_HOME)

WHO = ("choisir", "premier")
DURATIONS = ("", "P1D", "P2D", "P3D", "P1W", "P2W", "P1M")

FIELDS = {
    "title": "title",
    "text": "text",
    "kind": "kind",
    "category": "category",
    "media_ids": "photos",
    "mode": "mode",
    "max_duration": "max_duration",
    "deposit": "deposit",
    "price": "price",
    "points": "points",
    "wants": "in_return",
    "condition": "condition",
    "quantity": "quantity",
    "place_name": "place",
    "begins_at": "first_day",
    "ends_at": "last_day",
    "expires_at": "expires",
    "audience": "audience",
    "bike_type": "bike_type",
    "interventions": "interventions",
    "wheel_size": "wheel_size",
    "rideable": "rideable",
    "urgency": "urgency",
}
"""Fields of a draft, and the form's names for them."""


def first_values(commune_label: str, kind: str) -> MultiDict[str]:
    """What stands in the form before anything is typed."""
    return MultiDict(
        {
            "kind": kind if kind in KINDS else "offer",
            "place": commune_label,
            "where": IN_COMMUNE,
            "audience": "network",
            "quantity": "1",
        }
    )


def values_of(listing: Listing, text: str) -> MultiDict[str]:
    """A listing as its author would have typed it; photos are added by the caller."""
    details = listing.details
    repair = details.repair or {}
    typed: dict[str, Any] = {
        "kind": details.kind,
        "title": details.title,
        "text": text,
        "category": details.category,
        "mode": details.mode,
        "max_duration": details.max_duration,
        "deposit": details.deposit,
        "price": details.price,
        "points": details.points,
        "free_price": "1" if details.free_price else "",
        "in_return": details.wants,
        "condition": details.condition,
        "quantity": details.quantity,
        "unit": details.unit if details.unit in UNITS else "one",
        "first_come": "premier" if details.first_come else "choisir",
        "place": place_words(details),
        "where": AROUND_HOME if details.radius == CELL else IN_COMMUNE,
        "first_day": _day(details.begins_at),
        "last_day": _day(details.ends_at),
        "expires": _day(details.expires_at),
        "audience": listing.post.audience,
        "bike_type": repair.get("bike_type"),
        "wheel_size": repair.get("wheel_size"),
        "rideable": _yes_or_no(repair.get("rideable")),
        "urgency": repair.get("urgency"),
    }
    values: MultiDict[str] = MultiDict({name: _plain(value) for name, value in typed.items() if value is not None})
    for one in repair.get("interventions", []):
        values.add("interventions", one)
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFormContext:
    """What is known beside the form. `home` is the middle of the member's cell, where she told it."""

    face: Branding
    say: Say
    language: str
    today: date
    media_ids: tuple[int, ...]
    home: tuple[float, float] | None


async def read_draft(conn: Connection, form: Form, desk: ListingFormContext) -> ListingDraft:
    """The draft that was typed; what is wrong is noted in the form, in the order of the page."""
    kind = form.choice("kind", KINDS, missing="Dites si vous proposez, si vous cherchez, ou si un vélo est en panne.")
    title = _read_title(form, kind, desk.say)
    text = form.lines("text", limit=TEXT_LIMIT)
    category = _read_category(form, kind)
    repair = read_repair(form) if kind == "repair_call" else None
    terms = _read_terms(form, kind, desk.face)
    place = await _read_place(conn, form, desk.home)
    window = _read_window(form, desk.today)
    audience: Any = form.choice("audience", AUDIENCES, default="network")
    return ListingDraft(
        kind=kind or "offer",
        title=title,
        text=text,
        category=category,
        language=desk.language,
        media_ids=desk.media_ids,
        audience=audience,
        **place_fields(place),
        repair=repair,
        **terms,
        **window,
    )


def _read_title(form: Form, kind: str, say: Say) -> str:
    """A call needs none: what is wrong with the bike makes one."""
    if kind == "repair_call":
        return read_call_title(form, say)
    return form.text("title", limit=TITLE_LIMIT, missing="Donnez un titre, par exemple « Tente 4 places ».")


async def _read_place(conn: Connection, form: Form, home: tuple[float, float] | None) -> Place | None:
    """The commune, or the blurred circle around the member's home in it."""
    commune = await read_commune(conn, form, "place", missing="Dites dans quelle commune.")
    around_home = form.choice("where", WHERE, default=IN_COMMUNE) == AROUND_HOME
    if commune is None or not around_home:
        return commune.place if commune else None
    try:
        return place_around_home(commune, home)
    except Invalid as error:
        form.refuse("where" if error.field == "around_home" else "place", error)
        return commune.place


def _read_category(form: Form, kind: str) -> str | None:
    slug = form.text("category", limit=60)
    if kind == "repair_call":
        return "velo-reparation"
    category = categories.find(slug)
    if slug and (category is None or category.branch == "repairs"):
        form.fail("category", "Ce choix n’existe pas.")
        return None
    return slug or None


def _read_terms(form: Form, kind: str, face: Branding) -> dict[str, Any]:
    """How: the mode, and what goes with it; what goes with another mode is not kept."""
    if kind == "repair_call":
        return {"mode": "repair"}
    mode = form.choice("mode", face.modes, missing="Choisissez comment : prêt, don, échange…")
    offered = kind == "offer"
    lent, sold = offered and mode == "loan", offered and mode == "sale"
    by_hour = mode == "service" and form.choice("unit", UNITS, default="one") == "hour"
    free = sold and form.flag("free_price")
    price = _read_money(form, "price") if sold and not free else None
    if sold and not free and price is None:
        form.fail("price", "Donnez un prix, ou cochez « prix libre ».")
    return {
        "mode": mode or "other",
        "max_duration": _read_duration(form) if mode == "loan" else None,
        "deposit": _read_money(form, "deposit") if lent else None,
        "price": price,
        "free_price": free,
        "wants": form.text("in_return", limit=WANTS_LIMIT) or None if mode in ("swap", "service") else None,
        "condition": form.choice("condition", or_none(CONDITIONS)) or None if offered and mode != "service" else None,
        "quantity": _read_quantity(form),
        "unit": "hour" if by_hour else "one",
        "first_come": offered and mode == "gift" and form.choice("first_come", WHO, default="choisir") == "premier",
        "points": read_number(form, "points") or None if face.currency and mode in PRICED else None,
    }


def _read_duration(form: Form) -> str | None:
    """One of those in the list, or the one that an app gave it, which the list then holds too."""
    typed = form.typed("max_duration")
    return typed if DURATION.fullmatch(typed) else form.choice("max_duration", DURATIONS) or None


def _read_money(form: Form, name: str) -> Decimal | None:
    typed = form.text(name, limit=20).replace("\u202f", "").replace(" ", "").removesuffix("€").replace(",", ".")
    if not typed:
        return None
    try:
        amount = Decimal(typed)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 < amount <= MOST_MONEY or amount != amount.quantize(Decimal("0.01")):
        form.fail(name, "Écrivez un montant en euros, par exemple 12,50.")
        return None
    return amount


def _read_quantity(form: Form) -> Decimal:
    typed = form.text("quantity", limit=6) or "1"
    if not typed.isdecimal() or not 1 <= int(typed) <= 999:
        form.fail("quantity", "Écrivez un nombre, de 1 à 999.")
        return Decimal(1)
    return Decimal(int(typed))


def _read_window(form: Form, today: date) -> dict[str, Any]:
    """When: from the first moment of a day to the last of another, in Paris."""
    start, stop, end = (read_day(form, name) for name in ("first_day", "last_day", "expires"))
    if stop and stop < (start or today):
        form.fail("last_day", "Cette date vient avant le début. Choisissez-en une plus tard.")
    if end and end < today:
        form.fail("expires", "Cette date est passée. Choisissez-en une à partir d’aujourd’hui.")
    elif end and end > last_day(today):
        form.fail("expires", "Une annonce reste un an au plus ; vous pourrez la prolonger.")
    return {
        "begins_at": _moment(start, time.min),
        "ends_at": _moment(stop, time(23, 59)),
        "expires_at": end_of(end).astimezone(UTC) if end else None,
    }


def _moment(day: date | None, hour: time) -> datetime | None:
    return datetime.combine(day, hour, PARIS).astimezone(UTC) if day else None


def _day(moment: datetime | None) -> str | None:
    return to_paris_day(moment).isoformat() if moment else None


def note_refusal(form: Form, error: Invalid) -> None:
    """What was found wrong when publishing, at its field."""
    form.refuse(FIELDS.get(error.field or "", ""), error)


def _yes_or_no(value: bool | None) -> str:
    return "" if value is None else ("oui" if value else "non")


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
