"""What surrounds every request: its id and log line, who really asks, headers that protect, and the workers' bells."""

import os
import re
import time
from collections.abc import Mapping, MutableMapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from multidict import CIMultiDict, MultiMapping

from models.settings import Settings
from models.store.background.tallies import Tallies
from web.http.app_keys import INSTANCE
from web.http.client_address import has_proxies, is_unbelieved, read_client_address
from web.middlewares.errors import FOR_APPS, REQUEST_ID, route_of
from web.middlewares.whole_requests import FOUND, NOTHING
from web.middlewares.work_signals import WORK_SIGNAL, WorkSignal
from web.security.session import SAFE_METHODS

log = structlog.get_logger(__name__)

OPEN_TO_PAGES_ELSEWHERE = (
    *FOR_APPS,
    *("/.well-known/", "/nodeinfo/", "/media/", "/static/images/", "/annonces/flux.", "/embed/"),
)
"""What web clients on other origins fetch."""

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, PUT, DELETE, GET, PATCH, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Expose-Headers": "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}

CORS_OF_PICTURES = {"Access-Control-Allow-Origin": "*"}
"""A picture that came has no more to say: what else may be asked is for the question before, and a list has twenty."""

PROTECTING = {"X-Content-Type-Options": "nosniff"}

REFERRERS = {"Referrer-Policy": "same-origin"}

PROTECTING_DOCUMENTS = {
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
}

HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}

LEAD_TO_SERVERS = ("/ailleurs", "/@", "/annonces/", "/a/", "/notes/")
"""Pages of what one may follow or answer, where a form leads somebody to her own server."""

FRAMED = "/embed/"
"""What other sites may show in a frame: no form, no cookie and no log-in stand there."""

WITHOUT_LINKS = ("image/webp", "image/jpeg", "image/png", "font/")
"""What asks for nothing else: no address of ours is told to anybody from there."""

WITHOUT_POLICY = (*WITHOUT_LINKS, "text/css")
"""What runs nothing and fetches nothing by itself: the policy of the page counts. A script may be that of a worker,
which has its own."""

PARTS_OF_PAGES = (*WITHOUT_POLICY, "text/javascript")
"""What no browser shows as a document of its own with rights: some headers say nothing there, and a page has twenty."""

SILENT = ("/static/", "/media/", "/healthz", "/readyz")
"""Their successes are not worth a line."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "/static/": "static",
        "/media/": "media",
        "/healthz": "health",
        "/readyz": "health",
        "/api/v1/streaming": "stream",
        "/api/": "api",
        "/oauth/": "api",
        "/users/": "activitypub",
        "/.well-known/": "activitypub",
        "/nodeinfo/": "activitypub",
    }
)
"""How a path begins, and as what it is counted; what other servers send is `inbox`, all else `page`."""

GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

REPORTS = "/healthz/csp"
"""Where browsers tell what a page of ours may not do: `server/policy_reports`."""

IN_FLIGHT = web.AppKey("in_flight", set[int])
"""The requests that are being answered, by their `id()`: what a stop waits for."""


@web.middleware
async def request_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its id, one log line, and the client's address where a trusted proxy tells it."""
    settings = request.app[INSTANCE].settings
    if "X-Forwarded-For" in request.headers and is_unbelieved(request.remote or "", settings.proxy_networks):
        request.app[INSTANCE].unbelieved.keep("proxy", request.remote or "")
    if has_proxies(settings):
        request = request.clone(remote=read_client_address(request, settings.proxy_networks) or "")
    return await answer_counted(request, handler)


async def answer_counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer under an id, waited for at a stop, counted and written to the log."""
    found = request.get(FOUND, NOTHING)
    started = time.perf_counter() if found.started is None else found.started
    request_id = request[REQUEST_ID] = found.request_id or find_request_id(request.headers)
    app = request.app
    instance, in_flight = app[INSTANCE], app.get(IN_FLIGHT, set[int]())
    in_flight.add(id(request))
    structlog.contextvars.bind_contextvars(request=request_id)
    status = 500
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    finally:
        in_flight.discard(id(request))
        seconds = time.perf_counter() - started
        kind = find_kind(request)
        count_answer(instance.tallies, kind, status, seconds)
        if kind != "inbox" or status >= 400 or instance.settings.log_level == "debug":
            _write_line(request, status, seconds)
        structlog.contextvars.unbind_contextvars("request")
    return response


def find_request_id(headers: MultiMapping[str]) -> str:
    """The id that whoever asks gave to the request, or a new one."""
    given = headers.get("X-Request-Id")
    return given if given and GIVEN_ID.fullmatch(given) else os.urandom(8).hex()


def count_answer(tallies: Tallies, kind: str, status: int, seconds: float) -> None:
    """Count an answer, and how long it took: of a stream that says nothing about us, but how long somebody watched."""
    tallies.count("requests", kind, str(status))
    if kind != "stream":
        tallies.time(seconds, "requests", kind)


def find_kind(request: web.Request) -> str:
    """What kind of request this is, of those in KINDS."""
    path = request.path
    if path.endswith("/inbox"):
        return "inbox"
    return next((kind for start, kind in KINDS.items() if path.startswith(start)), "page")


def _write_line(request: web.Request, status: int, seconds: float) -> None:
    quiet = is_silent(request, status) or (status < 400 and request.path.endswith("/inbox"))
    write_answered(request.method, route_of(request), status, seconds, quiet=quiet)


def write_answered(method: str, route: str, status: int, seconds: float, *, quiet: bool = False) -> None:
    """The line of an answer."""
    write = log.debug if quiet else log.info
    write("answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def is_silent(request: web.Request, status: int) -> bool:
    """Whether this is a part of pages that came as it should."""
    return status < 400 and request.path.startswith(SILENT)


@web.middleware
async def preflight_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer the question that browsers ask before a request to another origin."""
    if request.method == "OPTIONS" and is_open_elsewhere(request):
        return web.Response(status=204)
    return await handler(request)


def is_open_elsewhere(request: web.Request) -> bool:
    """Whether pages of other origins may read what stands here."""
    return f"{request.path}/".startswith(OPEN_TO_PAGES_ELSEWHERE)


@web.middleware
async def work_signal_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Ring for workers and streams when something was sent to us: what it led to is committed by now."""
    if request.method in SAFE_METHODS:
        return await handler(request)
    work_signal = request.app[WORK_SIGNAL]
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        if answer.status < 400:
            _notify_workers(work_signal, request)
        raise
    if response.status < 400:
        _notify_workers(work_signal, request)
    return response


def _notify_workers(work_signal: WorkSignal, request: web.Request) -> None:
    if request.path.endswith("/inbox"):
        work_signal.signal_received()
    else:
        work_signal.signal_use()
        work_signal.signal_delivery()
        work_signal.signal_stream()


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Headers of every answer, streamed ones included (a signal: `on_response_prepare`)."""
    headers = response.headers
    settings = request.app[INSTANCE].settings
    if response.status == 202 and request.path.endswith("/inbox"):
        headers["X-Request-Id"] = request[REQUEST_ID]
        headers.update(list_bare_headers(settings))
        return
    _add_request_id(request, response)
    _open_elsewhere(request, response)
    is_page = response.content_type == "text/html" or response.status == 304  # which stands for a page that is kept
    if is_page:
        headers.setdefault("Cache-Control", "no-cache")  # asked for again each time
    framed = request.path.startswith(FRAMED) and response.status in (200, 304)
    _add_protection(response, framed=framed)
    _add_policy(response, settings, request.path if is_page else "", framed=framed)
    if settings.url.startswith("https:"):
        _set_missing(headers, HTTPS_ONLY)


def _add_protection(response: web.StreamResponse, *, framed: bool) -> None:
    _set_missing(response.headers, PROTECTING)
    if not response.content_type.startswith(WITHOUT_LINKS):
        _set_missing(response.headers, REFERRERS)
    if not framed and not response.content_type.startswith(PARTS_OF_PAGES):
        _set_missing(response.headers, PROTECTING_DOCUMENTS)


def _add_policy(response: web.StreamResponse, settings: Settings, path: str, *, framed: bool) -> None:
    if not response.content_type.startswith(WITHOUT_POLICY):
        policy = make_content_policy(settings, path, framed=framed)
        response.headers.setdefault("Content-Security-Policy", policy)


def _set_missing(headers: MutableMapping[str, str], wanted: Mapping[str, str]) -> None:
    for name, value in wanted.items():
        headers.setdefault(name, value)


def list_bare_headers(settings: Settings) -> CIMultiDict[str]:
    """What all of that comes to for an answer without a body: other servers get thousands of them."""
    return _list_bare_headers(make_content_policy(settings, ""), secure=settings.url.startswith("https:"))


@lru_cache(maxsize=8)
def _list_bare_headers(policy: str, *, secure: bool) -> CIMultiDict[str]:
    said = {**PROTECTING, **REFERRERS, **PROTECTING_DOCUMENTS, "Content-Security-Policy": policy}
    return CIMultiDict({**said, **HTTPS_ONLY} if secure else said)


def _add_request_id(request: web.Request, response: web.StreamResponse) -> None:
    """The id under which the log has it: no line bears that of a part that came, and a page has twenty."""
    if REQUEST_ID in request and not is_silent(request, response.status):
        response.headers["X-Request-Id"] = request[REQUEST_ID]


def _open_elsewhere(request: web.Request, response: web.StreamResponse) -> None:
    if is_open_elsewhere(request):
        is_picture = response.status == 200 and response.content_type.startswith("image/")
        response.headers.update(CORS_OF_PICTURES if is_picture else CORS)


def make_content_policy(settings: Settings, path: str, *, images: Sequence[str] = (), framed: bool = False) -> str:
    """Everything from our own origin, what was uploaded also from its own one; nothing inline, nobody frames us.

    `images` are other origins that this one page shows pictures of. Only what is meant to be `framed` may be, by
    anybody, and that sends no form anywhere.

    What a page (it has a `path`) is refused, its browser tells.

    Forms end here. Two do not: the consent page of OAuth leads to addresses of apps, of whatever scheme, and from what
    one may answer or follow a form leads to somebody's own server (`POST /ailleurs`).
    """
    ancestors = "*" if framed else "'none'"
    policy = ["default-src 'self'", "base-uri 'none'", "object-src 'none'", f"frame-ancestors {ancestors}"]
    media = [settings.media_url] if settings.media_url is not None else []
    if media or images:
        policy.append(" ".join(["img-src 'self'", *media, *images]))
    if media:
        policy.append(" ".join(["media-src 'self'", *media]))
    policy += [f"report-uri {REPORTS}"] * bool(path)
    if framed:
        policy.append("form-action 'none'")
    elif path.startswith(LEAD_TO_SERVERS):
        policy.append("form-action 'self' https:" + (" http:" if settings.test_federation else ""))
    elif not path.startswith("/oauth/"):
        policy.append("form-action 'self'")
    return "; ".join(policy)
