"""What a guest does with an agreement: the buttons of its card, thanks, and terms that she asks for or proposes."""

from aiohttp import web

from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges import agreements
from models.listings import listings
from models.people import actors
from models.store.database import Connection, connection, transaction
from outbox.exchanges.agreements.agreements import counter
from outbox.exchanges.agreements.agreements import request as ask
from outbox.exchanges.agreements.terms import TIMED
from web.forms.form import Form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.people import person_of
from web.pages.exchanges.agreement_actions import try_act
from web.pages.exchanges.guests.private_link import forbid_referrer, get_confirmed_guest, path_of
from web.pages.exchanges.guests.thread import show
from web.pages.exchanges.terms.fields import note_refusal, read_terms, values_of
from web.pages.exchanges.terms.form_page import TermsPage, form_of, read_words, show_form
from web.pages.exchanges.thanks import try_thank
from web.pages.exchanges.thread.reserve_place import try_place


async def post_act(request: web.Request) -> web.Response:
    """POST /invite/TOKEN/accord."""
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        party = await get_confirmed_guest(conn, request)
    done = await try_act(request, form, party.thread, party.actor.id)
    if done:
        raise redirect_with_message(path_of(request), done)
    return await show(request, form)


async def post_thanks(request: web.Request) -> web.Response:
    """POST /invite/TOKEN/merci."""
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        party = await get_confirmed_guest(conn, request)
    if await try_thank(request, form, party.thread, party.actor.id):
        raise redirect_with_message(path_of(request), "thanked")
    return await show(request, form)


async def post_place(request: web.Request) -> web.Response:
    """POST /invite/TOKEN/liste: stay on the list, or leave it."""
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        party = await get_confirmed_guest(conn, request)
    done = await try_place(request, form, party.actor, party.thread)
    if done:
        raise redirect_with_message(path_of(request), done)
    return await show(request, form)


async def show_terms(request: web.Request) -> web.Response:
    """GET /invite/TOKEN/demander, and /invite/TOKEN/proposer/AGREEMENT with the terms on the table."""
    async with connection(request.app[INSTANCE].pool) as conn:
        asking = await _find_asking(conn, request)
    known = values_of(asking.held.terms) if asking.held is not None else {}
    return forbid_referrer(await show_form(request, asking, form_of(request, known)))


async def post_terms(request: web.Request) -> web.Response:
    """POST to the same."""
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        asking = await _find_asking(conn, request)
    if await _ask(request, form, asking):
        raise redirect_with_message(asking.back, "proposed" if asking.held is not None else "requested")
    return forbid_referrer(await show_form(request, asking, form))


async def _ask(request: web.Request, form: Form, asking: TermsPage) -> bool:
    instance = request.app[INSTANCE]
    terms = read_terms(form, asking.details)
    said = read_words(form, asking, terms)
    if form.ok and not await may_try(request, "guest_ask", str(asking.listing.id)):
        refuse_try(form, "", "guest_ask")
    if not form.ok:
        return False
    try:
        async with transaction(instance.pool) as conn:
            me = (await get_confirmed_guest(conn, request)).actor
            if asking.held is not None:
                await counter(conn, instance.site, me, asking.held, terms, said)
            else:
                await ask(conn, instance.site, me, asking.listing, terms, said)
    except (Conflict, Invalid, Forbidden) as error:
        note_refusal(form, error)
    return form.ok


async def _find_asking(conn: Connection, request: web.Request) -> TermsPage:
    """Raises NotFound where the agreement is another thread's, or the listing is gone."""
    party = await get_confirmed_guest(conn, request)
    held = None
    if "agreement" in request.match_info:
        held = await agreements.get(conn, read_id(request.match_info["agreement"]))
        if held.exchange_id != party.thread.id:
            raise NotFound
    listing = await listings.find_by_post(conn, party.thread.listing_id)
    if listing is None:
        raise NotFound
    return TermsPage(
        verb="ask" if held is None else "counter",
        listing=listing,
        other=person_of(await actors.get(conn, party.owner.id)),
        path=request.path,
        back=path_of(request),
        dated=listing.details.mode in TIMED,
        held=held,
        thread=party.thread,
    )
