"""How an answer leaves: for anybody it may be kept for a little while, for a token by nobody."""

from typing import Any

import msgspec
from aiohttp import web

from web.http.caching import answer_kept

JSON = "application/json; charset=utf-8"

KEPT_SECONDS = 60
"""New listings show within a minute, however many readers a cache serves meanwhile."""

SHIPPED_SECONDS = 24 * 3600
"""What comes with the software changes with it only."""


def answer(
    request: web.Request, value: Any, *, seconds: int = KEPT_SECONDS, links: dict[str, str] | None = None
) -> web.Response:
    """A struct, or a list of them, as JSON."""
    return answer_bytes(request, msgspec.json.encode(value), JSON, seconds=seconds, links=links)


def answer_bytes(
    request: web.Request, body: bytes, type: str, *, seconds: int = KEPT_SECONDS, links: dict[str, str] | None = None
) -> web.Response:
    """Bytes of this type; `links` is the Link header of a page."""
    headers = {"Content-Type": type, "Vary": "Authorization, Accept"} | (links or {})
    if request.method != "GET" or "Authorization" in request.headers:
        return web.Response(body=body, headers=headers | {"Cache-Control": "private, no-store"})
    return answer_kept(request, body, seconds=seconds, headers=headers)
