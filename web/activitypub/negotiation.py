"""Who wants JSON, who wants a page, and how an answer for other servers is labelled (CN1 to CN7)."""

import hashlib
from dataclasses import dataclass

from aiohttp import web

from federation.signatures import is_signed
from web.activitypub.envelopes import read_envelope

ACTIVITY_JSON = "application/activity+json; charset=utf-8"
AS_PROFILE = "https://www.w3.org/ns/activitystreams"

VARY_PUBLIC = "Accept"
VARY_SIGNED = "Accept, Signature, Signature-Input"

_JSON = frozenset({"application/activity+json", "application/ld+json", "application/json"})
_PAGE = frozenset({"text/html", "application/xhtml+xml", "*/*", "text/*"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """One media range of an Accept header."""

    type: str
    quality: float


def read_accept(header: str) -> list[Range]:
    """The media ranges of an Accept header, the most wanted first; parameters but q are ignored (CN2)."""
    ranges = []
    for part in header.split(","):
        type, *parameters = [piece.strip() for piece in part.split(";")]
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                quality = _read_quality(value)
        if type and quality > 0:
            ranges.append(Range(type=type.lower(), quality=quality))
    return sorted(ranges, key=lambda one: -one.quality)


def _read_quality(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0


def wants_activity(request: web.Request) -> bool:
    """True for a server that wants JSON, False for somebody who wants a page. Raises HTTPNotAcceptable (CN3)."""
    header = request.headers.get("Accept", "*/*")
    for one in read_accept(header):
        if one.type in _JSON:
            return True
        if one.type in _PAGE:
            return False
    raise web.HTTPNotAcceptable(headers={"Vary": VARY_PUBLIC})


def answer_activity(
    request: web.Request, body: bytes, *, status: int = 200, public: bool = True, seconds: int = 0
) -> web.Response:
    """A document for other servers. `public` ones may be asked for again by ETag; others are kept by nobody (CN5).

    An answer that depends on who signs says so, and carries no word for shared caches (CN4).
    """
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    signed = is_signed(read_envelope(request))
    headers = {"Vary": VARY_SIGNED if signed or not public else VARY_PUBLIC}
    if not public or signed:
        headers["Cache-Control"] = "private, no-store"
    else:
        headers |= {"ETag": etag, "Cache-Control": f"public, max-age={seconds}" if seconds else "no-cache"}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
    return web.Response(body=body, status=status, headers=headers | {"Content-Type": ACTIVITY_JSON})
