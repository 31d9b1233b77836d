"""« Garder ma place », « Me décommander »: one tap for members, and a mail to confirm for whoever has no account."""

from aiohttp import web

from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.listings.listings import Listing
from models.meetings import occurrences
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import Registration, Wish
from models.people import actors
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
from outbox.exchanges.guests import NAME_LIMIT
from outbox.meetings.guests import Visitor, request_seat
from outbox.meetings.registrations import MESSAGE_LIMIT, PEOPLE_LIMIT, leave, register
from web.forms.form import Form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_by_id import get_listing
from web.pages.meetings.meeting_page import show_again
from web.rendering.paths import listing_path, meeting_path
from web.rendering.render import reader_language, render
from web.security.session import require_account

ACTS = ("register", "leave")

NUMBER_LIMIT = 20

FIELDS = {"people": "people", "message": "message"}
"""Of the refusals of verbs, those that have a field here; the others are of the form as a whole."""


async def post_registration(request: web.Request) -> web.Response:
    """POST /rencontres/d/ID/inscription: come to one time of it, or no more. Raises NotFound."""
    account = require_account(request)
    form = await read_form(request)
    act = form.choice("act", ACTS, default="register")
    async with connection(request.app[INSTANCE].pool) as conn:
        listing = await _get_meeting(conn, request)
        meant = await _find_meant(conn, form, listing)
    wish = _read_wish(form, "people", "message", meant)
    if form.ok:
        try:
            done = await _do(request, account, listing, act, wish)
        except (Conflict, Forbidden, Invalid) as error:
            form.refuse(FIELDS.get(getattr(error, "field", None) or "", ""), error)
        else:
            path = meeting_path(request.app[INSTANCE].site, listing, meant.id, several=await _repeats(request, listing))
            raise redirect_with_message(path, done, part="place")
    return await show_again(request, listing, form=form, occurrence_id=meant.id)


async def _do(request: web.Request, account: Account, listing: Listing, act: str, wish: Wish) -> str:
    """What became of it: a state of the registration, or `left`."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        me = await actors.get(conn, account.actor_id)
        if act == "leave":
            await leave(conn, instance.site, me, listing.id, recurs_at=wish.recurs_at)
            return "left"
        taken: Registration = await register(conn, instance.site, me, listing.id, wish)
        return taken.state


def _read_wish(form: Form, people: str, message: str, meant: Occurrence) -> Wish:
    typed = form.text(people, limit=NUMBER_LIMIT) or "1"
    count = int(typed) if typed.isascii() and typed.isdecimal() else 0
    if not 1 <= count <= PEOPLE_LIMIT:
        form.fail(people, "Une inscription vaut pour %(most)s personnes au plus.", most=PEOPLE_LIMIT)
        count = 1
    return Wish(people=count, message=form.lines(message, limit=MESSAGE_LIMIT), recurs_at=meant.recurs_at)


async def _get_meeting(conn: Connection, request: web.Request) -> Listing:
    listing = await get_listing(conn, request)
    if not listing.details.meeting:
        raise NotFound
    return listing


async def _find_meant(conn: Connection, form: Form, listing: Listing) -> Occurrence:
    """The time that the form names. Raises NotFound for one of another meeting."""
    id = find_id(form.typed("fois"))
    found = await occurrences.find(conn, id) if id is not None else None
    if found is None or found.meeting_id != listing.id:
        raise NotFound
    return found


async def _repeats(request: web.Request, listing: Listing) -> bool:
    async with connection(request.app[INSTANCE].pool) as conn:
        return len(await occurrences.list_of_meeting(conn, listing.id)) > 1


async def post_guest(request: web.Request) -> web.Response:
    """POST /rencontres/d/ID/courriel. What the page says then does not tell whether an address is known here."""
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await _get_meeting(conn, request)
        meant = await _find_meant(conn, form, listing)
    if instance.settings.smtp_url is None:
        raise NotFound
    visitor = Visitor(
        name=form.text("name", limit=NAME_LIMIT, missing="Dites comment on vous appelle."),
        email=form.email("email", missing="Donnez votre adresse de courriel : la confirmation y arrive."),
        language=reader_language(request),
    )
    wish = _read_wish(form, "guest_people", "guest_message", meant)
    if form.ok and not await _may_write(request, visitor.email, listing.id):
        refuse_try(form, "", "guest")
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                await request_seat(conn, listing.id, visitor, wish)
            back = listing_path(instance.site, listing)
            return await render(request, "meetings/sent.html", email=visitor.email, back=back)
        except (Conflict, Forbidden, Invalid) as error:
            form.refuse("name" if getattr(error, "field", None) == "name" else "", error)
    return await show_again(request, listing, form=form, occurrence_id=meant.id)


async def _may_write(request: web.Request, email: str, listing_id: int) -> bool:
    return await may_try(request, "guest", email) and await may_try(request, "guest_listing", str(listing_id))
