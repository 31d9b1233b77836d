"""Where the web server is put together: `make_app`."""

from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from federation.instance import Instance
from models.limits import SHARED
from models.store.background.supervised_tasks import Background
from models.store.limit_sums import share
from web import health, media, sources
from web.activitypub import routes as activitypub
from web.api import routes as api
from web.api.entities.values import make_look
from web.api.streaming.hub import HUB, Hub
from web.connections import connection_middleware
from web.errors import error_middleware
from web.keys import BACKGROUND, INSTANCE, TEMPLATES
from web.middlewares import IN_FLIGHT, add_headers, preflight_middleware, request_middleware, wake_middleware
from web.page_documents import with_documents
from web.pages import routes as pages
from web.peer_quota import peer_quota_middleware
from web.quota import QUOTA, Quota, quota_middleware
from web.session import session_middleware
from web.sources import ARCHIVE, Archive
from web.templating import load_templates
from web.wake import WAKER, Waker

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body; uploads are read piece by piece with limits of their own."""

MIDDLEWARES = (  # from the outside to the view
    connection_middleware,
    request_middleware,
    preflight_middleware,
    error_middleware,
    quota_middleware,
    peer_quota_middleware,
    wake_middleware,
    session_middleware,
)

ROUTES: list[web.RouteDef] = [
    *health.ROUTES,
    *sources.ROUTES,
    *media.ROUTES,
    *activitypub.ROUTES,
    *api.ROUTES,
    *with_documents(pages.ROUTES),
]


def make_app(instance: Instance, waker: Waker | None = None) -> web.Application:
    """The whole web server of an instance. A worker in the same process shares its `waker`."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=BODY_LIMIT)
    app[INSTANCE] = instance
    app[TEMPLATES] = load_templates(instance.site.languages)
    app[IN_FLIGHT] = set()
    app[BACKGROUND] = Background(instance.pool)
    app[WAKER] = waker or Waker(instance.pool)
    app[QUOTA] = Quota(instance.counter, instance.settings.rate_limit)
    app[ARCHIVE] = Archive()
    app[HUB] = Hub(instance.pool, make_look(app), app[WAKER])
    app.add_routes(ROUTES)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(_run_in_background)
    return app


async def _run_in_background(app: web.Application) -> AsyncIterator[None]:
    instance = app[INSTANCE]
    limits = [*app[QUOTA].shared, *SHARED]
    background = app[BACKGROUND]
    background.start("rings", app[WAKER].announce_rings)
    background.start("limits", partial(share, instance.pool, instance.counter, limits))
    background.start("streams", app[HUB].run)
    yield
    await background.stop()
