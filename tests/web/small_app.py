"""A small application with our middlewares around views of the tests' own."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from models.settings import Settings
from models.store.background.supervised_tasks import Background
from models.store.database import Pool
from tests.fediverse import FakeFediverse
from web.api.entities.values import make_look
from web.api.streaming.hub import HUB, Hub
from web.http.app_keys import BACKGROUND, INSTANCE
from web.middlewares.errors import error_middleware
from web.middlewares.rate_limits import RATE_LIMITS, RateLimits, rate_limit_middleware
from web.middlewares.requests import (
    IN_FLIGHT,
    add_headers,
    preflight_middleware,
    request_middleware,
    work_signal_middleware,
)
from web.middlewares.work_signals import WORK_SIGNAL, WorkSignal
from web.rendering.templating import TEMPLATES, load_templates
from web.security.session import session_middleware
from web.server.health import ROUTES

MIDDLEWARES = (
    request_middleware,
    preflight_middleware,
    error_middleware,
    rate_limit_middleware,
    work_signal_middleware,
    session_middleware,
)

prepare_templates = cache(load_templates)
"""Reading catalogues takes as long as ten requests, compiling a page as long as five: once for all tests."""

Client = TestClient[web.Request, web.Application]


def make_instance(pool: Pool, **settings: Any) -> Instance:
    """An instance on the tests' database."""
    given = msgspec.structs.replace(Settings(url="http://lomme.test", data=Path("/nonexistent")), **settings)
    return Instance(site=given.site, settings=given, pool=pool, transport=FakeFediverse())


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
