"""A bike noted or said otherwise, with its picture; parted with, stolen, found again, or erased with its book."""

from datetime import UTC, datetime
from typing import cast

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.people.accounts import Account
from models.repairs.bikes import bikes, files
from models.repairs.bikes.bikes import (
    FRAME_NUMBER_LIMIT,
    NAME_LIMIT,
    NOTES_LIMIT,
    WORD_LIMIT,
    Bike,
    BikeDetails,
    LeftHow,
)
from models.repairs.shops.shop_types import BIKE_TYPES
from models.store.database import Connection, connection, transaction
from outbox.repairs.bikes import travelling
from outbox.repairs.frame_numbers.asking import require_frame_number
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.repairs.bikes.attachments import LIMITS, save_uploads
from web.pages.repairs.bikes.my_bikes import HOME
from web.rendering.render import render
from web.security.session import require_account

FIRST_YEAR = 1880

PARTED: tuple[LeftHow, ...] = ("given", "sold", "scrapped")

STATES = (*PARTED, "back", "stolen", "found")


async def get_bike(conn: Connection, request: web.Request, account: Account, *, lock: bool = False) -> Bike:
    """The bike that the address names. Raises NotFound unless it is hers."""
    return await bikes.get_own(conn, account.actor_id, read_id(request.match_info["id"]), lock=lock)


async def get_bike_here(conn: Connection, request: web.Request, account: Account, *, lock: bool = False) -> Bike:
    """The same where its book may be changed. Raises NotFound where it went with its book, also while that is on its
    way: its files wait for whoever has it now.
    """
    bike = await get_bike(conn, request, account, lock=lock)
    if bike.left_how == "handed-over":
        raise NotFound
    return bike


async def show_new(request: web.Request) -> web.Response:
    """GET /mes-velos/nouveau."""
    require_account(request)
    return await _show(request, blank_form(request, {"bike_type": "city"}))


async def post_new(request: web.Request) -> web.Response:
    """POST /mes-velos/nouveau."""
    account, instance = require_account(request), request.app[INSTANCE]
    async with instance.store.open_spool() as spool:
        form = await read_form(request, LIMITS.into(spool))
        details = _read_details(form)
        bike_id = await _add(request, account, form, details) if form.ok else None
        if bike_id is None:
            return await _show(request, form, status=422)
        await save_uploads(instance, form, bike_id, None)
    if not form.ok:  # the bike is noted, its picture is not: the page of the bike says why
        async with connection(instance.pool) as conn:
            bike = await bikes.get_own(conn, account.actor_id, bike_id)
        return await _show(request, form, bike, status=422)
    raise redirect_with_message(f"{HOME}/{bike_id}", "added")


async def _add(request: web.Request, account: Account, form: Form, details: BikeDetails) -> int | None:
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            return await bikes.add(conn, account.actor_id, details)
    except Conflict as refusal:
        form.refuse("", refusal)
        return None


async def show_edit(request: web.Request) -> web.Response:
    """GET /mes-velos/ID/modifier."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        bike = await get_bike_here(conn, request, account)
    return await _show(request, blank_form(request, _fill_in(bike)), bike)


async def post_edit(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/modifier."""
    account, instance = require_account(request), request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        bike = await get_bike_here(conn, request, account)
    async with instance.store.open_spool() as spool:
        form = await read_form(request, LIMITS.into(spool))
        details = _read_details(form)
        if form.ok:
            await save_uploads(instance, form, bike.id, None)
    if not form.ok:
        return await _show(request, form, bike, status=422)
    async with transaction(instance.pool) as conn:
        held = await get_bike_here(conn, request, account, lock=True)
        await bikes.change(conn, held.id, details)
        if form.flag("no_photo") and not form.files("photos"):
            pictures = [one.id for one in await files.list_of_bike(conn, held.id) if one.entry_id is None]
            await files.remove(conn, held.id, pictures)
    raise redirect_with_message(f"{HOME}/{bike.id}", "changed")


async def post_state(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/etat: given, sold, scrapped; ridden again; stolen; found."""
    account = require_account(request)
    form = await read_form(request)
    state = form.choice("state", STATES)
    async with transaction(request.app[INSTANCE].pool) as conn:
        bike = await get_bike(conn, request, account, lock=True)
        said = await _change_state(conn, bike, state or "changed")
    raise redirect_with_message(f"{HOME}/{bike.id}", said)


async def _change_state(conn: Connection, bike: Bike, state: str) -> str:
    """What is said of it afterwards. Of a bike that went with its book, only one that never arrived comes back."""
    if bike.left_how == "handed-over":
        return "back" if state == "back" and await travelling.take_back(conn, bike.id) else "gone"
    if state in ("stolen", "found"):
        await bikes.mark_stolen(conn, bike.id, stolen=state == "stolen")
    elif state in STATES:
        await bikes.mark_left(conn, bike.id, None if state == "back" else cast(LeftHow, state))
    return state


async def post_removal(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/effacer: it goes with its book, once she ticked that she means it."""
    account = require_account(request)
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        bike = await get_bike(conn, request, account, lock=True)
        if form.flag("sure"):
            await bikes.remove(conn, bike.id)
    if form.flag("sure"):
        raise redirect_with_message(HOME, "removed")
    form.fail("sure", "Cochez la case : le carnet serait effacé pour toujours.")
    shown = blank_form(request, _fill_in(bike))
    shown.errors.update(form.errors)
    return await _show(request, shown, bike, status=422)


def _read_details(form: Form) -> BikeDetails:
    return BikeDetails(
        name=form.text("name", limit=NAME_LIMIT, missing="Donnez-lui un nom, comme « Mon vélo bleu »."),
        bike_type=form.choice("bike_type", BIKE_TYPES, missing="Dites quel genre de vélo c’est.") or "other",
        brand=form.text("brand", limit=WORD_LIMIT),
        model=form.text("model", limit=WORD_LIMIT),
        made_in=_read_year(form),
        wheel_size=form.text("wheel_size", limit=WORD_LIMIT),
        notes=form.lines("notes", limit=NOTES_LIMIT),
        frame_number=_read_number(form),
    )


def _read_number(form: Form) -> str:
    """The number as it is asked for where the bike is stolen, or nothing: another one would never be found."""
    typed = form.text("frame_number", limit=FRAME_NUMBER_LIMIT)
    if not typed:
        return ""
    try:
        return require_frame_number(typed)
    except Invalid as refusal:
        form.refuse("frame_number", refusal)
        return ""


def _read_year(form: Form) -> int | None:
    last = datetime.now(UTC).year + 1
    year = read_whole(form, "made_in", most=last)
    if year is not None and year < FIRST_YEAR:
        form.fail("made_in", "Écrivez une année, de %(first)s à %(last)s.", first=str(FIRST_YEAR), last=str(last))
    return year


def read_whole(form: Form, name: str, *, most: int) -> int | None:
    """A whole number that may be left out; blanks between its digits do not count."""
    typed = form.text(name, limit=20).replace(" ", "").replace("\u202f", "").replace("\u00a0", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or int(typed) > most:
        form.fail(name, "Écrivez un nombre entier, %(most)s au plus.", most=most)
        return None
    return int(typed)


def _fill_in(bike: Bike) -> dict[str, str]:
    return {
        "name": bike.name,
        "bike_type": bike.bike_type,
        "brand": bike.brand,
        "model": bike.model,
        "made_in": str(bike.made_in or ""),
        "wheel_size": bike.wheel_size,
        "notes": bike.notes,
        "frame_number": bike.frame_number,
    }


async def _show(request: web.Request, form: Form, bike: Bike | None = None, *, status: int = 200) -> web.Response:
    pictures = []
    if bike is not None:
        async with connection(request.app[INSTANCE].pool) as conn:
            pictures = [one for one in await files.list_of_bike(conn, bike.id) if one.entry_id is None]
    return await render(
        request,
        "repairs/bikes/edit.html",
        status=status,
        form=form,
        bike=bike,
        kinds=BIKE_TYPES,
        picture_id=pictures[-1].id if pictures else None,
        path=f"{HOME}/{bike.id}" if bike is not None else f"{HOME}/nouveau",
    )
