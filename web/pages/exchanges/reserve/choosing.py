"""The owner chooses one of several: what the others will read stands there before she does, and a word of hers."""

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.exchanges.exchanges import Exchange
from models.listings import listings
from models.people import actors
from models.store.database import Connection, connection, transaction
from outbox.exchanges.choices import choose, list_talkers
from outbox.threads.agreement_context import Said
from outbox.threads.waiting_requests import find_thanks
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.people import person_of
from web.pages.exchanges.reserve.answers import list_answers
from web.pages.exchanges.terms.summary import format_when
from web.pages.exchanges.thread.thread_page import get_thread, locale_of
from web.rendering.paths import exchange_path
from web.rendering.render import render
from web.security.session import require_account

WORDS_LIMIT = 500
"""Characters of what the owner adds for those who are not chosen."""


async def show_choosing(request: web.Request) -> web.Response:
    """GET /echanges/ID/choisir: nothing is said to anybody by looking."""
    return await _show(request, blank_form(request))


async def post_choosing(request: web.Request) -> web.Response:
    """POST /echanges/ID/choisir: a yes to the terms that stood there; what is not possible any more says why."""
    account = require_account(request)
    form = await read_form(request)
    words = form.lines("others", limit=WORDS_LIMIT)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        thread, held = await _find_asked(conn, request)
    if form.ok:
        said = Said(offer_uri=form.typed("offer") or None, others=words)
        try:
            async with transaction(instance.pool) as conn:
                owner = await actors.get(conn, account.actor_id)
                await choose(conn, instance.site, owner, held, said)
            raise redirect_with_message(exchange_path(thread.id), "chosen")
        except (Conflict, Invalid) as error:
            form.refuse("points" if error.field == "points" else "", error)
    return await _show(request, form)


async def _show(request: web.Request, form: Form) -> web.Response:
    instance, account = request.app[INSTANCE], require_account(request)
    async with connection(instance.pool) as conn:
        thread, held = await _find_asked(conn, request)
        listing = await listings.find_by_post(conn, thread.listing_id)
        if listing is None:
            raise NotFound
        answers = await list_answers(conn, locale_of(request), account.actor_id, listing)
        chosen = next((one for one in answers.people if one.row.id == thread.id), None)  # of many, the newest are there
        others = await count_others(conn, thread)
        other = person_of(await actors.get(conn, thread.partner_id))
    return await render(
        request,
        "exchanges/choose.html",
        status=200 if form.ok else 422,
        other=other,
        answer=chosen,
        details=listing.details,
        back=f"/annonces/d/{listing.id}/reponses",
        path=f"{exchange_path(thread.id)}/choisir",
        thread=exchange_path(thread.id),
        offer=held.offer_uri,
        when=format_when(locale_of(request), held.terms),
        possible=held.state in agreements.OPEN and agreements.is_turn_of(held, "owner"),
        others=others,
        told=find_thanks(listing.details),
        form=form,
    )


async def _find_asked(conn: Connection, request: web.Request) -> tuple[Exchange, Agreement]:
    """The reader's own thread, and what is on the table in it. Raises NotFound for all others."""
    thread = await get_thread(conn, request)
    held = await agreements.get_latest(conn, thread.id)
    if held is None or thread.owner_id != require_account(request).actor_id:
        raise NotFound
    return thread, held


async def count_others(conn: Connection, thread: Exchange) -> int:
    """How many are told that somebody else was chosen, if the one of this thread is."""
    live = await agreements.list_live_by_listing(conn, thread.listing_id)
    asking = {one.exchange_id for one in live if one.state in agreements.OPEN}
    talking = {one.id for one in await list_talkers(conn, thread.listing_id, thread.owner_id)}
    return len((asking | talking) - {thread.id})
