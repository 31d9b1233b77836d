"""The one place where an error becomes an answer: a page, JSON for apps, or JSON for servers. Never a traceback."""

import asyncio
import math
from dataclasses import dataclass, field

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler

from models.errors import DeclicError, NoSpace, OAuthError, Unauthenticated, Unavailable
from web.accept import asks_for_document, prefers
from web.render import render

log = structlog.get_logger(__name__)

FOR_APPS = ("/api/", "/oauth/token/", "/oauth/revoke/", "/oauth/userinfo/")

IN_WORDS_OF_OAUTH = ("/oauth/token", "/oauth/revoke")
"""Where an error is a code, with the sentence beside it (RFC 6749 §5.2)."""

FOR_SERVERS = ("/users/", "/inbox", "/territories", "/.well-known/", "/nodeinfo/", "/healthz", "/readyz")

JSON_TYPES = frozenset({"application/activity+json", "application/ld+json", "application/json"})
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})

PAGES = {400: 422, 401: 403, 405: 404, 413: 422, 415: 422}
"""Statuses that share the page of another one (web/templates/errors/)."""

HAVE_PAGE = frozenset({403, 404, 410, 422, 429, 500, 503})

SENTENCES = {
    400: "What was sent cannot be read.",
    404: "This does not exist here, or is not visible to you.",
    405: "This address does not do that.",
    413: "What was sent is too large.",
    429: "Too many requests; please wait a little.",
    500: "Something went wrong here; it was noted.",
}

RETRY_SECONDS = "5"

WHY_AWAY = {Unavailable: "database_away", NoSpace: "disk_full"}
"""How the log calls what is not to be had just now."""

FOR_READERS = {"Cache-Control": "private, no-store", "Vary": "Accept, Signature, Signature-Input"}
"""What refuses another server is kept by nobody: the next one may sign, and be somebody who may see it (CN4, CN5)."""

FOR_TOKENS = {"Cache-Control": "private, no-store", "Vary": "Authorization"}
"""The same for apps: caches keep even a 404 of their own accord, and the next one may come with a token."""

READERS_SIGN = 'sig1=("@method" "@target-uri");created;keyid'
"""How a request is to be signed that sends nothing (`Accept-Signature`, RS8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is answered instead of what was asked for."""

    status: int
    sentence: str
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""
    about: str | None = None


REQUEST_ID = web.RequestKey("request_id", str)


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever was raised into the answer that this kind of client understands."""
    try:
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        problem = _read_http_error(answer)
    except DeclicError as error:
        problem = _read_our_error(error)
    except asyncio.CancelledError:
        raise
    except ConnectionResetError:  # the client went away while we answered
        raise
    except (web.RequestPayloadError, HttpProcessingError):  # broken chunks, or parts with headers that are none
        problem = Problem(status=400, sentence=SENTENCES[400])
    except Exception:
        log.exception("request_failed", route=route_of(request))
        problem = Problem(status=500, sentence=SENTENCES[500])
    return await answer_problem(request, problem)


async def answer_problem(request: web.Request, problem: Problem) -> web.Response:
    """The answer itself, in the form that fits the address and what the client accepts."""
    if wants_json(request):
        headers = problem.headers
        if is_for_servers(request):
            headers = FOR_READERS | ({"Accept-Signature": READERS_SIGN} if problem.status == 401 else {}) | headers
        if request.path.startswith(IN_WORDS_OF_OAUTH):
            return answer_oauth(problem)
        if is_for_apps(request):
            headers = FOR_TOKENS | headers
        value = {"error": _name_field(problem)}
        if problem.about and is_for_apps(request):
            value["field"] = problem.about
        return web.json_response(value, status=problem.status, headers=headers)
    page = PAGES.get(problem.status, problem.status)
    if page not in HAVE_PAGE:
        page = 500 if page >= 500 else 422
    mark = request.get(REQUEST_ID) if page in {500, 503} else None
    try:
        minutes = math.ceil(int(problem.headers.get("Retry-After", "0")) / 60)
        context = {"mark": mark, "minutes": minutes, "full": problem.code == WHY_AWAY[NoSpace]}
        response = await render(request, f"errors/{page}.html", status=problem.status, **context)
    except Exception:
        log.exception("error_page_failed", status=problem.status)
        response = web.Response(text=problem.sentence, status=problem.status)
    response.headers.update(problem.headers)
    return response


def _name_field(problem: Problem) -> str:
    """The sentence, after the name of the field that it is about: who writes an app wants to know which one."""
    name = problem.about
    return f"{name}: {problem.sentence}" if name and name not in problem.sentence else problem.sentence


def answer_oauth(problem: Problem) -> web.Response:
    """The answer of the token endpoint: what cannot be read is `invalid_request`, with 400."""
    status = 400 if problem.status in {413, 415, 422} else problem.status
    code = (problem.code if problem.code not in WHY_AWAY.values() else "") or (
        "temporarily_unavailable" if status in {429, 503} else "invalid_request"
    )
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"} | problem.headers
    value = {"error": code if status != 500 else "server_error", "error_description": problem.sentence}
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
    return Problem(status=answer.status, sentence=SENTENCES.get(answer.status, answer.reason), headers=headers)


def _read_our_error(error: DeclicError) -> Problem:
    headers = {}
    if isinstance(error, Unavailable):
        away = WHY_AWAY.get(type(error), "busy")
        log.warning(away, cause=str(error.__cause__ or error))
        headers["Retry-After"] = RETRY_SECONDS
        return Problem(status=503, sentence=type(error).__doc__ or "", headers=headers, code=away)
    if error.status in {429, 503}:
        headers["Retry-After"] = RETRY_SECONDS
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, OAuthError):
        if error.status == 401:
            headers["WWW-Authenticate"] = "Basic"
        return Problem(status=error.status, sentence=str(error), headers=headers, code=error.code)
    return Problem(status=error.status, sentence=str(error), headers=headers, about=error.field)
