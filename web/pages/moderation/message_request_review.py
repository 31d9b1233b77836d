"""What strangers wrote to members, for those who moderate, where the cooperative wants them to see it too."""

from aiohttp import web

from models import preferences
from models.errors import NotFound
from models.posts import message_requests
from models.store.database import connection, transaction
from outbox.servers import peers
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import require_right

EXTRACT = 240

ACTS = ("allow", "discard", "set_aside")

SAID = {
    "allow": N_("Ses messages arrivent, et les suivants n’attendront plus."),
    "discard": N_("Ses messages sont jetés."),
    "set_aside": N_("Ses messages sont jetés, et ce serveur est à l’écart."),
}


async def list_message_requests(request: web.Request) -> web.Response:
    """GET /coop/inconnus."""
    require_right(request, "reports")
    async with connection(request.app[INSTANCE].pool) as conn:
        shown = (await preferences.load(conn)).strangers_shown
        found = await message_requests.list_hosts(conn) if shown else []
    return await render(
        request,
        "peers/strangers.html",
        crowds=found,
        shown=shown,
        extract=EXTRACT,
        said=find_flash_message(request, SAID),
    )


async def post_decision(request: web.Request) -> web.Response:
    """POST /coop/inconnus: one click for a whole server; only an administrator sets one aside.

    Raises NotFound where members decide alone.
    """
    require_right(request, "reports")
    form = await read_form(request)
    act, host = form.choice("act", ACTS), form.typed("host")
    if act == "set_aside":
        require_right(request, "servers")
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        shown = (await preferences.load(conn)).strangers_shown
        if act not in ACTS or not shown:
            raise NotFound
        if host not in {one.host for one in await message_requests.list_hosts(conn)}:
            raise NotFound
        if act == "allow":
            await peers.accept_strangers(conn, host)
        else:
            await peers.refuse_strangers(conn, host, aside=act == "set_aside")
    instance.policy.forget()
    raise redirect_with_message("/coop/inconnus", act)
