"""Whom the reader does not want to see: blocks, mutes, and whole servers; the other side is told of none of them."""

from datetime import timedelta

from aiohttp import web

from models.errors import Invalid
from models.relations.blocking import blocks, mutes
from models.store.database import connection, transaction
from outbox.relations import blocks as outbox
from web.api.auth import reader
from web.api.entities.accounts import load_accounts_by_id
from web.api.entities.values import read_look, write_moment_or_none
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import MOST, get_account
from web.api.mastodon.relations.relationships import build_relation
from web.api.pagination import link_header, read_page
from web.api.parameters import read_parameters
from web.http.app_keys import INSTANCE

LONGEST = 10 * 365 * 86_400
"""Seconds that a mute may last; 0 is for good."""

MOST_DOMAINS = 200


async def post_block(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/block: hidden from each other, and no longer following each other."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        other = await get_account(conn, request)
        await outbox.block(conn, instance.site, me, other)
        return answer_json(request, await build_relation(conn, me, other))


async def post_unblock(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/unblock."""
    me = reader(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        other = await get_account(conn, request)
        await outbox.unblock(conn, me, other)
        return answer_json(request, await build_relation(conn, me, other))


async def post_mute(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/mute: `notifications` (yes unless told) and `duration` in seconds (0: for good)."""
    parameters, me = await read_parameters(request), reader(request)
    seconds = parameters.whole("duration", 0, most=LONGEST)
    async with transaction(request.app[INSTANCE].pool) as conn:
        other = await get_account(conn, request)
        if other.id == me.id:
            raise Invalid("mute_self")
        await mutes.save(
            conn,
            actor_id=me.id,
            target_id=other.id,
            notifications=parameters.flag("notifications", True),
            duration=timedelta(seconds=seconds) if seconds else None,
        )
        return answer_json(request, await build_relation(conn, me, other))


async def post_unmute(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/unmute."""
    me = reader(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        other = await get_account(conn, request)
        await mutes.remove(conn, actor_id=me.id, target_id=other.id)
        return answer_json(request, await build_relation(conn, me, other))


async def list_blocks(request: web.Request) -> web.Response:
    """GET /api/v1/blocks: Accounts, the last blocked first; the Link ids are of the blocks."""
    page = read_page(await read_parameters(request), default=40, most=MOST)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await blocks.list_blocked(
            conn, reader(request).id, before=page.before, after=page.floor or None, limit=page.limit
        )
        value = await load_accounts_by_id(conn, read_look(request), [one.target_id for one in found])
    return answer_json(request, value, headers=link_header(request, [one.id for one in found]))


async def list_mutes(request: web.Request) -> web.Response:
    """GET /api/v1/mutes: Accounts with `mute_expires_at`, the last muted first; the Link ids are of the mutes."""
    page = read_page(await read_parameters(request), default=40, most=MOST)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await mutes.list_muted(
            conn, reader(request).id, before=page.before, after=page.floor or None, limit=page.limit
        )
        accounts = await load_accounts_by_id(conn, read_look(request), [one.target_id for one in found])
    until = {str(one.target_id): one.until for one in found}
    for account in accounts:
        end = until[account["id"]]
        account["mute_expires_at"] = write_moment_or_none(end)
    return answer_json(request, accounts, headers=link_header(request, [one.id for one in found]))


async def list_domain_blocks(request: web.Request) -> web.Response:
    """GET /api/v1/domain_blocks: names of servers, the last blocked first."""
    page = read_page(await read_parameters(request), default=100, most=MOST_DOMAINS)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await blocks.list_domains(
            conn, reader(request).id, before=page.before, after=page.floor or None, limit=page.limit
        )
    return answer_json(request, [one.domain for one in found], headers=link_header(request, [one.id for one in found]))


async def show_domain_preview(request: web.Request) -> web.Response:
    """GET /api/v1/domain_blocks/preview?domain=: how many of its people the reader follows, and is followed by."""
    domain = outbox.read_domain((await read_parameters(request)).text("domain"))
    async with connection(request.app[INSTANCE].pool) as conn:
        following, followers = await blocks.count_followed(conn, reader(request).id, domain)
    return answer_json(request, {"following_count": following, "followers_count": followers})


async def post_domain_block(request: web.Request) -> web.Response:
    """POST /api/v1/domain_blocks: `domain`, with what stands under it."""
    instance, domain = request.app[INSTANCE], (await read_parameters(request)).text("domain")
    async with transaction(instance.pool) as conn:
        await outbox.block_domain(conn, instance.site, reader(request), domain)
    return answer_json(request, {})


async def delete_domain_block(request: web.Request) -> web.Response:
    """DELETE /api/v1/domain_blocks: `domain`, in the address, a form or JSON."""
    domain = (await read_parameters(request)).text("domain")
    async with transaction(request.app[INSTANCE].pool) as conn:
        await outbox.unblock_domain(conn, reader(request), domain)
    return answer_json(request, {})
