"""Ask for what is offered, answer what is looked for, propose terms for one's own listing, or other terms."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web

from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, Terms
from models.exchanges.exchanges import Exchange
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.repairs.bookings import visit_places
from models.settings import Site
from models.store.database import Connection, connection, transaction
from outbox.exchanges.agreements.agreements import counter, propose
from outbox.exchanges.agreements.agreements import request as ask
from outbox.exchanges.agreements.request_preconditions import require_may_propose
from outbox.exchanges.agreements.terms import TIMED
from outbox.threads.agreement_context import Said
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_by_id import get_listing
from web.pages.components.people import person_of
from web.pages.exchanges.listing_actions import asking_path, find_obstacle
from web.pages.exchanges.terms.fields import note_refusal, read_terms, values_of
from web.pages.exchanges.terms.form_page import TermsPage, form_of, read_words, show_form
from web.pages.exchanges.terms.points_cost import find_cost
from web.pages.exchanges.terms.summary import is_help
from web.pages.exchanges.terms.visit_fields import read_visit, values_of_visit
from web.pages.exchanges.thread.thread_page import get_thread
from web.rendering.paths import exchange_path, listing_path
from web.rendering.render import format_refusal
from web.security.session import require_account

Find = Callable[[Connection, web.Request], Awaitable[TermsPage]]


async def show_asking(request: web.Request) -> web.Response:
    """GET /annonces/d/ID/demander?du=&au=&mois=: the days by links, then everything else."""
    async with connection(request.app[INSTANCE].pool) as conn:
        asking = await _find_asking(conn, request)
    if asking.listing.post.author_id == require_account(request).actor_id:
        raise web.HTTPSeeOther(asking.back)
    return await show_form(request, asking, form_of(request, {}))


async def post_asking(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/demander."""
    return await _post(request, _find_asking)


async def show_proposing(request: web.Request) -> web.Response:
    """GET /echanges/ID/proposer: terms for one's own listing, to somebody who wrote without asking for any."""
    async with connection(request.app[INSTANCE].pool) as conn:
        asking = await _find_proposing(conn, request)
    return await show_form(request, asking, form_of(request, {}))


async def post_proposing(request: web.Request) -> web.Response:
    """POST /echanges/ID/proposer."""
    return await _post(request, _find_proposing)


async def show_counter(request: web.Request) -> web.Response:
    """GET /echanges/ID/proposer/AGREEMENT: the terms on the table, to be changed."""
    async with connection(request.app[INSTANCE].pool) as conn:
        asking = await _find_counter(conn, request)
        known = await _list_known(conn, asking)
    return await show_form(request, asking, form_of(request, known))


async def _list_known(conn: Connection, asking: TermsPage) -> dict[str, str]:
    """What lies on the table, in its fields."""
    if asking.held is None:
        return {}
    held = asking.held
    address = await visit_places.find_shown(conn, held.id, held.partner_id) if asking.area is not None else ""
    return values_of(held.terms) | values_of_visit(asking.area, held.terms, address)


async def post_counter(request: web.Request) -> web.Response:
    """POST /echanges/ID/proposer/AGREEMENT."""
    return await _post(request, _find_counter)


async def _post(request: web.Request, find: Find) -> web.Response:
    """Do what the form says, and lead on to the thread; a mistake comes back with everything that was typed."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        asking = await find(conn, request)
    terms, address = read_visit(form, asking.area, read_terms(form, asking.details))
    said = read_words(form, asking, terms)
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                me = await actors.get(conn, account.actor_id)
                made = await _send_terms(conn, instance.site, me, asking, terms, said)
                if asking.area is not None:
                    await visit_places.save_address(conn, made.id, address)
            raise redirect_with_message(exchange_path(made.exchange_id), _word(asking, made))
        except (Conflict, Invalid, Forbidden) as error:
            note_refusal(form, error)
    return await show_form(request, asking, form)


def _word(asking: TermsPage, made: Agreement) -> str:
    """What the thread says then: whether days are kept, or it is settled already."""
    if asking.verb != "ask" or is_help(asking.details):
        return "proposed"
    if made.state == "agreed":
        return "taken"
    return "requested" if made.begins_at is not None else "requested_undated"


async def _send_terms(
    conn: Connection, site: Site, me: Actor, asking: TermsPage, terms: Terms, said: Said
) -> Agreement:
    if asking.held is not None:
        return await counter(conn, site, me, asking.held, terms, said)
    if asking.thread is not None:
        return await propose(conn, site, me, asking.thread, terms, said)
    return await ask(conn, site, me, asking.listing, terms, said)


async def _find_asking(conn: Connection, request: web.Request) -> TermsPage:
    me = await actors.get(conn, require_account(request).actor_id)
    listing = await get_listing(conn, request)
    author = await actors.get(conn, listing.post.author_id)
    return TermsPage(
        verb="ask",
        listing=listing,
        other=person_of(author),
        path=asking_path(listing.id),
        back=listing_path(request.app[INSTANCE].site, listing),
        dated=listing.details.mode in TIMED,
        by_slots=listing.details.slots_uri is not None,
        area=await visit_places.find_area(conn, listing),
        obstacle="" if author.id == me.id else await find_obstacle(conn, request, me, listing),
        cost=await find_cost(conn, listing, me, author),
    )


async def _find_proposing(conn: Connection, request: web.Request) -> TermsPage:
    """Raises NotFound for whoever is not its author."""
    thread = await get_thread(conn, request)
    if thread.owner_id != require_account(request).actor_id:
        raise NotFound
    asking = await _about(conn, thread, thread.owner_id)
    return replace(asking, obstacle=await _find_terms_obstacle(conn, request, thread, asking.listing))


async def _find_terms_obstacle(conn: Connection, request: web.Request, thread: Exchange, listing: Listing) -> str:
    """Why its author cannot propose anything now."""
    owner, partner = [await actors.get(conn, id) for id in (thread.owner_id, thread.partner_id)]
    try:
        await require_may_propose(conn, thread, listing, (owner, partner))
    except (Conflict, Invalid) as error:
        return format_refusal(request, error)
    return ""


async def _find_counter(conn: Connection, request: web.Request) -> TermsPage:
    """Raises NotFound where it is another thread's."""
    me = require_account(request).actor_id
    thread = await get_thread(conn, request)
    held = await agreements.get(conn, read_id(request.match_info["agreement"]))
    if held.exchange_id != thread.id:
        raise NotFound
    return await _about(conn, thread, me, held)


async def _about(conn: Connection, thread: Exchange, me_id: int, held: Agreement | None = None) -> TermsPage:
    listing = (await listings.list_by_posts(conn, [thread.listing_id]))[thread.listing_id]
    me, other = await actors.get(conn, me_id), await actors.get(conn, thread.other_of(me_id))
    back = exchange_path(thread.id)
    return TermsPage(
        verb="propose" if held is None else "counter",
        listing=listing,
        other=person_of(other),
        path=f"{back}/proposer" + ("" if held is None else f"/{held.id}"),
        back=back,
        dated=listing.details.mode in TIMED,
        held=held,
        thread=thread,
        by_slots=listing.details.slots_uri is not None and me_id != thread.owner_id,
        area=await visit_places.find_area(conn, listing) if me_id != thread.owner_id else None,
        cost=await find_cost(conn, listing, me, other, held),
    )
