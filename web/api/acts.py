"""Liking and sharing: Like and Announce."""

from aiohttp import web

from models import reactions
from models.database import transaction
from models.errors import Forbidden
from models.posts import PUBLIC
from outbox import reactions as outbox
from web.api.answers import answer_json
from web.api.auth import reader
from web.api.statuses import get_target, load_one
from web.keys import INSTANCE


async def post_favourite(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/favourite; again changes nothing."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        if await reactions.find_favourite(conn, actor_id=me.id, post_id=post.id) is None:
            await outbox.favourite(conn, instance.site, me, post)
        return answer_json(request, await load_one(conn, request, post))


async def post_unfavourite(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/unfavourite."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        if await reactions.find_favourite(conn, actor_id=me.id, post_id=post.id) is not None:
            await outbox.unfavourite(conn, instance.site, me, post)
        return answer_json(request, await load_one(conn, request, post))


async def post_reblog(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/reblog: the wrapping status; again gives the same one."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        if post.audience not in PUBLIC:
            raise Forbidden("This is not for everybody, so it cannot be shared.")
        if await reactions.find_share(conn, actor_id=me.id, post_id=post.id) is None:
            await outbox.share(conn, instance.site, me, post)
        share = await reactions.find_share(conn, actor_id=me.id, post_id=post.id)
        return answer_json(request, await load_one(conn, request, post, share))


async def post_unreblog(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/unreblog: the plain status."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        if await reactions.find_share(conn, actor_id=me.id, post_id=post.id) is not None:
            await outbox.unshare(conn, instance.site, me, post)
        return answer_json(request, await load_one(conn, request, post))
