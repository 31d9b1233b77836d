"""The private link of who calls without an account: it publishes what waited, and leads her back to her call."""

from functools import partial

from aiohttp import web
from multidict import MultiDict

from models.access import sessions
from models.errors import NotFound
from models.people import accounts
from models.repairs import passers_by
from models.repairs.passers_by import PasserBy
from models.store.database import connection, transaction
from outbox.people import passers_by as verbs
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.mail.passer_by_mails import find_passer, find_unsubscribing
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.photo_upload import list_uploaded
from web.pages.repairs.calls.call_fields import NOWHERE_KNOWN, read_call
from web.pages.repairs.calls.own_call import call_path
from web.pages.repairs.calls.passing import hide, publish, show_link
from web.pages.repairs.calls.sounds import list_sounds
from web.rendering.render import render, say
from web.security.session import close_session, current_account, open_session, require_account


async def show_private(request: web.Request) -> web.Response:
    """GET /appel/TOKEN: nothing is published by looking, as often as mail scanners like."""
    async with connection(request.app[INSTANCE].pool) as conn:
        passer = await find_passer(conn, request.app[INSTANCE], request.match_info["token"])
    if passer is None:
        return await _show_gone(request)
    return await _show(request, passer, _fill_in(request, passer))


async def post_private(request: web.Request) -> web.Response:
    """POST /appel/TOKEN: publish what waited, and let her in on this browser."""
    await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        passer = await find_passer(conn, instance, request.match_info["token"])
    if passer is None:
        return await _show_gone(request)
    if passer.listing_id is None:
        return await _publish(request, passer)
    async with transaction(instance.pool) as conn:
        await open_session(request, conn, await accounts.get(conn, passer.actor_id), without_password=True)
    raise web.HTTPSeeOther("/depannage/mon-appel")


def _fill_in(request: web.Request, passer: PasserBy) -> Form:
    """What she typed, as the form had it."""
    return Form(MultiDict([(name, typed) for name, typed in passer.fields or ()]), partial(say, request))


async def _publish(request: web.Request, passer: PasserBy) -> web.Response:
    instance, form = request.app[INSTANCE], _fill_in(request, passer)
    ids = [int(id) for id in form.values.getall("media", [])]
    photos = await list_uploaded(instance, passer.actor_id, ids)
    sounds = await list_sounds(instance, passer.actor_id, ids)
    async with connection(instance.pool) as conn:
        media_ids = (*(photo.id for photo in photos), *(sound.id for sound in sounds))
        draft = await read_call(conn, request, form, known=NOWHERE_KNOWN, media_ids=media_ids)
    listing = await publish(request, form, draft, passer.actor_id) if form.ok else None
    if listing is None:
        return await _show(request, passer, form)
    held = listing.post.hidden_at is not None
    raise redirect_with_message(call_path(listing.id), "held" if held else "published")


async def _show(request: web.Request, passer: PasserBy, form: Form) -> web.Response:
    response = await render(
        request,
        "repairs/calls/private.html",
        status=200 if form.ok else 422,
        path=f"/appel/{request.match_info['token']}",
        published=passer.listing_id is not None,
        form=form,
        other=current_account(request),
    )
    return hide(response)


async def _show_gone(request: web.Request) -> web.Response:
    return hide(await render(request, "repairs/calls/gone.html", status=410))


async def show_own(request: web.Request) -> web.Response:
    """GET /depannage/mon-appel: where everything leads that does not open for who passes by."""
    passer = await _find_own(request)
    if passer is None or passer.listing_id is None:
        raise web.HTTPSeeOther("/depannage")
    async with connection(request.app[INSTANCE].pool) as conn:
        listing = await verbs.get_call(conn, passer.actor_id)
    if listing.post.deleted_at is None:
        raise web.HTTPSeeOther(call_path(passer.listing_id))
    return hide(await render(request, "repairs/calls/withdrawn.html"))


async def post_new_link(request: web.Request) -> web.Response:
    """POST /depannage/mon-appel: another private link; the one before, and browsers that it let in, end."""
    await read_form(request)
    passer, instance = await _get_own(request), request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        await passers_by.renew(conn, passer.actor_id)
        await sessions.end_without_password(conn, passer.actor_id)
        await open_session(request, conn, await accounts.get(conn, passer.actor_id), without_password=True)
        listing = await verbs.get_call(conn, passer.actor_id)
    return await show_link(request, passer.actor_id, listing)


async def post_erase(request: web.Request) -> web.Response:
    """POST /depannage/mon-appel/effacer: her call, her words and her address go, here and where they are known."""
    await read_form(request)
    passer, instance = await _get_own(request), request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        await close_session(request, conn)
        await verbs.erase(conn, instance.site, passer.actor_id)
    return hide(await render(request, "repairs/calls/erased.html"))


async def show_stop(request: web.Request) -> web.Response:
    """GET /appel/fin/TOKEN: asks, and changes nothing."""
    if await _find_stopping(request) is None:
        return await _show_gone(request)
    return hide(await render(request, "repairs/calls/stop.html", done=False))


async def post_stop(request: web.Request) -> web.Response:
    """POST /appel/fin/TOKEN, from the page or from a mail program (RFC 8058): the token is all that it takes."""
    passer = await _find_stopping(request)
    if passer is None:
        return await _show_gone(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        held = await passers_by.lock(conn, passer.actor_id)  # her link may publish at this moment
        await passers_by.stop_mails(conn, passer.actor_id)
        if held is not None and held.listing_id is None:
            await passers_by.erase(conn, passer.actor_id)
    return hide(await render(request, "repairs/calls/stop.html", done=True))


async def _find_stopping(request: web.Request) -> PasserBy | None:
    async with connection(request.app[INSTANCE].pool) as conn:
        return await find_unsubscribing(conn, request.app[INSTANCE], request.match_info["token"])


async def _find_own(request: web.Request) -> PasserBy | None:
    account = current_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        return await passers_by.find(conn, account.actor_id) if account is not None else None


async def _get_own(request: web.Request) -> PasserBy:
    """Raises NotFound for members."""
    require_account(request)
    passer = await _find_own(request)
    if passer is None:
        raise NotFound
    return passer
