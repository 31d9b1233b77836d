"""The link by which somebody comes into a community: she reads what it is and its charter, and says yes."""

from aiohttp import web

from federation.texts.html_cleaner import to_text
from models.communities import charters
from models.errors import Conflict, Forbidden, Gone, Invalid
from models.people import actors
from models.store.database import connection, transaction
from outbox.communities.invitations import enter_by_link, read_link
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import redirect_with_message
from web.rendering.document_text import write_document
from web.rendering.paths import community_path
from web.rendering.render import render
from web.security.session import require_account


async def show_entry(request: web.Request) -> web.Response:
    """GET /communautes/entrer/TOKEN: looking takes no place."""
    return await _show(request, blank_form(request))


async def post_entry(request: web.Request) -> web.Response:
    """POST /communautes/entrer/TOKEN: one of ours says yes to the charter that stands."""
    me, token = require_account(request), request.match_info["token"]
    form = await read_form(request)
    if not form.flag("agreed"):
        form.fail("agreed", "Cochez la case : entrer, c’est dire oui à la charte.")
    if form.ok:
        instance = request.app[INSTANCE]
        try:
            async with transaction(instance.pool) as conn:
                community = await read_link(conn, token)
                person = await actors.get(conn, me.actor_id)
                saved = await enter_by_link(conn, instance.site, person, token, find_id(form.typed("version")))
        except Gone:
            return await _refuse(request)
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse("", error)
    if not form.ok:
        return await _show(request, form)
    raise redirect_with_message(community_path(community), "joined" if saved.state == "member" else "asked")


async def _refuse(request: web.Request) -> web.Response:
    return await render(request, "communities/entry_gone.html", status=410)


async def _show(request: web.Request, form: Form) -> web.Response:
    try:
        async with connection(request.app[INSTANCE].pool) as conn:
            community = await read_link(conn, request.match_info["token"])
            charter = await charters.find_current(conn, community.actor_id)
    except Gone:
        return await _refuse(request)
    return await render(
        request,
        "communities/entry.html",
        status=200 if form.ok else 422,
        form=form,
        community=community,
        words=to_text(community.summary),
        charter=charter,
        content=write_document(charter.text) if charter else "",
    )
