"""Where the web server is put together: `make_app`."""

from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from federation.instance import Instance
from models.limits import SHARED
from models.store.background.supervised_tasks import Background
from models.store.limit_sums import share
from web.activitypub import routes as activitypub
from web.activitypub.inbox_fork import inbox_middleware
from web.api import routes as api
from web.api.entities.values import make_look
from web.api.streaming.hub import HUB, Hub
from web.http.app_keys import ASIDE, BACKGROUND, INSTANCE
from web.middlewares.answers import answer_middleware
from web.middlewares.connections import connection_middleware
from web.middlewares.errors import error_middleware
from web.middlewares.peer_rate_limits import peer_rate_limit_middleware
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
from web.pages import routes as pages
from web.pages.moderation import suspension
from web.rendering.templating import TEMPLATES, load_templates
from web.security.session import session_middleware
from web.server import front_probe, health, media, policy_reports, sources
from web.server.page_documents import with_documents
from web.server.sources import ARCHIVE, Archive

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body; uploads are read piece by piece with limits of their own."""

MIDDLEWARES = (  # from the outside to the view
    connection_middleware,
    inbox_middleware,  # takes what is posted to inboxes past all that follows
    request_middleware,
    preflight_middleware,
    answer_middleware,
    error_middleware,
    rate_limit_middleware,
    peer_rate_limit_middleware,
    shutdown_middleware,
    work_signal_middleware,
    session_middleware,
)

ROUTES: list[web.RouteDef] = [
    *health.ROUTES,
    *front_probe.ROUTES,
    *policy_reports.ROUTES,
    *sources.ROUTES,
    *media.ROUTES,
    *activitypub.ROUTES,
    *api.ROUTES,
    *with_documents(pages.ROUTES),
]


def make_app(instance: Instance, work_signal: WorkSignal | None = None) -> web.Application:
    """The whole web server of an instance. A worker in the same process shares its `work_signal`."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=BODY_LIMIT)
    app[INSTANCE] = instance
    app[TEMPLATES] = load_templates(instance.site.languages)
    app[IN_FLIGHT] = set()
    app[BACKGROUND] = Background(instance.pool)
    app[WORK_SIGNAL] = work_signal or WorkSignal(instance.pool)
    app[RATE_LIMITS] = RateLimits(instance.counter, instance.settings.rate_limit)
    app[ARCHIVE] = Archive()
    app[ASIDE] = suspension.answer_form
    app[HUB] = Hub(instance.pool, make_look(app), app[WORK_SIGNAL])
    app.add_routes(ROUTES)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(_run_in_background)
    return app


async def _run_in_background(app: web.Application) -> AsyncIterator[None]:
    instance = app[INSTANCE]
    limits = [*app[RATE_LIMITS].shared, *SHARED]
    background = app[BACKGROUND]
    background.start("rings", app[WORK_SIGNAL].announce_signals)
    background.start("limits", partial(share, instance.pool, instance.counter, limits))
    background.start("streams", app[HUB].run)
    yield
    await background.stop()
