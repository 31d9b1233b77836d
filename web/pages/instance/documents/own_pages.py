"""The pages that the cooperative writes itself, listed for its administrators: their order, those deleted."""

from aiohttp import web

from models.errors import Conflict
from models.people.documents import own_pages
from models.people.documents.own_pages import OwnPage
from models.store.database import Connection, connection, transaction
from outbox.people import own_pages as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import require_right

LIST = "/coop/pages"

ACTS = ("up", "down", "put_back")

SAID = {
    "moved": N_("C’est fait : les menus suivent cet ordre."),
    "deleted": N_("C’est supprimé. La page reste ici, avec tout ce qu’elle a dit : vous pouvez la remettre."),
    "put_back": N_("La page est remise, comme brouillon : relisez-la, puis publiez-la."),
}


async def list_pages(request: web.Request) -> web.Response:
    """GET /coop/pages."""
    require_right(request, "settings")
    return await _show(request, blank_form(request))


async def post_act(request: web.Request) -> web.Response:
    """POST /coop/pages: a page goes up or down, or one that was deleted comes back."""
    me = require_right(request, "settings")
    form = await read_form(request)
    act = form.choice("act", ACTS, missing="Choisissez quoi faire.")
    id = find_id(form.typed("id"))
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            if form.ok and id is not None:
                await (outbox.put_back(conn, id, by=me) if act == "put_back" else _move(conn, id, up=act == "up"))
    except Conflict as conflict:
        form.refuse("", conflict)
    if not form.ok:
        return await _show(request, form, status=422)
    raise redirect_with_message(LIST, "put_back" if act == "put_back" else "moved")


async def _move(conn: Connection, id: int, *, up: bool) -> None:
    """One step among those that stand; what is first stays so."""
    ids = [one.id for one in await own_pages.list_pages(conn) if one.deleted_at is None]
    if id not in ids:
        return
    at = ids.index(id)
    to = max(0, at - 1) if up else min(len(ids) - 1, at + 1)
    ids[at], ids[to] = ids[to], ids[at]
    await own_pages.order(conn, ids)


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        pages: list[OwnPage] = await own_pages.list_pages(conn)
    return await render(
        request,
        "documents/own_pages.html",
        status=status,
        form=form,
        standing=[one for one in pages if one.deleted_at is None],
        deleted=[one for one in pages if one.deleted_at is not None],
        said=find_flash_message(request, SAID),
    )
