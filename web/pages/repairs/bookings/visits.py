"""What the people of a shop do about who comes: they answer in its name, and note who has no account."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.moments import PARIS
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WalkIn
from models.store.database import Connection, connection, transaction
from outbox.exchanges import act_names, acts
from outbox.exchanges.agreements.agreements import counter
from outbox.repairs.bookings.appointments import (
    NAME_LIMIT,
    NOTE_LIMIT,
    PHONE_LIMIT,
    PLACE_LIMIT,
    note_walk_in,
    strike_walk_in,
)
from outbox.threads.agreement_context import Said
from web.forms.date_field import read_day
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.repairs.bookings.book_page import home_of, show
from web.rendering.date_ranges import begin_at
from web.rendering.render import N_, say
from web.security.acting_shop import ActingShop, find_shop

ANSWERS: dict[str, act_names.Name] = {
    "accept": "accept",
    "refuse": "refuse",
    "cancel": "cancel",
    "missed": "cancel",
    "done": "done",
}
"""What a button says, and what is done then."""

ABSENT = N_("Rendez-vous manqué : personne n’était là à l’heure dite.")

REASON_LIMIT = 500

FIELDS = {"begins_at": "hour", "ends_at": "hour"}
"""Where the form says what a verb refused; other fields are called alike."""


async def post_answer(request: web.Request) -> web.Response:
    """POST …/reponse: yes, no, cancelled, did not come, done; in the name of the shop."""
    acting = await find_shop(request, manages=False)
    form = await read_form(request)
    name = form.choice("act", tuple(ANSWERS), missing="Choisissez ce qu’il faut faire.")
    reason = say(request, ABSENT) if name == "missed" else form.lines("reason", limit=REASON_LIMIT)
    said = Said(text=reason, offer_uri=form.typed("offer") or None)

    async def act(conn: Connection, held: Agreement) -> None:
        await acts.perform(conn, request.app[INSTANCE].site, acting.actor, held, ANSWERS[name], said)

    if name and form.ok and await _try(request, acting, form, act):
        raise redirect_with_message(home_of(acting), name)
    return await show(request, acting, form, status=422)


async def post_counter(request: web.Request) -> web.Response:
    """POST …/autre-heure: the shop proposes another time, of the same length."""
    acting = await find_shop(request, manages=False)
    form = await read_form(request)
    begins_at = _read_moment(form)
    text = form.lines("reason", limit=REASON_LIMIT)

    async def propose(conn: Connection, held: Agreement) -> None:
        assert begins_at is not None
        long = (held.ends_at - held.begins_at) if held.begins_at and held.ends_at else timedelta(hours=1)
        terms = replace(held.terms, begins_at=begins_at, ends_at=begins_at + long)
        await counter(conn, request.app[INSTANCE].site, acting.actor, held, terms, Said(text=text))

    if begins_at is not None and form.ok and await _try(request, acting, form, propose):
        raise redirect_with_message(home_of(acting), "counter")
    return await show(request, acting, form, status=422)


async def _try(
    request: web.Request, acting: ActingShop, form: Form, act: Callable[[Connection, Agreement], Awaitable[None]]
) -> bool:
    """Do it with the agreement that the form names; what is refused stands in the form.

    Raises NotFound where it is not about an appointment of this shop.
    """
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await agreements.get(conn, read_id(form.typed("agreement")))
        book = await appointment_books.find_of_actor(conn, acting.actor.id)
    if book is None or held.listing_id != book.listing_id:
        raise NotFound
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await act(conn, held)
    except (Conflict, Invalid) as error:
        form.refuse(FIELDS.get(error.field or "", ""), error)
        return False
    return True


async def post_walk_in(request: web.Request) -> web.Response:
    """POST …/passage: somebody without account comes then."""
    acting = await find_shop(request, manages=False)
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        book = await appointment_books.find_of_actor(conn, acting.actor.id)
    if book is None:
        raise NotFound("no_appointments")
    walk_in = _read_walk_in(form, timedelta(minutes=book.slot_minutes))
    if walk_in is not None and form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                await note_walk_in(conn, acting.actor, walk_in)
            day = walk_in.begins_at.astimezone(PARIS).date()
            raise redirect_with_message(f"{home_of(acting)}?semaine={day}", "noted")
        except (Invalid, Conflict) as error:
            form.refuse(FIELDS.get(error.field or "", error.field or ""), error)
    return await show(request, acting, form, status=422)


async def post_striking(request: web.Request) -> web.Response:
    """POST …/passage/ID/retirer: she does not come."""
    acting = await find_shop(request, manages=False)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await strike_walk_in(conn, acting.actor, read_id(request.match_info["id"]))
    raise redirect_with_message(home_of(acting), "struck")


def _read_walk_in(form: Form, long: timedelta) -> WalkIn | None:
    begins_at = _read_moment(form)
    name = form.text("name", limit=NAME_LIMIT, missing="Dites qui vient, même un prénom.")
    if begins_at is None:
        return None
    return WalkIn(
        begins_at=begins_at,
        ends_at=begins_at + long,
        name=name,
        phone=form.text("phone", limit=PHONE_LIMIT),
        note=form.lines("note", limit=NOTE_LIMIT),
        place=form.text("place", limit=PLACE_LIMIT),
    )


def _read_moment(form: Form) -> datetime | None:
    """The day and the hour that were typed; None where one of them cannot be read, which the form says."""
    day: date | None = read_day(form, "day", missing="Dites quel jour.")
    hour = form.text("hour", limit=8, missing="Dites à quelle heure.")
    try:
        at: time | None = datetime.strptime(hour.replace("h", ":").replace(" ", ""), "%H:%M").time()
    except ValueError:
        at = None
        form.fail("hour", "Écrivez une heure, par exemple 14:30.")
    return begin_at(day, at) if day is not None and at is not None else None
