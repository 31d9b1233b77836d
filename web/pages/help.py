"""Help, legal notice, accessibility, and the choice of a language."""

from aiohttp import web

from web.i18n import COOKIE
from web.keys import INSTANCE
from web.render import render
from web.session import read_local_path

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
    """GET /langue/CODE: remember the language in a cookie and go back. It changes nothing but that."""
    site = request.app[INSTANCE].site
    language = request.match_info["language"]
    if language not in site.languages:
        raise web.HTTPNotFound
    answer = web.HTTPSeeOther(read_local_path(request.query.get("retour", "/")))
    answer.set_cookie(
        COOKIE, language, max_age=YEAR, path="/", samesite="Lax", httponly=True, secure=site.url.startswith("https:")
    )
    return answer
