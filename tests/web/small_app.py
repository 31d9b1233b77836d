"""A small application with our middlewares around views of the tests' own."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from copy import copy
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from federation.sandbox.pictures import PicturePool
from models.settings import Settings
from models.store.background.supervised_tasks import Background
from models.store.database import Pool
from tests.fediverse import FakeFediverse
from web.api.entities.values import make_look
from web.api.streaming.hub import HUB, Hub
from web.http.app_keys import BACKGROUND, INSTANCE
from web.middlewares.answers import answer_middleware
from web.middlewares.errors import error_middleware
from web.middlewares.rate_limits import RATE_LIMITS, RateLimits, rate_limit_middleware
from web.middlewares.requests import (
    IN_FLIGHT,
    add_headers,
    preflight_middleware,
    request_middleware,
    work_signal_middleware,
)
from web.middlewares.shutdown import shutdown_middleware
from web.middlewares.work_signals import WORK_SIGNAL, WorkSignal
from web.rendering import templating
from web.rendering.templating import TEMPLATES, Templates, load_templates
from web.security.session import session_middleware
from web.server.health import ROUTES

MIDDLEWARES = (
    request_middleware,
    preflight_middleware,
    answer_middleware,
    error_middleware,
    rate_limit_middleware,
    shutdown_middleware,
    work_signal_middleware,
    session_middleware,
)

COMPILED = Path(__file__).parents[2] / ".pytest_cache" / "declic" / "templates"


@cache
def prepare_templates(languages: tuple[str, ...]) -> Templates:
    """Reading catalogues takes as long as ten requests, compiling a page as long as five: once for all tests.

    What a page is compiled to is kept for the next run, under the hash of all that makes it so; jinja2 compares the
    page itself.
    """
    templates = load_templates(languages)
    made_by = [Path(jinja2.__file__).with_name("compiler.py"), *sorted(Path(templating.__file__).parent.glob("*.py"))]
    kept = COMPILED / sha256(b"".join(path.read_bytes() for path in made_by)).hexdigest()
    for language in languages:
        environment = templates.environments[language]
        folder = kept / language
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            environment.bytecode_cache = jinja2.FileSystemBytecodeCache(str(folder))
    return templates


MANY_ROUTES = 100

_ROUTERS: dict[tuple[int, ...], tuple[web.UrlDispatcher, list[web.RouteDef]]] = {}
"""By the identities of routes, which are kept so that nothing else gets one of these."""

_add_routes = web.Application.add_routes


class _SharedIndex(dict[str, list[web.AbstractResource]]):
    """What a router finds by the start of a path: a list of another router is copied before it gets one more."""

    def setdefault(self, start: str, default: Any = None) -> list[web.AbstractResource]:
        """A list that the caller may change."""
        self[start] = [*self.get(start, default)]
        return self[start]


def add_known_routes(app: web.Application, routes: Iterable[web.AbstractRouteDef]) -> list[web.AbstractRoute]:
    """Adding some hundred routes takes as long as a page: those that another application had are taken from it.

    Each application has its own router, which may get more.
    """
    added = [route for route in routes if isinstance(route, web.RouteDef)]
    if len(added) < MANY_ROUTES or app.router.resources():
        return _add_routes(app, routes)
    key = tuple(map(id, added))
    if key not in _ROUTERS:
        _ROUTERS[key] = web.UrlDispatcher(), added
        _ROUTERS[key][0].add_routes(added)
    app._router = router = copy(_ROUTERS[key][0])
    router._resources = [*router._resources]
    router._named_resources = {**router._named_resources}
    router._resource_index = _SharedIndex(router._resource_index)
    return list(router.routes())


Client = TestClient[web.Request, web.Application]


def make_instance(pool: Pool, *, pictures: PicturePool | None = None, **settings: Any) -> Instance:
    """An instance on the tests' database; its children for pictures may be those of other tests."""
    given = msgspec.structs.replace(Settings(url="http://lomme.test", data=Path("/nonexistent")), **settings)
    pictures = pictures or PicturePool()
    return Instance(site=given.site, settings=given, pool=pool, transport=FakeFediverse(), pictures=pictures)


async def _tell(app: web.Application) -> AsyncIterator[None]:
    telling = asyncio.create_task(app[HUB].run())
    yield
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)


@asynccontextmanager
async def serving(instance: Instance, routes: Iterable[web.RouteDef] = ()) -> AsyncIterator[Client]:
    """A client of a small application with these views."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=1024 * 1024)
    app[INSTANCE] = instance
    app[TEMPLATES] = prepare_templates(instance.site.languages)
    app[IN_FLIGHT] = set()
    app[BACKGROUND] = Background(instance.pool)
    app[WORK_SIGNAL] = WorkSignal(instance.pool)
    app[RATE_LIMITS] = RateLimits(instance.counter, instance.settings.rate_limit)
    app[HUB] = Hub(instance.pool, make_look(app), app[WORK_SIGNAL])
    app.add_routes([*ROUTES, *routes])
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(_tell)
    async with TestClient(TestServer(app)) as client:
        yield client
