"""The description of our own API: for programs as OpenAPI, and for people as a page."""

from functools import partial

import msgspec
from aiohttp import web

from web.api.auth import open_to_all
from web.api.declic.cache_headers import JSON, SHIPPED_SECONDS
from web.api.declic.openapi import DOCUMENT_PATH, REFUSALS, build_document
from web.api.declic.operation import PREFIX
from web.api.declic.operations import OPERATIONS, SECTIONS
from web.http.app_keys import INSTANCE
from web.http.caching import answer_kept
from web.rendering.i18n import choose_language
from web.rendering.render import render, say
from web.rendering.templating import TEMPLATES


async def show_document(request: web.Request) -> web.Response:
    """GET /api/v1/declic/openapi.json, in the language that the client accepts."""
    site = request.app[INSTANCE].site
    language = choose_language(
        site.languages, account=None, cookie=None, accepted=request.headers.get("Accept-Language")
    )
    body = msgspec.json.encode(build_document(site.url, request.app[TEMPLATES].sentences[language]))
    headers = {"Content-Type": JSON, "Content-Language": language, "Vary": "Accept-Language"}
    return answer_kept(request, body, seconds=SHIPPED_SECONDS, headers=headers)


async def show_docs(request: web.Request) -> web.Response:
    """GET /api/docs: how to begin, and every address; works without JavaScript."""
    translate = partial(say, request)
    return await render(
        request,
        "api/docs.html",
        document=build_document(request.app[INSTANCE].site.url, translate),
        sections=SECTIONS,
        prefix=PREFIX,
        refusals={code: translate(sentence) for code, sentence in REFUSALS.items()},
        sent={one.asked.__name__ for one in OPERATIONS if one.method != "GET"},
    )


ROUTES: list[web.RouteDef] = [
    *(one.route for one in OPERATIONS),
    web.get(PREFIX + DOCUMENT_PATH, open_to_all(show_document)),
]

PAGES = [web.get("/api/docs", show_docs), web.get("/api/docs/", show_docs)]
