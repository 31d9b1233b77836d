"""Pages of what has a document for servers: the header that names it, which some ask for before they read any HTML."""

from aiohttp import web

from federation.http_client.transport import ACTIVITY_JSON


def name_document(page: web.Response, uri: str) -> web.Response:
    """The page, with the id of what it shows in its `Link` header, on GET and HEAD."""
    page.headers["Link"] = f'<{uri}>; rel="alternate"; type="{ACTIVITY_JSON}"'
    return page
