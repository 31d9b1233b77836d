"""Behind the code of a bike that is given: what one gets, and a yes; who gives it is named by her wish alone."""

from aiohttp import web

from federation.discovery.remote import resolve_handle
from federation.errors import ResolveFailed
from models.errors import Conflict
from models.people import actors
from models.repairs.bikes import bikes, entries, files, handovers
from models.repairs.bikes.handovers import Handover
from models.store.database import Connection, connection, transaction
from outbox.repairs.bikes import handing_over, travelling
from web.forms.form import Form, blank_form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.pages.repairs.calls.passing import hide
from web.rendering.render import render
from web.security.session import current_account, require_account

ADDRESS_LIMIT = 300


async def show_code(request: web.Request) -> web.Response:
    """GET /velo/TOKEN: for anybody who has the code; looking changes nothing."""
    async with connection(request.app[INSTANCE].pool) as conn:
        handover = await _find(conn, request)
    return await _show(request, handover, blank_form(request))


async def post_yes(request: web.Request) -> web.Response:
    """POST /velo/TOKEN: a member of ours says yes."""
    account = require_account(request)
    form, instance = await read_form(request), request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        handover = await _find(conn, request)
    if handover is not None:
        try:
            async with transaction(instance.pool) as conn:
                taker = await actors.get(conn, account.actor_id)
                await handing_over.take(conn, instance.site, taker, handover)
        except Conflict as refusal:
            form.refuse("", refusal)
        async with connection(instance.pool) as conn:
            handover = await _find(conn, request)
    return await _show(request, handover, form)


async def post_elsewhere(request: web.Request) -> web.Response:
    """POST /velo/TOKEN/ailleurs: a member of another cooperative says which; she answers there."""
    form, instance = await read_form(request), request.app[INSTANCE]
    address = form.text("address", limit=ADDRESS_LIMIT, missing="Écrivez votre adresse, comme @nom@coop.fr.")
    async with connection(instance.pool) as conn:
        handover = await _find(conn, request)
    host = ""
    if handover is not None and form.ok:
        if await may_try(request, "guest", f"velo {handover.id}"):
            host = await _ask_there(request, form, handover.id, address)
            async with connection(instance.pool) as conn:
                handover = await _find(conn, request)
        else:
            refuse_try(form, "address", "guest")
    return await _show(request, handover, form, asked_at=host)


async def _ask_there(request: web.Request, form: Form, handover_id: int, address: str) -> str:
    """Her server, once it is asked; nothing where that cannot be, which the form says."""
    instance = request.app[INSTANCE]
    try:
        taker = await resolve_handle(instance, address if address.startswith("@") else f"@{address}")
        if taker.local:
            form.fail("address", "C’est une adresse d’ici : connectez-vous, plutôt.")
            return ""
        async with transaction(instance.pool) as conn:
            await travelling.offer_to(conn, instance.site, handover_id, taker)
    except ResolveFailed:
        form.fail("address", "Nous ne trouvons personne à cette adresse.")
        return ""
    except Conflict as refusal:
        form.refuse(refusal.field or "", refusal)
        return ""
    return taker.host or ""


async def _find(conn: Connection, request: web.Request) -> Handover | None:
    return await handovers.find_behind(conn, request.match_info["token"])


async def _show(request: web.Request, handover: Handover | None, form: Form, *, asked_at: str = "") -> web.Response:
    if handover is None:
        return hide(await render(request, "repairs/bikes/no_code.html", status=410))
    account = current_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        bike = await bikes.find(conn, handover.bike_id)
        lines = await entries.count(conn, handover.bike_id)
        held = await files.list_of_bike(conn, handover.bike_id)
        giver = await actors.get(conn, handover.giver_id)
        heavy = bike is not None and await travelling.is_too_heavy(conn, request.app[INSTANCE].site, bike)
    reader_id = account.actor_id if account is not None else None
    page = await render(
        request,
        "repairs/bikes/taking.html",
        status=200 if form.ok else 422,
        form=form,
        bike=bike,
        lines=lines,
        heavy=heavy,
        photos=sum(one.kind == "photo" for one in held),
        invoices=sum(one.kind == "invoice" for one in held) if handover.with_invoices else 0,
        giver=giver.display_name if handover.named else "",
        own=reader_id == handover.giver_id,
        mine=reader_id is not None and reader_id == handover.taker_id,
        taken=handover.taker_id is not None,
        asked_at=asked_at,
        path=f"/velo/{request.match_info['token']}",
    )
    return hide(page)
