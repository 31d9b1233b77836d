"""What a reader does with a post: like, share, pin, mute its thread, and take each back. Again changes nothing."""

from aiohttp import web

from models.errors import Invalid
from models.relations.blocking import thread_mutes
from models.store.database import transaction
from outbox.posts import pins
from outbox.relations import reactions
from web.api.auth import reader
from web.api.json_responses import answer_json
from web.api.mastodon.posts.statuses import get_target, load_one
from web.api.parameters import read_parameters
from web.http.app_keys import INSTANCE

SHARED_FOR = ("", "public", "unlisted")
"""For whom a share may be: never for fewer than everybody, in public timelines or not."""


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
    visibility = (await read_parameters(request)).text("visibility").strip()
    if visibility not in SHARED_FOR:
        raise Invalid("value_not_allowed", name="visibility", allowed="public, unlisted", field="visibility")
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        share = await reactions.share(conn, instance.site, reader(request), post, unlisted=visibility == "unlisted")
        return answer_json(request, await load_one(conn, request, post, share))


async def post_unreblog(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/unreblog: the plain status."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        await reactions.unshare(conn, instance.site, reader(request), post)
        return answer_json(request, await load_one(conn, request, post))


async def post_pin(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/pin: keep one's own public post at the top of one's profile."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post, share = await get_target(conn, request)
        if share is not None:
            raise Invalid("pin_of_reblog", field="id")
        await pins.pin(conn, instance.site, reader(request), post)
        return answer_json(request, await load_one(conn, request, post))


async def post_unpin(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/unpin."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post, _ = await get_target(conn, request)
        await pins.unpin(conn, instance.site, reader(request), post)
        return answer_json(request, await load_one(conn, request, post))


async def post_mute(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/mute: hear no more of its thread."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        post, _ = await get_target(conn, request)
        await thread_mutes.mute(conn, reader(request).id, post.id)
        return answer_json(request, await load_one(conn, request, post))


async def post_unmute(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/unmute."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        post, _ = await get_target(conn, request)
        await thread_mutes.unmute(conn, reader(request).id, post.id)
        return answer_json(request, await load_one(conn, request, post))
