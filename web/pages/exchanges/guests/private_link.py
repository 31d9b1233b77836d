"""Who comes by a private link: the token in the address is all, and the address stays between her and us."""

from typing import Any

from aiohttp import web

from models.errors import NotFound
from models.exchanges.guests import Guest
from models.store.database import Connection
from outbox.exchanges.guests import GuestThread, get_party
from web.http.app_keys import INSTANCE
from web.mail.guest_mails import find_guest
from web.rendering.render import render

HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"}


def path_of(request: web.Request) -> str:
    """The address of the guest's thread."""
    return f"/invite/{request.match_info['token']}"


async def find_linked_guest(conn: Connection, request: web.Request) -> Guest | None:
    """Whose link this is, confirmed or not; None where it is nobody's any more."""
    return await find_guest(conn, request.app[INSTANCE], request.match_info["token"])


async def get_confirmed_guest(conn: Connection, request: web.Request) -> GuestThread:
    """The confirmed guest whose link this is, with her thread. Raises NotFound."""
    guest = await find_linked_guest(conn, request)
    if guest is None:
        raise NotFound
    return await get_party(conn, guest)


async def answer(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page that nothing remembers and no link tells of."""
    return forbid_referrer(await render(request, template, status=status, **context))


def forbid_referrer(response: web.Response) -> web.Response:
    """The same for a page that is made elsewhere."""
    response.headers.update(HEADERS)
    return response


async def show_gone(request: web.Request) -> web.Response:
    """The link is nobody's: replaced by a newer one, or its guest is forgotten."""
    return await answer(request, "guests/gone.html", status=410)
