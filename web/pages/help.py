"""Help, legal notice, accessibility, and the choice of a language."""

from aiohttp import web

from models import accounts
from models.database import transaction
from web.i18n import COOKIE
from web.keys import INSTANCE
from web.render import render
from web.session import current_account, is_same_origin, read_local_path

YEAR = 365 * 24 * 3600


async def show_help(request: web.Request) -> web.Response:
    """GET /aide."""
    return await render(request, "help/help.html")


async def show_legal(request: web.Request) -> web.Response:
    """GET /mentions-legales."""
    return await render(request, "help/legal.html")


async def show_accessibility(request: web.Request) -> web.Response:
    """GET /accessibilite."""
    return await render(request, "help/accessibility.html")


async def choose_language(request: web.Request) -> web.Response:
    """GET /langue/CODE: remember the language in a cookie, and in the account of a member who asks from our pages."""
    site = request.app[INSTANCE].site
    language = request.match_info["language"]
    if language not in site.languages:
        raise web.HTTPNotFound
    account = current_account(request)
    if account is not None and is_same_origin(request):
        async with transaction(request.app[INSTANCE].pool) as conn:
            await accounts.set_language(conn, account.actor_id, language)
    back = read_local_path(request.query.get("retour", "/"))
    answer = web.Response(status=303, headers={"Location": back})
    answer.set_cookie(
        COOKIE, language, max_age=YEAR, path="/", samesite="Lax", httponly=True, secure=site.url.startswith("https:")
    )
    return answer
