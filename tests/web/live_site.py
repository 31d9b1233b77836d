"""The village behind a real port, and a browser in front of it: for tests and pictures that need both."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from playwright.async_api import BrowserContext

from federation.instance import Instance
from models.access import sessions
from models.errors import Forbidden, Unavailable
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Pool, transaction
from tests import sample_village
from tests.fediverse import FakeFediverse
from tests.sample_village import Village
from tests.web import axe
from tests.web.small_app import prepare_templates
from web.api.declic.documentation import PAGES as API_PAGES
from web.http.app_keys import INSTANCE
from web.middlewares.answers import answer_middleware
from web.middlewares.errors import error_middleware
from web.middlewares.requests import add_headers, request_middleware
from web.pages.instance.closed_site import show_closed
from web.pages.routes import ROUTES as PAGES
from web.rendering.templating import TEMPLATES
from web.security.session import cookie_name, session_middleware
from web.server.media import ROUTES as MEDIA


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A running village. `urls` of its pages begin with `url`."""

    url: str
    instance: Instance
    village: Village

    async def log_in(self, context: BrowserContext, actor: Actor) -> None:
        """Make this browser the actor's."""
        async with transaction(self.instance.pool) as conn:
            token = await sessions.create(conn, actor.id, "test")
        await context.add_cookies([{"name": cookie_name(self.instance.site), "value": token, "url": self.url}])


async def fail(request: web.Request) -> web.Response:
    """The page of an error, for looking at it."""
    match request.match_info["status"]:
        case "503":
            raise Unavailable
        case "403":
            raise web.HTTPForbidden
        case "429":
            raise web.HTTPTooManyRequests
        case "403":
            raise Forbidden
        case "422":
            raise web.HTTPUnprocessableEntity
        case _:
            raise RuntimeError("as asked for")


@asynccontextmanager
async def serve_village(pool: Pool, data: Path, *, name: str = "127.0.0.1") -> AsyncIterator[Live]:
    """Lomme with all its pages on a free port of loopback; passkeys want a name, `localhost`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(url=f"http://{name}:{port}", data=data, test_federation=True)
    instance = Instance(site=settings.site, settings=settings, pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        built = await sample_village.build(conn, settings.site, instance.store)
    app = web.Application(middlewares=[request_middleware, answer_middleware, error_middleware, session_middleware])
    app[INSTANCE], app[TEMPLATES] = instance, prepare_templates(settings.site.languages)
    app.add_routes([*PAGES, *API_PAGES, *MEDIA, web.get("/erreur/{status}", fail), web.get(axe.ADDRESS, axe.send_axe)])
    app.add_routes([web.get("/pas-encore", show_closed)])
    app.on_response_prepare.append(add_headers)
    runner = web.AppRunner(app)
    await runner.setup()
    host, _, listening = urlsplit(settings.url).netloc.rpartition(":")
    await web.TCPSite(runner, host, int(listening)).start()
    try:
        yield Live(url=settings.url, instance=instance, village=built)
    finally:
        await runner.cleanup()
