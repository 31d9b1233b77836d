"""JSON answers of the API: encoded fast, and kept by nobody when they are for one person."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web


def answer_json(
    request: web.Request, value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """`value` as JSON."""
    response = web.Response(
        body=orjson.dumps(value), status=status, headers=headers, content_type="application/json", charset="utf-8"
    )
    response.headers["Vary"] = "Authorization"
    if "Authorization" in request.headers:
        response.headers["Cache-Control"] = "private, no-store"
    return response
