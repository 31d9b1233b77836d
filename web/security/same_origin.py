"""Whether a form was sent from a page of ours, as far as the browser tells."""

from aiohttp import web

from models.errors import Forbidden
from web.http.app_keys import INSTANCE


def require_same_origin(request: web.Request) -> None:
    """Raise Forbidden when the browser says that another site sent this."""
    if not is_same_origin(request):
        raise Forbidden("cross_site_form")


def is_same_origin(request: web.Request) -> bool:
    """Whether no other site sent this, as far as the browser tells.

    Sec-Fetch-Site is the browser's own word; older ones and plain http only tell the Origin.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    return origin is None or origin == request.app[INSTANCE].site.url
