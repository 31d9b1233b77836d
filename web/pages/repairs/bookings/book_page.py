"""The appointments of a shop, for who runs it: who comes this week, who walked in, and how they are taken."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.listings.listings import OPEN, Listing
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import AppointmentBook, ShopVisit, WalkIn
from models.repairs.bookings.slots import SlotRules
from models.store.database import Connection, connection, transaction
from outbox.listings.listing_limits import TEXT_LIMIT, TITLE_LIMIT
from outbox.repairs.bookings.appointments import (
    FARTHEST,
    LONGEST,
    MOST_AT_ONCE,
    MOST_NOTICE,
    NAME_LIMIT,
    NOTE_LIMIT,
    PHONE_LIMIT,
    SHORTEST,
    BookDraft,
    close_book,
    find_listing,
    note_walk_in,
    open_book,
    strike_walk_in,
)
from web.forms.date_field import read_day
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.date_ranges import begin_at
from web.rendering.paths import listing_path
from web.rendering.render import N_, render
from web.security.acting_author import ActingAuthor, find_author, note_act

WEEK = timedelta(days=7)

RULES = {"slot_minutes": "60", "capacity": "1", "notice_hours": "24", "ahead_days": "30"}
"""What the form begins with."""

SAID = {
    "opened": N_("C’est enregistré : on peut prendre rendez-vous ici, et chez les coops voisines."),
    "closed": N_("C’est fait : plus personne ne peut prendre rendez-vous. Ceux qui sont convenus tiennent toujours."),
    "noted": N_("C’est noté dans l’agenda."),
    "struck": N_("C’est retiré de l’agenda : l’heure est libre à nouveau."),
}

FIELDS = {"begins_at": "hour"}
"""Where the form says what a verb refused; other fields are called alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaDay:
    """A day on which somebody comes."""

    day: date
    entries: list[ShopVisit]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaWeek:
    """Seven days from a Monday, with the addresses of those before and after."""

    first: date
    days: list[AgendaDay]
    earlier: str
    later: str


async def show_book(request: web.Request) -> web.Response:
    """GET /coop/lieux/{place}/rendez-vous?semaine=, and /mes-rendez-vous for the account of a place itself."""
    author = await find_author(request)
    return await _show(request, author, blank_form(request, {}))


async def post_book(request: web.Request) -> web.Response:
    """POST: take appointments by these rules from now on."""
    author = await find_author(request)
    form = await read_form(request)
    draft = _read_draft(form)
    if form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                shop = await _get_shop(conn, author)
                listing = await open_book(conn, request.app[INSTANCE].site, shop, draft)
                await note_act(conn, author, "appointments", listing.uri)
            raise redirect_with_message(_home(author), "opened")
        except (Invalid, Conflict) as error:
            form.refuse(error.field or "", error)
    return await _show(request, author, form, status=422)


async def post_closing(request: web.Request) -> web.Response:
    """POST …/fermer: take no appointments any more."""
    author = await find_author(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await close_book(conn, request.app[INSTANCE].site, await _get_shop(conn, author))
    raise redirect_with_message(_home(author), "closed")


async def post_walk_in(request: web.Request) -> web.Response:
    """POST …/passage: somebody without account comes then."""
    author = await find_author(request)
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        book = await appointment_books.find_of_actor(conn, author.account.actor_id)
    if book is None:
        raise NotFound("no_appointments")
    walk_in = _read_walk_in(form, book)
    if walk_in is not None and form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                await note_walk_in(conn, await _get_shop(conn, author), walk_in)
            raise redirect_with_message(f"{_home(author)}?semaine={_day_of(walk_in.begins_at)}", "noted")
        except (Invalid, Conflict) as error:
            form.refuse(FIELDS.get(error.field or "", error.field or ""), error)
    return await _show(request, author, form, status=422)


async def post_striking(request: web.Request) -> web.Response:
    """POST …/passage/ID/retirer: she does not come."""
    author = await find_author(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await strike_walk_in(conn, await _get_shop(conn, author), read_id(request.match_info["id"]))
    raise redirect_with_message(_home(author), "struck")


def _home(author: ActingAuthor) -> str:
    return f"{author.home}/rendez-vous" if author.home else "/mes-rendez-vous"


async def _get_shop(conn: Connection, author: ActingAuthor) -> Actor:
    """Raises NotFound for whoever is no place."""
    shop = await actors.get(conn, author.account.actor_id)
    if shop.type != "Organization":
        raise NotFound
    return shop


def _read_draft(form: Form) -> BookDraft:
    return BookDraft(
        title=form.text("title", limit=TITLE_LIMIT, missing="Donnez un titre, comme « Rendez-vous à l’atelier »."),
        text=form.lines("text", limit=TEXT_LIMIT),
        capacity=_read_number(form, "capacity"),
        rules=SlotRules(
            slot_minutes=_read_number(form, "slot_minutes"),
            notice_hours=_read_number(form, "notice_hours"),
            ahead_days=_read_number(form, "ahead_days"),
        ),
    )


def _read_number(form: Form, name: str) -> int:
    typed = form.text(name, limit=4)
    if typed.isascii() and typed.isdecimal():
        return int(typed)
    form.fail(name, "Indiquez un nombre entier.")
    return 0


def _read_walk_in(form: Form, book: AppointmentBook) -> WalkIn | None:
    day = read_day(form, "day", missing="Dites quel jour.")
    hour = form.text("hour", limit=8, missing="Dites à quelle heure.")
    name = form.text("name", limit=NAME_LIMIT, missing="Dites qui vient, même un prénom.")
    try:
        at = datetime.strptime(hour.replace("h", ":").replace(" ", ""), "%H:%M").time()
    except ValueError:
        form.fail("hour", "Écrivez une heure, par exemple 14:30.")
        return None
    if day is None:
        return None
    begins_at = begin_at(day, at)
    return WalkIn(
        begins_at=begins_at,
        ends_at=begins_at + timedelta(minutes=book.slot_minutes),
        name=name,
        phone=form.text("phone", limit=PHONE_LIMIT),
        note=form.lines("note", limit=NOTE_LIMIT),
    )


async def _show(request: web.Request, author: ActingAuthor, form: Form, *, status: int = 200) -> web.Response:
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        shop = await _get_shop(conn, author)
        listing = await find_listing(conn, shop)
        book = await appointment_books.find_of_actor(conn, shop.id) if listing is not None else None
        week = await _draw_week(conn, book, _home(author), request.query.get("semaine", "")) if book else None
        coming = await appointment_books.count_coming(conn, book.listing_id) if book else 0
    rules = form if "slot_minutes" in form.values else blank_form(request, _values_of(shop, listing, book))
    return await render(
        request,
        "repairs/book.html",
        status=status,
        shop=shop,
        home=_home(author),
        team=bool(author.home),
        back=author.home or "/mes-annonces",
        address=listing_path(instance.site, listing) if listing is not None else "",
        open=listing is not None and listing.details.status in OPEN,
        closed=bool(listing),
        hours=bool(shop.hours),
        week=week,
        coming=coming,
        form=form,
        rules=rules,
        limits={"shortest": SHORTEST, "longest": LONGEST, "at_once": MOST_AT_ONCE, "notice": MOST_NOTICE}
        | {"farthest": FARTHEST},
        said=find_flash_message(request, SAID),
    )


def _values_of(shop: Actor, listing: Listing | None, book: AppointmentBook | None) -> dict[str, str]:
    if listing is None or book is None:
        return RULES | {"title": f"Rendez-vous : {shop.display_name}"[:TITLE_LIMIT]}
    return {
        "title": listing.details.title,
        "text": listing.post.source,
        "capacity": str(int(listing.details.quantity)),
        "slot_minutes": str(book.slot_minutes),
        "notice_hours": str(book.notice_hours),
        "ahead_days": str(book.ahead_days),
    }


async def _draw_week(conn: Connection, book: AppointmentBook, home: str, wanted: str) -> AgendaWeek:
    first = _read_monday(wanted)
    entries = await appointment_books.list_entries(conn, book.listing_id, begin_at(first), begin_at(first + WEEK))
    return AgendaWeek(
        first=first,
        days=[AgendaDay(day=day, entries=[*of]) for day, of in groupby(entries, lambda one: _day_of(one.begins_at))],
        earlier=f"{home}?semaine={first - WEEK}",
        later=f"{home}?semaine={first + WEEK}",
    )


def _read_monday(wanted: str) -> date:
    """The Monday of the week that the address names, within what a calendar may show; else that of today."""
    today = datetime.now(UTC).astimezone(PARIS).date()
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        day = today
    day = min(max(day, today - 52 * WEEK), today + 52 * WEEK)
    return day - timedelta(days=day.weekday())


def _day_of(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()
