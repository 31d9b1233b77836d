"""Who wants JSON, who wants a page, and how an answer for other servers is labelled (CN1 to CN7)."""

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

from federation.http_client.transport import ACTIVITY_JSON
from federation.signatures import is_signed
from models.errors import NotFound
from models.lazy import lazily
from web.activitypub.request_envelope import read_envelope
from web.http.accept import prefers
from web.http.app_keys import INSTANCE
from web.http.caching import make_etag, matches_etag

with lazily():  # each kind of document and all of who may read it: for an answer that tells of one that is gone
    from federation.documents import serialize
    from web.activitypub import authorized_fetch

ANSWERED_AS = f"{ACTIVITY_JSON}; charset=utf-8"

OPEN = {"Access-Control-Allow-Origin": "*"}
"""Read by pages of anybody."""

VARY_PUBLIC = "Accept"
VARY_SIGNED = "Accept, Signature, Signature-Input"

_JSON = frozenset({ACTIVITY_JSON, "application/ld+json", "application/json", "application/*"})
_PAGE = frozenset({"text/html", "application/xhtml+xml", "*/*", "text/*"})

View = Callable[[web.Request], Awaitable[web.StreamResponse]]


def wants_activity(request: web.Request) -> bool:
    """True for a server that wants JSON, False for somebody who wants a page. Raises HTTPNotAcceptable (CN3)."""
    wants = prefers(request, _JSON, _PAGE)
    if wants is None:
        raise web.HTTPNotAcceptable(headers={"Vary": VARY_PUBLIC})
    return wants


def answer_activity(
    request: web.Request, body: bytes, *, status: int = 200, public: bool = True, seconds: int = 0
) -> web.Response:
    """A document for other servers. `public` ones may be asked for again by ETag; others are kept by nobody (CN5).

    Even what everybody may read is refused to whoever is blocked, so every answer depends on who signs and says so: a
    cache never gives a blocked server what it kept from an unsigned request (CN4). An answer to somebody who signs is
    kept by nobody.
    """
    headers = {"Vary": VARY_SIGNED}
    if not public or is_signed(read_envelope(request)):
        headers["Cache-Control"] = "private, no-store"
    else:
        etag = make_etag(body)
        headers |= {"ETag": etag, "Cache-Control": f"public, max-age={seconds}" if seconds else "no-cache"}
        if status == 200 and matches_etag(request, etag):
            return web.Response(status=304, headers=headers)
    return web.Response(body=body, status=status, headers=headers | {"Content-Type": ANSWERED_AS})


def answer_tagged(request: web.Request, body: bytes, *, public: bool = True, seconds: int = 0) -> web.Response:
    """The same for what whoever asks asks again, signed or not: by the tag. What is asked signed is kept by nobody else
    (CN5).
    """
    if public and not is_signed(read_envelope(request)):
        return answer_activity(request, body, seconds=seconds)
    headers = {"Vary": VARY_SIGNED, "Cache-Control": "private, no-cache", "ETag": make_etag(body)}
    if matches_etag(request, headers["ETag"]):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers | {"Content-Type": ANSWERED_AS})


def with_tombstones(view: View) -> View:
    """The view, where what was removed answers 410 with its tombstone (AC6, OB1), and a signature that did not count
    is named where nothing is found without one."""

    @wraps(view)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await view(request)
        except authorized_fetch.GoneWithTombstone as departed:
            return answer_activity(request, serialize.serialize(departed.tombstone), status=410)
        except NotFound as missing:
            raise authorized_fetch.as_unsigned(request, missing) from missing

    return answer


def over_https(view: View) -> View:
    """The view, where a proxy that lets http through is answered a redirect, and never a document (WF10)."""

    @wraps(view)
    async def answer(request: web.Request) -> web.StreamResponse:
        site = request.app[INSTANCE].site
        scheme = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
        if site.url.startswith("https:") and scheme == "http":
            raise web.HTTPMovedPermanently(f"{site.url}{request.raw_path}", headers=OPEN)
        return await view(request)

    return answer
