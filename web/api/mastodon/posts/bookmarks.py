"""What the reader keeps for herself, and what she liked: by the time of the act, so the Link ids are of the acts."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from models import timelines
from models.relations import bookmarks
from models.store.database import Connection, connection, transaction
from models.timelines import Page, TimelineEntry
from web.api.auth import reader
from web.api.json_responses import answer_json
from web.api.mastodon.posts.statuses import get_target, load_one, load_visible
from web.api.pagination import link_header, read_page
from web.api.parameters import read_parameters
from web.http.app_keys import INSTANCE


async def post_bookmark(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/bookmark: again changes nothing."""
    return await _change(request, bookmarks.save)


async def post_unbookmark(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/unbookmark."""
    return await _change(request, bookmarks.remove)


async def _change(request: web.Request, act: Callable[..., Awaitable[object]]) -> web.Response:
    async with transaction(request.app[INSTANCE].pool) as conn:
        post, _ = await get_target(conn, request)
        await act(conn, actor_id=reader(request).id, post_id=post.id)
        return answer_json(request, await load_one(conn, request, post))


async def list_bookmarks(request: web.Request) -> web.Response:
    """GET /api/v1/bookmarks: what the reader keeps, the last kept first."""
    return await _list(request, timelines.list_bookmarked)


async def list_favourites(request: web.Request) -> web.Response:
    """GET /api/v1/favourites: what the reader liked, the latest like first."""
    return await _list(request, timelines.list_favourited)


async def _list(
    request: web.Request, read: Callable[[Connection, int, Page], Awaitable[list[TimelineEntry]]]
) -> web.Response:
    page = read_page(await read_parameters(request))
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await read(conn, reader(request).id, page)
        value = await load_visible(conn, request, [entry.post_id for entry in found])
    return answer_json(request, value, headers=link_header(request, [entry.id for entry in found]))
