"""An earlier version of a page of the cooperative's own: read, and taken back; and the page deleted."""

from aiohttp import web

from models.errors import Conflict, NotFound
from models.people.documents import versions
from models.people.documents.own_pages import OwnPage, name_kind
from models.people.documents.versions import DocumentVersion
from models.store.database import Connection, connection, transaction
from outbox.people import own_pages as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.instance.documents.own_page_editor import find_asked, read_version
from web.pages.instance.documents.own_pages import LIST
from web.rendering.document_text import write_page
from web.rendering.render import render
from web.rendering.text_changes import list_changes
from web.security.session import require_right


async def show_version(request: web.Request) -> web.Response:
    """GET /coop/pages/{id}/versions/{version}."""
    require_right(request, "settings")
    return await _show(request, blank_form(request))


async def post_version(request: web.Request) -> web.Response:
    """POST /coop/pages/{id}/versions/{version}: it stands again, as the next version; a deleted page comes back."""
    me = require_right(request, "settings")
    form = await read_form(request)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            page = await find_asked(request, conn)
            old = await _find_version(request, conn, page)
            await outbox.take_back(conn, page, old, by=me, follows=read_version(form.typed("follows")))
    except Conflict as conflict:
        form.refuse("", conflict)
        return await _show(request, form, status=409)
    raise redirect_with_message(f"{LIST}/{page.id}", "taken_back")


async def _find_version(request: web.Request, conn: Connection, page: OwnPage) -> DocumentVersion:
    found = await versions.find_version(conn, name_kind(page.id), read_version(request.match_info["version"]))
    if found is None:
        raise NotFound
    return found


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        page = await find_asked(request, conn)
        old = await _find_version(request, conn, page)
        current = await versions.find_current(conn, name_kind(page.id))
    return await render(
        request,
        "documents/own_page_version.html",
        status=status,
        form=form,
        page=page,
        old=old,
        content=write_page(old.text, instance.site.url),
        changes=list_changes(old.text, current.text) if current else [],
    )


async def show_deletion(request: web.Request) -> web.Response:
    """GET /coop/pages/{id}/supprimer: ask first."""
    require_right(request, "settings")
    async with connection(request.app[INSTANCE].pool) as conn:
        page = await find_asked(request, conn)
    return await render(request, "documents/own_page_deletion.html", page=page)


async def post_deletion(request: web.Request) -> web.Response:
    """POST /coop/pages/{id}/supprimer."""
    me = require_right(request, "settings")
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        page = await find_asked(request, conn)
        await outbox.delete(conn, page, by=me)
    raise redirect_with_message(LIST, "deleted")
