"""The prices of a shop: one line after the other added, changed, moved up or down, taken off; without a script."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from models.errors import Invalid
from models.repairs.shops import prices, shops
from models.repairs.shops.prices import LABEL_LIMIT, MOST_PRICES, NOTE_LIMIT, PRICE_KINDS, Price
from models.store.database import connection, transaction
from outbox.repairs.shops import editing
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.repairs.shops.shop_words import tell_price, type_amount
from web.rendering.render import N_, reader_language, render, say
from web.security.acting_shop import ActingShop, find_shop

ACTS = ("save", "up", "down", "remove")

SAID = {
    "save": N_("C’est enregistré, et visible dès maintenant."),
    "up": N_("La ligne est montée."),
    "down": N_("La ligne est descendue."),
    "remove": N_("La ligne est ôtée."),
}

_AMOUNT = re.compile(r"(\d{1,6})(?:[,.](\d{1,2}))?\s*(?:€|euros?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line of the list as its page shows it."""

    price: Price
    words: str


async def show_prices(request: web.Request) -> web.Response:
    """GET /ateliers/{place}/gerer/prix?ligne=: the line with this number in the form, an empty one without."""
    acting = await find_shop(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        lines = await prices.list_prices(conn, acting.actor.id)
    number = _read_number(request.query.get("ligne", ""), lines)
    values = {} if number is None else _fill_in(number, lines[number])
    return await _show(request, acting, blank_form(request, values))


async def post_price(request: web.Request) -> web.Response:
    """POST /ateliers/{place}/gerer/prix: one act on one line; the whole list is told to who follows."""
    acting = await find_shop(request)
    form = await read_form(request)
    instance, act = request.app[INSTANCE], form.choice("act", ACTS, default="save")
    async with transaction(instance.pool) as conn:
        await shops.lock(conn, acting.actor.id)
        lines = await prices.list_prices(conn, acting.actor.id)
        number = _find_line(form, lines)
        changed = _change(form, act, lines, number)
        if form.ok:
            try:
                await editing.save_prices(conn, instance.site, acting.actor, changed)
            except Invalid as refusal:
                form.refuse((refusal.field or "").partition("_")[0], refusal)
    if not form.ok:
        return await _show(request, acting, form, status=422)
    raise redirect_with_message(f"{acting.home}/prix", act, part="liste")


def _read_number(typed: str, lines: Sequence[Price]) -> int | None:
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else -1
    return number if 0 <= number < len(lines) else None


def _find_line(form: Form, lines: Sequence[Price]) -> int | None:
    """The line that is meant; None for a new one. Whose list changed meanwhile is asked to look again."""
    if not form.typed("line"):
        return None
    number = _read_number(form.typed("line"), lines)
    if number is None or lines[number].label != form.typed("was"):
        form.fail("", "La liste a changé entre-temps : regardez-la, puis recommencez.")
        return None
    return number


def _change(form: Form, act: str, lines: Sequence[Price], number: int | None) -> list[Price]:
    changed = list(lines)
    if act == "save":
        line = _read_line(form)
        if number is None:
            changed.append(line)
        else:
            changed[number] = line
    elif number is not None and act == "remove":
        del changed[number]
    elif number is not None:
        other = number - 1 if act == "up" else number + 1
        if 0 <= other < len(changed):
            changed[number], changed[other] = changed[other], changed[number]
    return changed


def _read_line(form: Form) -> Price:
    kind = form.choice("kind", PRICE_KINDS, default="fixed")
    label = form.text("label", limit=LABEL_LIMIT, missing="Dites de quelle réparation il s’agit.")
    note = form.text("note", limit=NOTE_LIMIT)
    if kind == "free":
        return Price(label=label, kind=kind, cents=None, note=note)
    found = _AMOUNT.fullmatch(form.text("price", limit=20).strip())
    if found is None:
        form.fail("price", "Écrivez un prix en euros, par exemple 8 ou 12,50, ou choisissez « prix libre ».")
        return Price(label=label, kind="free", cents=None, note=note)
    return Price(label=label, kind=kind, cents=int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")), note=note)


def _fill_in(number: int, price: Price) -> dict[str, str]:
    return {
        "line": str(number),
        "was": price.label,
        "label": price.label,
        "kind": price.kind,
        "price": type_amount(price),
        "note": price.note,
    }


async def _show(request: web.Request, acting: ActingShop, form: Form, *, status: int = 200) -> web.Response:
    speak, language = partial(say, request), reader_language(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        lines = await prices.list_prices(conn, acting.actor.id)
    return await render(
        request,
        "repairs/shops/prices.html",
        status=status,
        acting=acting,
        form=form,
        lines=[ShownLine(price=one, words=tell_price(speak, language, one)) for one in lines],
        full=len(lines) >= MOST_PRICES,
        said=find_flash_message(request, SAID),
    )
