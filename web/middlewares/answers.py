"""How whole answers leave: with a tag by which they are asked for again, and packed where that makes them smaller.

Streams, files and what its view packed or marked itself pass as they are. To a packed answer up to MASK bytes of chance
are added, so that its size says less of what is in it; the token of its forms is masked too (`security/form_tokens`),
and cookies are SameSite=Lax: another site cannot have a member's page sent to it over and over (BREACH).
"""

import asyncio
import secrets
import zlib

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from web.http.accept import accepts_coding
from web.http.caching import make_etag, matches_etag
from web.security.session import SAFE_METHODS

PACKED_TYPES = frozenset(
    {
        "text/html",
        "text/css",
        "text/csv",
        "text/plain",
        "text/calendar",
        "text/javascript",
        "text/xml",
        "application/json",
        "application/activity+json",
        "application/ld+json",
        "application/jrd+json",
        "application/geo+json",
        "application/feed+json",
        "application/atom+xml",
        "application/xml",
        "application/xrd+xml",
        "image/svg+xml",
    }
)

LEAST = 1024
"""Bytes below which an answer goes in one packet anyhow."""

ASIDE = 256 * 1024
"""Bytes above which an answer is packed in a thread: others would wait for it."""

LEVEL = 4
"""Of zlib: 40 kB of HTML take 0.4 ms and leave 12; level 6 takes twice the time for 5 % less."""

MASK = 100
"""Most bytes of chance in a packed answer, as the name of a file in its header (RFC 1952 §2.3)."""

HEADER = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"
"""A gzip member with a name, made at no time on no system in particular."""


@web.middleware
async def answer_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tag the answer, answer 304 where the client has it already, and pack it where the client can unpack it."""
    response = await handler(request)
    if not isinstance(response, web.Response) or hdrs.CONTENT_ENCODING in response.headers:
        return response
    if response.status == 304:  # under the tag that the client has
        held = f"W/{response.headers.get(hdrs.ETAG)}" in request.headers.get(hdrs.IF_NONE_MATCH, "")
        _vary_by_coding(response, packed=held)
        return response
    body = response.body
    if response.content_type not in PACKED_TYPES or not isinstance(body, bytes):
        return response
    packs = len(body) >= LEAST and accepts_coding(request.headers.get(hdrs.ACCEPT_ENCODING, ""), "gzip")
    if _is_known(request, response, body):
        response.set_status(304)
        response.body = None
        response.headers.pop(hdrs.CONTENT_TYPE, None)
    elif packs:
        response.body = await asyncio.to_thread(pack, body) if len(body) > ASIDE else pack(body)
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    _vary_by_coding(response, packed=packs)
    return response


def _is_known(request: web.Request, response: web.Response, body: bytes) -> bool:
    """Whether the client has this answer; a page without a tag gets one, weak since proxies pack it anew."""
    if request.method not in SAFE_METHODS or response.status != 200:
        return False
    if "no-store" in response.headers.get(hdrs.CACHE_CONTROL, ""):
        return False
    if hdrs.ETAG not in response.headers:
        if response.content_type != "text/html":
            return False
        response.headers[hdrs.ETAG] = f"W/{make_etag(body)}"
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-cache")
    return matches_etag(request, response.headers[hdrs.ETAG].removeprefix("W/"))


def _vary_by_coding(response: web.Response, *, packed: bool) -> None:
    """The answer depends on what the client can unpack; a strong tag is of the bytes as they were (RFC 9110 §8.8.3)."""
    add_vary(response, hdrs.ACCEPT_ENCODING)
    etag = response.headers.get(hdrs.ETAG, "")
    if packed and etag.startswith('"'):
        response.headers[hdrs.ETAG] = f"W/{etag}"


def pack(body: bytes) -> bytes:
    """These bytes as one gzip member."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    name = b"x" * secrets.randbelow(MASK)
    packed = packer.compress(body) + packer.flush()
    end = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join((HEADER, name, b"\0", packed, end))


def add_vary(response: web.StreamResponse, name: str) -> None:
    """Say that this header of the request counts too."""
    named = [one.strip() for one in response.headers.get(hdrs.VARY, "").split(",") if one.strip()]
    if "*" not in named and name.lower() not in {one.lower() for one in named}:
        response.headers[hdrs.VARY] = ", ".join([*named, name])
