"""A page that the cooperative wrote itself, as anybody reads it."""

from aiohttp import web

from models.errors import NotFound
from models.people.documents import own_pages
from models.people.roles import has_right
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.rendering.document_text import write_page
from web.rendering.i18n import LANGUAGE_NAMES
from web.rendering.render import render
from web.security.session import current_account


async def show_page(request: web.Request) -> web.Response:
    """GET /pages/{slug}. Raises NotFound for what is a draft or was deleted, as for what never was."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        found = await own_pages.find_shown(conn, request.match_info["slug"])
    if found is None:
        raise NotFound
    page, shown = found
    me = current_account(request)
    return await render(
        request,
        "documents/own_page.html",
        page=page,
        shown=shown,
        content=write_page(shown.text, instance.site.url),
        language_name=dict(LANGUAGE_NAMES).get(page.language, page.language),
        may_change=me is not None and has_right(me, "settings"),
    )
