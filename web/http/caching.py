"""Answers for anybody that may be kept for a while and asked for again by their ETag (RFC 9110 §13.1)."""

import hashlib
from collections.abc import Mapping

from aiohttp import web

CLEAR_BROWSER = {"Clear-Site-Data": '"storage"'}
"""Whoever logs out or leaves: her browser forgets what pages kept in it for her, like drafts that never left."""


def answer_kept(request: web.Request, body: bytes, *, seconds: int, headers: Mapping[str, str]) -> web.Response:
    """`body`, or 304 where the client has it already; `headers` name its type and what it varies with."""
    etag = make_etag(body)
    kept = dict(headers) | {"ETag": etag, "Cache-Control": f"public, max-age={seconds}"}
    if matches_etag(request, etag):
        return web.Response(status=304, headers={name: kept[name] for name in kept if name != "Content-Type"})
    return web.Response(body=body, headers=kept)


def make_etag(body: bytes) -> str:
    """The tag of exactly these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matches_etag(request: web.Request, etag: str) -> bool:
    """Whether the client has this version: one of the tags that it names, weak or not, or any (RFC 9110 §13.1.2)."""
    given = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    return etag in given or given == ["*"]


def forbid_caching(response: web.Response) -> web.Response:
    """An answer with secrets in it stays in no cache."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
