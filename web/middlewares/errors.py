"""The one place where an error becomes an answer: a page, JSON for apps, or JSON for servers. Never a traceback."""

import math
from dataclasses import dataclass, field

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler

from models.access import tokens
from models.errors import DeclicError, NoSpace, OAuthError, Refusal, Unauthenticated, Unavailable
from models.store.database import connection
from web.http.accept import asks_for_document, prefers
from web.http.app_keys import INSTANCE
from web.rendering.error_messages.lookup import as_refusal, format_error
from web.rendering.i18n import find_catalogue
from web.rendering.render import LANGUAGE, format_refusal, reader_language, render

log = structlog.get_logger(__name__)

FOR_APPS = ("/api/", "/oauth/token/", "/oauth/revoke/", "/oauth/userinfo/")

IN_WORDS_OF_OAUTH = ("/oauth/token", "/oauth/revoke")
"""Where an error is a code, with the sentence beside it (RFC 6749 §5.2)."""

FOR_SERVERS = ("/users/", "/inbox", "/territories", "/.well-known/", "/nodeinfo/", "/healthz", "/readyz")

JSON_TYPES = frozenset({"application/activity+json", "application/ld+json", "application/json"})
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})

PAGES = {400: 422, 401: 403, 405: 404, 413: 422, 415: 422}
"""Statuses that share the page of another one (web/templates/errors/)."""

OF_THEIR_OWN = {"shutdown_ended": "ended"}
"""Codes with a page of their own."""

HAVE_PAGE = frozenset({403, 404, 410, 422, 429, 500, 503})

CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "content_too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}
"""What HTTP itself answers, as codes of `web/rendering/error_messages/`."""

RETRY_SECONDS = "5"

WHY_AWAY = {Unavailable: "database_away", NoSpace: "disk_full"}
"""How the log calls what is not to be had just now."""

FOR_READERS = {"Cache-Control": "private, no-store", "Vary": "Accept, Signature, Signature-Input"}
"""What refuses another server is kept by nobody: the next one may sign, and be somebody who may see it (CN4, CN5)."""

FOR_BROWSERS = {"Vary": "Accept, Accept-Language, Cookie"}
"""What is not there for a browser may be there as a document, or for who is logged in: caches keep them apart."""

FOR_TOKENS = {"Cache-Control": "private, no-store", "Vary": "Authorization"}
"""The same for apps: caches keep even a 404 of their own accord, and the next one may come with a token."""

READERS_SIGN = 'sig1=("@method" "@target-uri");created;keyid'
"""How a request is to be signed that sends nothing (`Accept-Signature`, RS8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is answered instead of what was asked for."""

    status: int
    error: DeclicError
    headers: dict[str, str] = field(default_factory=dict)


REQUEST_ID = web.RequestKey("request_id", str)


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever was raised into the answer that this kind of client understands."""
    try:
        return await handler(request)
    except Exception as error:
        problem = find_problem(route_of(request), error)
        if problem is None:
            raise
    return await answer_problem(request, problem)


def find_problem(route: str, error: Exception) -> Problem | None:
    """What is answered instead; None for what is none: a redirect, or a client that went away while we answered."""
    match error:
        case web.HTTPException():
            return _read_http_error(error) if error.status >= 400 else None
        case DeclicError():
            return _read_our_error(error)
        case ConnectionResetError():
            return None
        case web.RequestPayloadError() | HttpProcessingError():  # broken chunks, or parts with headers that are none
            return Problem(status=400, error=Refusal(CODES[400]))
    log.error("request_failed", route=route, exc_info=error)
    return Problem(status=500, error=Refusal())


async def answer_problem(request: web.Request, problem: Problem) -> web.Response:
    """The answer itself, in the form that fits the address and what the client accepts."""
    if request.path.startswith(IN_WORDS_OF_OAUTH):
        return answer_oauth(problem)
    if is_for_apps(request):
        return await _answer_app(request, problem)
    if wants_json(request) and is_for_servers(request):
        signing = {"Accept-Signature": READERS_SIGN} if problem.status == 401 else {}
        value = {"error": format_in_english(problem.error)}
        return web.json_response(value, status=problem.status, headers=FOR_READERS | signing | problem.headers)
    if wants_json(request):
        headers = FOR_BROWSERS | problem.headers
        return web.json_response(describe(request, problem.error), status=problem.status, headers=headers)
    return await _answer_page(request, problem)


async def _answer_page(request: web.Request, problem: Problem) -> web.Response:
    """For people; a plain sentence where not even the page of an error can be drawn."""
    page = PAGES.get(problem.status, problem.status)
    if page not in HAVE_PAGE:
        page = 500 if page >= 500 else 422
    mark = request.get(REQUEST_ID) if page in {500, 503} else None
    try:
        minutes = math.ceil(int(problem.headers.get("Retry-After", "0")) / 60)
        code = getattr(problem.error, "code", "")
        context = {"mark": mark, "minutes": minutes, "full": isinstance(problem.error, NoSpace), "code": code}
        response = await render(
            request, f"errors/{OF_THEIR_OWN.get(code, page)}.html", status=problem.status, **context
        )
    except Exception:
        log.exception("error_page_failed", status=problem.status)
        response = web.Response(text=format_refusal(request, as_refusal(problem.error)), status=problem.status)
    response.headers.update(FOR_BROWSERS | problem.headers)
    return response


async def _answer_app(request: web.Request, problem: Problem) -> web.Response:
    """In the language of the member whose token it is, also where the token was not asked for (404, 405, 413…)."""
    bearer = request.headers.get("Authorization", "").partition(" ")[2].strip()
    if bearer and LANGUAGE not in request and problem.status in CODES and problem.status != 429:
        await _find_language(request, bearer)
    headers = FOR_TOKENS | {"Content-Language": reader_language(request)} | problem.headers
    return web.json_response(describe(request, problem.error), status=problem.status, headers=headers)


async def _find_language(request: web.Request, bearer: str) -> None:
    try:
        async with connection(request.app[INSTANCE].pool) as conn:
            token = await tokens.find_by_bearer(conn, bearer)
    except Unavailable:
        return
    if token is not None and token.language in request.app[INSTANCE].site.languages:
        request[LANGUAGE] = token.language


def describe(request: web.Request, error: DeclicError) -> dict[str, str]:
    """What an app is told: the sentence that it shows, the code that it compares, the field at fault."""
    refusal = as_refusal(error)
    value = {"error": format_refusal(request, refusal), "code": refusal.code}
    return value | {"field": refusal.field} if refusal.field else value


def format_in_english(error: DeclicError) -> str:
    """In English, for whoever runs another server or writes an application."""
    return format_error(error, find_catalogue("en").ugettext, "en") if isinstance(error, Refusal) else str(error)


def answer_oauth(problem: Problem) -> web.Response:
    """The answer of the token endpoint: what cannot be read is `invalid_request`, with 400."""
    status = 400 if problem.status in {413, 415, 422} else problem.status
    plain = "temporarily_unavailable" if status in {429, 503} else "invalid_request"
    code = problem.error.code if isinstance(problem.error, OAuthError) else plain
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"} | problem.headers
    value = {"error": code if status != 500 else "server_error", "error_description": format_in_english(problem.error)}
    return web.json_response(value, status=status, headers=headers)


def is_for_apps(request: web.Request) -> bool:
    """Whether this address is an application's, with or without a slash at its end."""
    return f"{request.path}/".startswith(FOR_APPS)


def is_for_servers(request: web.Request) -> bool:
    """Whether this address is one for other servers, or they ask for what stands behind a page."""
    return request.path.startswith(FOR_SERVERS) or asks_for_document(request)


def wants_json(request: web.Request) -> bool:
    """Whether an app or a server asks, and not somebody with a browser."""
    if is_for_apps(request) or request.path.startswith(FOR_SERVERS):
        return True
    return prefers(request, JSON_TYPES, PAGE_TYPES) is True


def route_of(request: web.Request) -> str:
    """The pattern that the address matches: a path may hold the token of a one-time link, a pattern never does."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"


def _read_http_error(answer: web.HTTPException) -> Problem:
    kept = ("Allow", "Retry-After", "Vary", "WWW-Authenticate")
    headers = {name: text for name, text in answer.headers.items() if name in kept or name.startswith("X-RateLimit")}
    code = CODES.get(answer.status, CODES[400] if answer.status < 500 else None)
    return Problem(status=answer.status, error=Refusal(code), headers=headers)


def _read_our_error(error: DeclicError) -> Problem:
    headers = {}
    if isinstance(error, Unavailable):
        away = WHY_AWAY.get(type(error), "busy")
        log.warning(away, cause=str(error.__cause__ or error))
        return Problem(status=503, error=type(error)(), headers={"Retry-After": RETRY_SECONDS})
    if error.status in {429, 503}:
        headers["Retry-After"] = RETRY_SECONDS
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, OAuthError) and error.status == 401:
        headers["WWW-Authenticate"] = "Basic"
    return Problem(status=error.status, error=error, headers=headers)
