"""The appointments of a shop, for its people: who comes this week and who asks, and how appointments are taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from aiohttp import web

from models.errors import Conflict, Invalid
from models.listings.listings import OPEN, Listing
from models.moments import PARIS
from models.people.actors import Actor
from models.repairs.bookings import appointment_books, shop_calendars
from models.repairs.bookings.appointment_books import WALK_INS_KEPT, AppointmentBook, ShopVisit
from models.repairs.bookings.slots import SlotRules
from models.repairs.results import walk_ins
from models.repairs.results.sides import note_of
from models.store.database import Connection, connection, transaction
from outbox.builders.texts.repair_results import write_result
from outbox.listings.listing_defaults import LatestVersion, find_latest
from outbox.listings.listing_limits import TEXT_LIMIT, TITLE_LIMIT
from outbox.repairs.bookings.appointments import (
    FARTHEST,
    LONGEST,
    MOST_AT_ONCE,
    MOST_NOTICE,
    SHORTEST,
    BookDraft,
    close_book,
    find_listing,
    open_book,
)
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.date_ranges import begin_at
from web.rendering.paths import listing_path
from web.rendering.render import N_, reader_language, render
from web.security.acting_shop import ActingShop, find_shop

WEEK = timedelta(days=7)

RULES = {"slot_minutes": "60", "capacity": "1", "notice_hours": "24", "ahead_days": "30"}
"""What the form begins with."""

LIMITS = {
    "shortest": SHORTEST,
    "longest": LONGEST,
    "at_once": MOST_AT_ONCE,
    "notice": MOST_NOTICE,
    "farthest": FARTHEST,
}

SAID = {
    "opened": N_("C’est enregistré : on peut prendre rendez-vous ici, et chez les coops voisines."),
    "held": N_("C’est reçu. L’équipe relit d’abord le texte : ce n’est pas encore visible."),
    "closed": N_("C’est fait : plus personne ne peut prendre rendez-vous. Ceux qui sont convenus tiennent toujours."),
    "noted": N_("C’est noté dans l’agenda."),
    "struck": N_("C’est retiré de l’agenda : l’heure est libre à nouveau."),
    "accept": N_("C’est convenu, et la personne le sait."),
    "refuse": N_("C’est refusé, et la personne le sait."),
    "cancel": N_("C’est annulé, et la personne le sait."),
    "missed": N_("C’est noté : la personne n’est pas venue."),
    "done": N_("C’est noté : c’est fait."),
    "result": N_("Le résultat est noté, et la personne le sait."),
    "result_alone": N_("Le résultat est noté, pour l’atelier et, sans nom ni adresse, pour les données ouvertes."),
    "counter": N_("C’est proposé : la personne répondra."),
    "following": N_("C’est reçu : on va lire votre agenda. Revenez dans un instant voir si tout va bien."),
    "left": N_("C’est fait : votre agenda ne bloque plus rien ici, et son adresse est oubliée."),
}

CAUSES: Mapping[shop_calendars.Cause, str] = {
    "bad_address": N_("cette adresse ne mène à aucun serveur que l’on puisse appeler"),
    "unreachable": N_("le service qui tient votre agenda est injoignable"),
    "timed_out": N_("le service qui tient votre agenda n’a pas répondu à temps"),
    "not_found": N_("il n’y a plus rien à cette adresse : elle a peut-être été changée"),
    "refused": N_("le service qui tient votre agenda refuse de le montrer : donnez son adresse secrète, pas sa page"),
    "failing": N_("le service qui tient votre agenda est en panne ou débordé"),
    "too_large": N_("votre agenda est trop gros : un mégaoctet au plus"),
    "login_page": N_("l’adresse mène à une page web, sans doute pour se connecter, et pas à un agenda iCal"),
    "unreadable": N_("ce qui se trouve là n’est pas un agenda iCal"),
}
"""Why the calendar that a shop keeps elsewhere could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaDay:
    """A day on which somebody comes."""

    day: date
    visits: list[ShopVisit]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaWeek:
    """Seven days from a Monday, with the addresses of those before and after; and who waits for an answer, of all.

    `noted` says what came out, by the number of the agreement or of who walked in.
    """

    first: date
    days: list[AgendaDay]
    earlier: str
    later: str
    waiting: list[ShopVisit]
    coming: int
    noted: Mapping[int, str]


async def show_book(request: web.Request) -> web.Response:
    """GET /ateliers/{place}/gerer/rendez-vous?semaine=."""
    acting = await find_shop(request, manages=False)
    return await show(request, acting, blank_form(request, {}))


async def post_book(request: web.Request) -> web.Response:
    """POST: take appointments by these rules from now on."""
    acting = await find_shop(request)
    form = await read_form(request)
    draft = _read_draft(form)
    if form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                listing = await open_book(conn, request.app[INSTANCE].site, acting.actor, draft)
            raise redirect_with_message(home_of(acting), "opened" if _is_seen(listing, draft) else "held")
        except (Invalid, Conflict) as error:
            form.refuse(error.field or "", error)
    return await show(request, acting, form, status=422)


async def post_closing(request: web.Request) -> web.Response:
    """POST …/fermer: take no appointments any more."""
    acting = await find_shop(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await close_book(conn, request.app[INSTANCE].site, acting.actor)
    raise redirect_with_message(home_of(acting), "closed")


def _is_seen(listing: Listing, draft: BookDraft) -> bool:
    """Whether everybody reads it as it was written: what a filter finds waits for a look."""
    said = (listing.details.title, listing.post.source)
    return listing.post.hidden_at is None and said == (" ".join(draft.title.split()), draft.text.strip())


def home_of(acting: ActingShop) -> str:
    """Where the appointments of this shop stand."""
    return f"{acting.home}/rendez-vous"


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


async def show(request: web.Request, acting: ActingShop, form: Form, *, status: int = 200) -> web.Response:
    """The page; `form` is whichever of its forms was sent."""
    instance, shop = request.app[INSTANCE], acting.actor
    async with connection(instance.pool) as conn:
        listing = await find_listing(conn, shop)
        book = await appointment_books.find_of_actor(conn, shop.id) if listing is not None else None
        latest = await find_latest(conn, listing) if listing is not None else None
        week = await _draw_week(conn, request, book, home_of(acting)) if book else None
        calendar = await shop_calendars.find_state(conn, shop.id)
    rules = form if "slot_minutes" in form.values else blank_form(request, _values_of(shop, latest, book))
    return await render(
        request,
        "repairs/bookings/book.html",
        status=status,
        acting=acting,
        home=home_of(acting),
        address=listing_path(instance.site, listing) if listing is not None else "",
        listing=listing,
        held=latest.held if latest else None,
        open=listing is not None and listing.details.status in OPEN,
        week=week,
        calendar=calendar,
        causes=CAUSES,
        now=datetime.now(UTC),
        form=form,
        rules=rules,
        limits=LIMITS,
        kept_days=WALK_INS_KEPT.days,
        said=find_flash_message(request, SAID),
    )


def _values_of(shop: Actor, latest: LatestVersion | None, book: AppointmentBook | None) -> dict[str, str]:
    if latest is None or book is None:
        return RULES | {"title": f"Rendez-vous : {shop.display_name}"[:TITLE_LIMIT]}
    listing = latest.listing
    return {
        "title": listing.details.title,
        "text": listing.post.source,
        "capacity": str(int(listing.details.quantity)),
        "slot_minutes": str(book.slot_minutes),
        "notice_hours": str(book.notice_hours),
        "ahead_days": str(book.ahead_days),
    }


async def _draw_week(conn: Connection, request: web.Request, book: AppointmentBook, home: str) -> AgendaWeek:
    first, now = _read_monday(request.query.get("semaine", "")), datetime.now(UTC)
    visits = await appointment_books.list_entries(conn, book.listing_id, begin_at(first), begin_at(first + WEEK))
    return AgendaWeek(
        first=first,
        days=[AgendaDay(day=day, visits=[*of]) for day, of in groupby(visits, lambda one: _day_of(one.begins_at))],
        earlier=f"{home}?semaine={first - WEEK}",
        later=f"{home}?semaine={first + WEEK}",
        waiting=await appointment_books.list_waiting(conn, book.listing_id, at=now),
        coming=await appointment_books.count_coming(conn, book.listing_id),
        noted=await _list_noted(conn, request, book, visits),
    )


async def _list_noted(
    conn: Connection, request: web.Request, book: AppointmentBook, visits: Sequence[ShopVisit]
) -> dict[int, str]:
    """What the shop noted, on one line each."""
    found = await walk_ins.map_noted(
        conn,
        book.actor_id,
        agreement_ids=[one.agreement_id for one in visits if one.agreement_id],
        walk_in_ids=[one.walk_in_id for one in visits if one.walk_in_id],
    )
    return {id: write_result(note_of(one), reader_language(request)) for id, one in found.items()}


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
