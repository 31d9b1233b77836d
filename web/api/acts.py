"""Liking and sharing, and taking both back: Like and Announce. Again changes nothing, and answers the same."""

from aiohttp import web

from models.database import transaction
from outbox import reactions
from web.api.answers import answer_json
from web.api.auth import reader
from web.api.statuses import get_target, load_one
from web.keys import INSTANCE


async def post_favourite(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/favourite."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        await reactions.favourite(conn, instance.site, reader(request), post)
        return answer_json(request, await load_one(conn, request, post))


async def post_unfavourite(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/unfavourite."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        await reactions.unfavourite(conn, instance.site, reader(request), post)
        return answer_json(request, await load_one(conn, request, post))


async def post_reblog(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/reblog: the status that wraps the share."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        share = await reactions.share(conn, instance.site, reader(request), post)
        return answer_json(request, await load_one(conn, request, post, share))


async def post_unreblog(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/unreblog: the plain status."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        await reactions.unshare(conn, instance.site, reader(request), post)
        return answer_json(request, await load_one(conn, request, post))
