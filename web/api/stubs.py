"""What is empty here, and said so in the shape that clients expect."""

from aiohttp import web

from models.errors import NotFound
from web.api.json_responses import answer_json


async def show_nothing(request: web.Request) -> web.Response:
    """An empty list."""
    return answer_json(request, [])


async def show_missing(request: web.Request) -> web.Response:
    """Any other address under /api/: JSON, never a page. 405 with the right methods where there are some, else 404."""
    allowed: set[str] = set()
    for resource in request.app.router.resources():
        if request.match_info.route.resource is not resource:
            allowed |= (await resource.resolve(request))[1]
    allowed.discard("*")
    if allowed:
        raise web.HTTPMethodNotAllowed(request.method, sorted(allowed))
    raise NotFound("unknown_endpoint")
