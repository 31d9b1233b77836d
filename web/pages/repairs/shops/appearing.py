"""A shop asks to stand in lists, says yes to a new version of the charter, or leaves the lists."""

from aiohttp import web

from models.errors import Refusal
from models.repairs.shops.requests import MESSAGE_LIMIT
from models.store.database import transaction
from outbox.repairs.shops import appearing
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.repairs.shops.editing import show
from web.security.acting_shop import ActingShop, find_shop

ACTS = ("asked", "agreed", "left")


async def post_appearing(request: web.Request) -> web.Response:
    """POST /ateliers/{place}/gerer/paraitre."""
    acting = await find_shop(request)
    form = await read_form(request)
    act = form.choice("act", ACTS, default="asked")
    message = form.text("message", limit=MESSAGE_LIMIT)
    if form.ok:
        try:
            await _do(request, acting, form, act, message)
        except Refusal as refusal:
            form.refuse("paraitre", refusal)
    if not form.ok:
        return await show(request, acting, form, status=422)
    raise redirect_with_message(acting.home, act, part="paraitre")


async def _do(request: web.Request, acting: ActingShop, form: Form, act: str, message: str) -> None:
    site, typed = request.app[INSTANCE].site, form.typed("version")
    version = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else None
    async with transaction(request.app[INSTANCE].pool) as conn:
        if act == "left":
            await appearing.leave(conn, site, acting.actor)
        elif version is not None and not form.flag("charter"):
            form.fail("paraitre", "Dites oui à la charte : c’est par elle que l’atelier entre dans le collectif.")
        else:
            await appearing.ask(conn, site, acting.actor, acting.by, version=version, message=message)
