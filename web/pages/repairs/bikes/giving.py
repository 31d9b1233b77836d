"""« Donner ce vélo avec son carnet » : a code shown once, and the last word of its owner."""

from aiohttp import web

from federation.media.private_files import note_digests
from models.errors import Conflict
from models.people import actors
from models.people.actors import Actor
from models.repairs.bikes import entries, handovers
from models.repairs.bikes.bikes import Bike
from models.store.database import connection, transaction
from outbox.repairs.bikes import handing_over, travelling
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.repairs.bikes.bike_form import get_bike
from web.pages.repairs.bikes.my_bikes import HOME
from web.pages.repairs.calls.passing import hide
from web.rendering.render import N_, render
from web.security.session import require_account

SAID = {"cancelled": N_("C’est annulé : le code n’ouvre plus rien.")}


async def show_giving(request: web.Request) -> web.Response:
    """GET /mes-velos/ID/donner: how far it is."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        bike = await get_bike(conn, request, account)
    return await _show(request, bike, blank_form(request))


async def post_code(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/donner: a new code, in this answer alone."""
    account = require_account(request)
    form = await read_form(request)
    token = ""
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            bike = await get_bike(conn, request, account, lock=True)
            token = await handovers.begin(
                conn, bike, named=form.flag("named"), with_invoices=form.flag("with_invoices")
            )
    except Conflict as refusal:
        form.refuse("", refusal)
    return await _show(request, bike, form, link=f"{request.app[INSTANCE].site.url}/velo/{token}" if token else "")


async def post_yes(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/donner/oui: she says yes to whoever took it."""
    account = require_account(request)
    form, instance = await read_form(request), request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        bike = await get_bike(conn, request, account)
    await note_digests(instance, bike.id)
    try:
        async with transaction(instance.pool) as conn:
            bike = await get_bike(conn, request, account, lock=True)
            giver = await actors.get(conn, account.actor_id)
            await handing_over.confirm(conn, instance.site, giver, bike)
    except Conflict as refusal:
        form.refuse("", refusal)
        return await _show(request, bike, form)
    async with connection(instance.pool) as conn:
        left = await handovers.find_of_bike(conn, bike.id)
    raise redirect_with_message(HOME, "handed" if left is None else "leaving")


async def post_cancel(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/donner/annuler: neither the code nor a yes to it counts any more."""
    account = require_account(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        bike = await get_bike(conn, request, account, lock=True)
        await handovers.cancel(conn, bike.id)
    raise redirect_with_message(f"{HOME}/{bike.id}/donner", "cancelled")


async def _show(request: web.Request, bike: Bike, form: Form, *, link: str = "") -> web.Response:
    taker: Actor | None = None
    async with connection(request.app[INSTANCE].pool) as conn:
        handover = await handovers.find_of_bike(conn, bike.id)
        if handover is not None and handover.taker_id is not None:
            taker = await actors.get(conn, handover.taker_id)
        lines = await entries.count(conn, bike.id)
        heavy = await travelling.is_too_heavy(conn, request.app[INSTANCE].site, bike)
    page = await render(
        request,
        "repairs/bikes/giving.html",
        status=200 if form.ok else 422,
        form=form,
        bike=bike,
        handover=handover,
        taker=handing_over.name_of(taker) if taker is not None else "",
        elsewhere=taker is not None and not taker.local,
        lines=lines,
        heavy=heavy,
        link=link,
        home=f"{HOME}/{bike.id}",
        said=find_flash_message(request, SAID),
    )
    return hide(page)
