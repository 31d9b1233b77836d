"""What the publish form asks about how: lent, given, swapped, sold or done, and what goes with each."""

from decimal import Decimal, InvalidOperation
from typing import Any

from models.exchanges.points import PRICED
from outbox.listings.listing_limits import CONDITIONS, DURATION, MOST_MONEY, UNITS, WANTS_LIMIT
from web.forms.form import Form
from web.forms.points_field import read_number
from web.pages.listings.publish.repair_fields import or_none
from web.rendering.branding import Branding
from web.rendering.render import N_

WHO = ("choisir", "premier")
DURATIONS = ("", "P1D", "P2D", "P3D", "P1W", "P2W", "P1M")

DATED = ("loan", "service", "other")
"""Modes that are asked from when until when; what is given, swapped or sold is there until somebody has it."""

TITLES = {
    ("offer", "gift"): N_("Canapé deux places"),
    ("offer", "swap"): N_("Plants de tomates"),
    ("offer", "sale"): N_("Vélo de ville, taille M"),
    ("offer", "service"): N_("Ourlets et petites coutures"),
    ("request", "service"): N_("Aide pour un déménagement"),
    ("request", "loan"): N_("Tente 4 places pour un week-end"),
    ("request", "gift"): N_("Pots de confiture vides"),
}
"""What a title may be, by kind and mode."""


def find_title_example(kind: str, mode: str) -> str:
    """A title as somebody would write it who publishes this."""
    return TITLES.get((kind, mode), N_("Tente 4 places"))


def is_dated(kind: str, mode: str) -> bool:
    """Whether it is asked from when until when it is to be had, or needed; a call says how urgent it is."""
    return kind != "repair_call" and mode in DATED


def read_terms(form: Form, kind: str, branding: Branding) -> dict[str, Any]:
    """How: the mode, and what goes with it, as fields of a ListingDraft; what goes with another mode is not kept."""
    if kind == "repair_call":
        return {"mode": "repair"}
    mode = form.choice("mode", branding.modes, missing="Choisissez comment : prêt, don, échange…")
    offered = kind == "offer"
    return {
        "mode": mode or "other",
        **_read_terms_of(form, mode, offered=offered),
        "condition": _read_condition(form) if offered and mode != "service" else None,
        "quantity": _read_quantity(form, mode),
        "first_come": offered and mode == "gift" and form.choice("first_come", WHO, default="choisir") == "premier",
        "points": read_number(form, "points") or None if branding.currency and mode in PRICED else None,
    }


def _read_terms_of(form: Form, mode: str, *, offered: bool) -> dict[str, Any]:
    """What is asked for this mode alone, in the order of the page; deposits and prices only of who offers."""
    match mode:
        case "loan":
            return {"max_duration": _read_duration(form), "deposit": _read_money(form, "deposit") if offered else None}
        case "sale" if offered:
            return _read_price(form)
        case "service":
            return {"unit": form.choice("unit", UNITS, default="one"), "wants": _read_wants(form)}
        case "swap":
            return {"wants": _read_wants(form)}
    return {}


def _read_price(form: Form) -> dict[str, Any]:
    if form.flag("free_price"):
        return {"free_price": True}
    price = _read_money(form, "price")
    if price is None:
        form.fail("price", "Donnez un prix, ou cochez « prix libre ».")
    return {"price": price}


def _read_wants(form: Form) -> str | None:
    return form.text("in_return", limit=WANTS_LIMIT) or None


def _read_condition(form: Form) -> str | None:
    return form.choice("condition", or_none(CONDITIONS)) or None


def _read_duration(form: Form) -> str | None:
    """One of those in the list, or the one that an app gave it, which the list then holds too."""
    typed = form.typed("max_duration")
    return typed if DURATION.fullmatch(typed) else form.choice("max_duration", DURATIONS) or None


def _read_money(form: Form, name: str) -> Decimal | None:
    typed = "".join(form.text(name, limit=20).split()).removesuffix("€").replace(",", ".")
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


def _read_quantity(form: Form, mode: str) -> Decimal:
    """How many there are; a service is counted in hours, or is one."""
    if mode == "service" and form.typed("unit") != "hour":
        return Decimal(1)
    typed = form.text("quantity", limit=6) or "1"
    if not typed.isdecimal() or not 1 <= int(typed) <= 999:
        form.fail("quantity", "Écrivez un nombre, de 1 à 999.")
        return Decimal(1)
    return Decimal(int(typed))
