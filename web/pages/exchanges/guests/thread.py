"""A guest's page: first she confirms, then it is her thread, with its agreement and a form to write."""

from datetime import datetime
from functools import partial

from aiohttp import web

from models.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from models.exchanges import exchanges
from models.exchanges.guests import Guest
from models.listings import listings
from models.moments import PARIS
from models.people import actors
from models.store.database import connection, transaction
from outbox.exchanges import guests
from outbox.exchanges.guests import TEXT_LIMIT, GuestThread
from web.forms.form import Form, blank_form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.people import person_of
from web.pages.exchanges.guests.private_link import answer, find_linked_guest, get_confirmed_guest, path_of, show_gone
from web.pages.exchanges.thread.said import SAID
from web.pages.exchanges.thread.thread_page import ThreadReader, load_thread_view_for
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.prefetch import is_viewed_by_guest
from web.rendering.render import N_, say

TOLD = SAID | {
    "sent": N_("Votre message est parti. La réponse arrivera dans vos courriels."),
    "confirmed": N_("C’est parti. La réponse arrivera dans vos courriels."),
    "without_dates": N_("Votre message est parti, mais sans les dates : elles ne sont plus libres."),
}  # fmt: skip


async def show_visit(request: web.Request) -> web.Response:
    """GET /invite/TOKEN: nothing is confirmed by looking, as often as mail scanners like."""
    async with connection(request.app[INSTANCE].pool) as conn:
        guest = await find_linked_guest(conn, request)
    if guest is None:
        return await show_gone(request)
    if guest.actor_id is None:
        return await _show_confirming(request, guest, blank_form(request))
    return await show(request, blank_form(request, {"message": guest.message}))


async def _show_confirming(request: web.Request, guest: Guest, form: Form) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        listing = await listings.find_by_post(conn, guest.listing_id)
        if listing is None:
            raise NotFound
        owner = person_of(await actors.get(conn, listing.post.author_id))
    return await answer(
        request,
        "guests/confirm.html",
        status=200 if form.ok else 422,
        guest=guest,
        owner=owner,
        details=listing.details,
        path=path_of(request),
        form=form,
    )


async def post_confirm(request: web.Request) -> web.Response:
    """POST /invite/TOKEN/confirmer: what she typed reaches the owner; where its dates are taken meanwhile, the rest."""
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        guest = await find_linked_guest(conn, request)
    if guest is None:
        return await show_gone(request)
    try:
        raise redirect_with_message(path_of(request), await _confirm(request, guest))
    except Gone:
        return await show_gone(request)
    except (Conflict, Invalid) as error:
        form.refuse("", error)
        return await _show_confirming(request, guest, form)


async def _confirm(request: web.Request, guest: Guest) -> str:
    """What the page says then."""
    instance = request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            await guests.confirm(conn, instance.site, guest)
        return "confirmed"
    except (Conflict, Invalid):
        if guest.terms is None:
            raise
    async with transaction(instance.pool) as conn:
        await guests.confirm(conn, instance.site, guest, dated=False)
    return "without_dates"


async def show(request: web.Request, form: Form) -> web.Response:
    """The thread, with a form as it came back when something in it is wrong."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        party = await get_confirmed_guest(conn, request)
        view = await load_thread_view_for(
            conn, request, party.thread, ThreadReader(id=party.actor.id, path=path_of(request))
        )
    response = await answer(
        request,
        "guests/show.html",
        status=200 if form.ok else 422,
        view=view,
        form=form,
        guest=party.guest,
        explain_stop=partial(explain_stop, partial(say, request)),
        said=find_flash_message(request, TOLD),
        today=datetime.now(PARIS).date(),
    )
    await _mark_read(request, party, newest=view.newest_page)
    return response


async def _mark_read(request: web.Request, party: GuestThread, *, newest: bool) -> None:
    """What she has seen here, no mail tells her."""
    if newest and is_viewed_by_guest(request) and party.thread.last_id > party.thread.partner_read_id:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await exchanges.mark_read(conn, party.thread.id, party.actor.id, party.thread.last_id)


async def post_message(request: web.Request) -> web.Response:
    """POST /invite/TOKEN/messages."""
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        party = await get_confirmed_guest(conn, request)
    text = form.lines("message", limit=TEXT_LIMIT, missing="Écrivez votre message.")
    if form.ok and not await may_try(request, "guest_write", str(party.guest.id)):
        refuse_try(form, "message", "guest_write")
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                await guests.write(conn, instance.site, party, text)
        except (Conflict, Forbidden, Invalid) as error:
            form.refuse("message", error)
    if not form.ok:
        return await show(request, form)
    raise redirect_with_message(path_of(request), "sent")
