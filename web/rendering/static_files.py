"""Static files, by names that hold their content's hash: kept by browsers for ever."""

from aiohttp import hdrs, web

from web.rendering.templating import TEMPLATES

FOREVER = "public, max-age=31536000, immutable"


async def show_static(request: web.Request) -> web.Response:
    """GET /static/NAME. Raises HTTPNotFound for anything that no page names."""
    asset = request.app[TEMPLATES].assets.files.get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    headers = {hdrs.CACHE_CONTROL: FOREVER, hdrs.CONTENT_TYPE: asset.content_type}
    if asset.gzipped is None:
        return web.Response(body=asset.body, headers=headers)
    headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    if "gzip" not in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        return web.Response(body=asset.body, headers=headers)
    headers[hdrs.CONTENT_ENCODING] = "gzip"
    return web.Response(body=asset.gzipped, headers=headers)


async def show_icon(request: web.Request) -> web.Response:
    """GET /favicon.ico, which browsers ask for without being told."""
    templates = request.app[TEMPLATES]
    name = templates.assets.urls["images/signe.svg"].removeprefix("/static/")
    asset = templates.assets.files[name]
    return web.Response(body=asset.body, content_type="image/svg+xml", headers={hdrs.CACHE_CONTROL: "max-age=86400"})
