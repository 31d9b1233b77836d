"""What stands here, to be shown on pages elsewhere (oEmbed): of a post its text with its author and a link, no frame
and no script; of a search the frame with what it finds.

Of a post with a warning only the warning is said.
"""

import re
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from models.coop import opening
from models.errors import Invalid, NotFound
from models.posts import find_by_page
from models.settings import Site
from models.store.database import connection
from web.api.json_responses import answer_json
from web.api.mastodon.posts.statuses import get_by_id, load_one
from web.api.parameters import read_parameters
from web.http.app_keys import INSTANCE

PAGE = re.compile(r"/(?:[a-z]+|@[a-z0-9_]+)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?")

WIDTH = 400

A_DAY = 86_400

FRAME_HEIGHT = 1_030
"""Pixels: six listings and what stands around them."""

MOST_PARAMETERS = 60


async def show_embedding(request: web.Request) -> web.Response:
    """GET /api/oembed?url=: of a search, or of a public post of ours. Raises NotFound for every other address."""
    parameters = await read_parameters(request)
    if parameters.text("format", "json") != "json":
        raise Invalid("value_not_allowed", name="format", allowed="json", field="format")
    async with connection(request.app[INSTANCE].pool) as conn:
        if await opening.is_closed(conn):
            raise NotFound
    width = parameters.whole("maxwidth", WIDTH, least=100, most=2_000)
    site = request.app[INSTANCE].site
    address = parameters.text("url").strip()
    if address.partition("?")[0] == f"{site.url}/annonces":
        height = parameters.whole("maxheight", FRAME_HEIGHT, least=100, most=FRAME_HEIGHT)
        return answer_json(request, _embed_search(site, address, width, height))
    found = PAGE.fullmatch(address.removeprefix(site.url)) if address.startswith(f"{site.url}/") else None
    if found is None:
        raise NotFound
    async with connection(request.app[INSTANCE].pool) as conn:
        post, _ = await get_by_id(conn, await find_by_page(conn, found[1]), None)
        status = await load_one(conn, request, post)
    author = status["account"]
    name, url = escape(author["display_name"]), escape(status["url"])
    text = f"<p>{escape(status['spoiler_text'])}</p>" if status["spoiler_text"] else status["content"]
    return answer_json(
        request,
        {
            "type": "rich",
            "version": "1.0",
            "author_name": author["display_name"],
            "author_url": author["url"],
            "provider_name": site.host,
            "provider_url": f"{site.url}/",
            "cache_age": A_DAY,
            "html": f'<blockquote cite="{url}">{text}<p><a href="{url}">{name}</a></p></blockquote>',
            "width": width,
            "height": None,
        },
    )


def _embed_search(site: Site, address: str, width: int, height: int) -> dict[str, Any]:
    """A frame with the search of this address; its parameters are written anew, so that nothing else comes along."""
    kept = "&".join(address.partition("?")[2].split("&")[:MOST_PARAMETERS])
    query = urlencode(parse_qsl(kept))
    source = escape(f"{site.url}/embed/annonces{'?' if query else ''}{query}")
    return {
        "type": "rich",
        "version": "1.0",
        "title": site.host,
        "provider_name": site.host,
        "provider_url": f"{site.url}/",
        "cache_age": A_DAY,
        "html": f'<iframe src="{source}" title="{escape(site.host)}" width="{width}" height="{height}"></iframe>',
        "width": width,
        "height": height,
    }
