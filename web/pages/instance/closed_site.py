"""A site that is not open yet: what visitors get of each address, decided for the whole table of pages in one place.

Closed are visitors' pages, feeds, frames for other sites, and what crawlers read. Doors, secret links of mails, what
the law asks for and what is for members alone stay as they are; other servers and apps are not concerned.
"""

from functools import wraps

from aiohttp import web
from aiohttp.typedefs import Handler

from models.coop import opening
from models.lazy import lazily
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.access.unsaved_form import read_unsaved_form
from web.rendering.render import find_branding, render
from web.security.session import asked_page, logged_in
from web.security.standing import COMMON, COMMON_BELOW, MEMBERS_ONLY, OPEN

with lazily():  # for as long as the site is closed
    from web.pages.access import login
    from web.pages.instance import setup

SITE = "site"
"""How `Instance.opened` remembers that it is open."""

DOORS = (
    *("/connexion", "/deconnexion", "/mot-de-passe-oublie", "/oauth/", "/inscription", "/installation"),
    *("/robots.txt", "/.well-known/", "/service-worker.js", "/static/", "/favicon.ico"),
    *("/lieux", "/langue/"),
)
"""What begins so is open: ways in, what their forms ask, and what browsers and crawlers ask for first."""

SECRET = ("{token", "{link")
"""Addresses that only those know to whom they were sent."""

FOR_VISITORS_TOO = ("/publier",)
"""What stands aside for whoever waits to be let in, and is shown to visitors of an open site all the same."""

RETRY_AFTER = 3600

HEADERS = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def closes(path: str) -> bool:
    """Whether visitors get nothing of this address of the table of pages, as long as the site is closed."""
    path = web.DynamicResource(path).canonical if "{" in path else path  # as COMMON and others name it
    if path in COMMON or path.startswith((*COMMON_BELOW, *DOORS)) or any(mark in path for mark in SECRET):
        return False
    if path.startswith(FOR_VISITORS_TOO):
        return True
    return not any(path == one or path.startswith(f"{one}/") for one in MEMBERS_ONLY)


def behind_opening(route: web.RouteDef) -> web.RouteDef:
    """The route, where it closes with one that shows visitors of a closed site the page that says so."""
    if not closes(route.path):
        return route
    return web.RouteDef(route.method, route.path, keep_closed(route.handler), route.kwargs)


def keep_closed(handler: Handler) -> Handler:
    """The view for everybody while the site is open, and for members while it is not."""

    @wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        if _is_let_in(request) or not await is_closed(request):
            return await handler(request)
        typed = await read_unsaved_form(request) if request.method == "POST" else None
        if typed is not None:  # her session ended while she filled it in
            return await login.show_again(request, typed, asked_page(request))
        return await show_closed(request)

    return answer


def _is_let_in(request: web.Request) -> bool:
    """Whether a member asks; for whoever stands aside, whether this address is hers all the same."""
    account = logged_in(request)
    if account is None or account.standing not in OPEN or account.standing == "suspended":
        return account is not None
    resource = request.match_info.route.resource
    return resource is not None and resource.canonical in OPEN[account.standing]


async def is_closed(request: web.Request) -> bool:
    """Whether the site is closed. That it is open is remembered for a minute, by each process."""
    instance = request.app[INSTANCE]
    if instance.opened.find(SITE):
        return False
    async with connection(instance.pool) as conn:
        closed = await opening.is_closed(conn)
    if not closed:
        instance.opened.keep(SITE, True)
    return closed


async def show_closed(request: web.Request) -> web.StreamResponse:
    """Who prepares what here, and how those come in who are invited.

    The status is 503 (RFC 9110, 15.6.4): no crawler keeps the page, no reader takes it for an empty feed, and both come
    back. Where nobody has set anything up yet, it says how to go on.
    """
    if await setup.is_new(request):
        return await setup.show_hint(request)
    await find_branding(request)
    page = await render(request, "home/closed.html", status=503)
    page.headers.update(HEADERS)
    return page
