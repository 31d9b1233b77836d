"""Who quotes a post, taking one's yes to that back, and who may quote it (as Mastodon 4.5)."""

from aiohttp import web

from models.errors import Invalid, NotFound
from models.posts.quotes import quotes
from models.store.database import connection, transaction
from outbox.posts import quotes as outbox_quotes
from web.api.auth import reader
from web.api.json_responses import answer_json
from web.api.mastodon.post_settings import QUOTE_POLICIES, read_quote_policy
from web.api.mastodon.posts.statuses import get_own, get_target, load_one, load_visible
from web.api.pagination import link_header, read_page
from web.api.parameters import read_id, read_parameters
from web.http.app_keys import INSTANCE


async def list_quotes(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id/quotes: posts that quote it with its author's agreement."""
    page = read_page(await read_parameters(request), default=20, most=40)
    async with connection(request.app[INSTANCE].pool) as conn:
        post, _ = await get_target(conn, request)
        found = await quotes.list_quoting_ids(
            conn, post.id, before=page.before, after=page.floor or None, limit=page.limit
        )
        value = await load_visible(conn, request, found)
    return answer_json(request, value, headers=link_header(request, found))


async def post_revoke(request: web.Request) -> web.Response:
    """POST /api/v1/statuses/:id/quotes/:quoting_id/revoke: the status that quoted, as it is now."""
    instance, quoting_id = request.app[INSTANCE], read_id(request.match_info["quoting"])
    async with transaction(instance.pool) as conn:
        quoted = await get_own(conn, request)
        if quoting_id is None:
            raise NotFound
        await outbox_quotes.revoke(conn, instance.site, reader(request), quoted, quoting_id)
        value = await load_visible(conn, request, [quoting_id])
    if not value:
        raise NotFound
    return answer_json(request, value[0])


async def put_policy(request: web.Request) -> web.Response:
    """PUT /api/v1/statuses/:id/interaction_policy: who may quote one's own post from now on."""
    policy = read_quote_policy(await read_parameters(request))
    if policy is None:
        raise Invalid(
            "value_not_allowed",
            name="quote_approval_policy",
            allowed=", ".join(QUOTE_POLICIES),
            field="quote_approval_policy",
        )
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post = await get_own(conn, request)
        await outbox_quotes.change_policy(conn, instance.site, reader(request), post, policy)
        return answer_json(request, await load_one(conn, request, post))
