"""How a guest leaves: no more mails, or everything about her forgotten."""

from aiohttp import web

from models.exchanges.guests import Guest
from models.store.database import connection, transaction
from outbox.exchanges import guests
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.mail.guest_mails import find_unsubscribing
from web.pages.exchanges.guests.private_link import answer, find_linked_guest, show_gone


async def show_stop(request: web.Request) -> web.Response:
    """GET /invite/fin/TOKEN: asks, and changes nothing."""
    if await _find(request) is None:
        return await show_gone(request)
    return await answer(request, "guests/stop.html", done=False)


async def post_stop(request: web.Request) -> web.Response:
    """POST /invite/fin/TOKEN, from the page or from a mail program (RFC 8058): the token is all that it takes."""
    guest = await _find(request)
    if guest is None:
        return await show_gone(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        if guest.actor_id is None:
            await guests.erase(conn, instance.site, guest)
        else:
            await guests.stop(conn, instance.site, await guests.get_party(conn, guest))
    return await answer(request, "guests/stop.html", done=True)


async def _find(request: web.Request) -> Guest | None:
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        return await find_unsubscribing(conn, instance, request.match_info["token"])


async def post_erase(request: web.Request) -> web.Response:
    """POST /invite/TOKEN/effacer: her name, her address and her words go; the link with them."""
    await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        guest = await find_linked_guest(conn, request)
    if guest is None:
        return await show_gone(request)
    async with transaction(instance.pool) as conn:
        await guests.erase(conn, instance.site, guest)
    return await answer(request, "guests/erased.html")
