"""The door by mail: somebody without any account answers a listing, or asks for her link again."""

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.listings.listings import Listing, ListingDetails
from models.people import actors
from models.store.database import Connection, connection, transaction
from outbox.exchanges import guests
from outbox.exchanges.agreements.terms import TIMED
from outbox.exchanges.guests import NAME_LIMIT, TEXT_LIMIT, ContactRequest
from web.forms.form import Form, blank_form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.pages.components.listing_by_id import get_listing
from web.pages.components.people import person_of
from web.pages.exchanges.guests.contact_option import contact_form_path, find_contact_option
from web.pages.exchanges.terms.fields import note_refusal, read_terms
from web.rendering.paths import listing_path
from web.rendering.render import reader_language, render
from web.security.session import current_account

FIELDS = ("name", "message")


async def show_contact_form(request: web.Request) -> web.Response:
    """GET /annonces/d/ID/courriel. Members are led to the listing: they answer there."""
    async with connection(request.app[INSTANCE].pool) as conn:
        listing = await _find_listing(conn, request)
    if current_account(request) is not None:
        raise web.HTTPSeeOther(f"{listing_path(request.app[INSTANCE].site, listing)}#repondre")
    return await _show(request, listing, blank_form(request))


async def post_contact_form(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/courriel. What the page says then does not tell whether an address is known here."""
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await _find_listing(conn, request)
    lost = form.typed("act") == "link"
    email = form.email(
        "lost_email" if lost else "email", missing="Donnez votre adresse de courriel : la réponse y arrive."
    )
    visit = None if lost else _read_visit(request, form, listing.details, email)
    if form.ok and not await _may_try(request, email, listing.id):
        refuse_try(form, "", "guest")
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                if visit is None:
                    await guests.ask_link(conn, listing, email)
                else:
                    await guests.request_link(conn, listing, visit)
            return await render(request, "guests/sent.html", email=email, lost=lost, back=_back(request, listing))
        except (Conflict, Invalid) as error:
            _note(form, error)
    return await _show(request, listing, form)


def _read_visit(request: web.Request, form: Form, details: ListingDetails, email: str) -> ContactRequest:
    terms = read_terms(form, details) if details.mode in TIMED and form.typed("first_day") else None
    return ContactRequest(
        email=email,
        name=form.text("name", limit=NAME_LIMIT, missing="Dites comment on vous appelle."),
        language=reader_language(request),
        text=form.lines("message", limit=TEXT_LIMIT, missing="Écrivez votre message."),
        terms=terms,
    )


def _note(form: Form, error: Conflict | Invalid) -> None:
    named = getattr(error, "field", None)
    if named in FIELDS:
        form.refuse(named, error)
    else:
        note_refusal(form, error)


async def _may_try(request: web.Request, email: str, listing_id: int) -> bool:
    return await may_try(request, "guest", email) and await may_try(request, "guest_listing", str(listing_id))


async def _find_listing(conn: Connection, request: web.Request) -> Listing:
    """Raises NotFound where there is no such door."""
    listing = await get_listing(conn, request)
    if await find_contact_option(conn, request, listing) != "open":
        raise NotFound
    return listing


def _back(request: web.Request, listing: Listing) -> str:
    return listing_path(request.app[INSTANCE].site, listing)


async def _show(request: web.Request, listing: Listing, form: Form) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        owner = person_of(await actors.get(conn, listing.post.author_id))
    return await render(
        request,
        "guests/door.html",
        status=200 if form.ok else 422,
        form=form,
        details=listing.details,
        owner=owner,
        path=contact_form_path(listing.id),
        back=_back(request, listing),
        dated=listing.details.mode in TIMED,
    )
