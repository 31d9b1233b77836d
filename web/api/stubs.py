"""What is empty here, and said so in the shape that clients expect."""

from aiohttp import web

from models.database import connection
from models.errors import NotFound
from web.api.accounts import get_shown
from web.api.answers import answer_json
from web.keys import INSTANCE


async def show_nothing(request: web.Request) -> web.Response:
    """An empty list."""
    return answer_json(request, [])


async def show_nothing_of_account(request: web.Request) -> web.Response:
    """An empty list about somebody who exists."""
    async with connection(request.app[INSTANCE].pool) as conn:
        await get_shown(conn, request)
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
