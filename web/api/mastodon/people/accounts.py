"""Accounts: the reader's own, anybody's, what they wrote, who follows them and whom they follow."""

from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

from federation.discovery.webfinger import read_handle
from federation.texts.hashtags import fold
from federation.texts.html_cleaner import to_text
from inbox.relations.pinned_posts import ask_once_a_day
from models import posts, timelines
from models.errors import Invalid, NotFound
from models.people import accounts, actors
from models.people.actors import Actor
from models.posts import posting_defaults
from models.relations import follows, pins, relationships
from models.relations.blocking import blocks
from models.relations.follows import Follow
from models.settings import Site
from models.store.database import Connection, connection, transaction
from models.timelines import PostFilter
from web.api.auth import reader, reader_id
from web.api.entities.accounts import build_field, is_shown, load_account, load_accounts_by_id
from web.api.entities.moderation import build_role
from web.api.entities.statuses import VISIBILITIES, load_posts, load_statuses
from web.api.entities.values import EntityContext, Json, read_look
from web.api.json_responses import answer_json
from web.api.mastodon.people.lookup import resolve
from web.api.pagination import link_header, read_page
from web.api.parameters import read_id, read_parameters
from web.http.app_keys import INSTANCE
from web.rendering.i18n import Say
from web.rendering.render import say

MOST = 80


async def show_own(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/verify_credentials: the reader's own Account, with what she typed as `source`."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, await load_own(conn, read_look(request), reader(request), partial(say, request)))


async def load_own(conn: Connection, look: EntityContext, actor: Actor, say: Say) -> Json:
    """Somebody's Account as only she sees it; `say` names what she is trusted with."""
    account = await accounts.get(conn, actor.id)
    defaults = await posting_defaults.get(conn, actor.id)
    value = await load_account(conn, look, actor)
    value["role"] = build_role(say, account.roles)
    value["source"] = {
        "note": to_text(actor.summary),
        "privacy": VISIBILITIES[defaults.audience],
        "sensitive": defaults.sensitive,
        "language": defaults.language,
        "quote_policy": defaults.quote_policy,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "hide_collections": False,
        "attribution_domains": [],
        "fields": [field | {"value": to_text(field["value"])} for field in map(build_field, actor.fields)],
        "follow_requests_count": len(await follows.list_requests(conn, actor.id)),
    }
    return value


async def show_preferences(request: web.Request) -> web.Response:
    """GET /api/v1/preferences: what clients start with when somebody writes or reads."""
    async with connection(request.app[INSTANCE].pool) as conn:
        defaults = await posting_defaults.get(conn, reader(request).id)
    return answer_json(
        request,
        {
            "posting:default:visibility": VISIBILITIES[defaults.audience],
            "posting:default:sensitive": defaults.sensitive,
            "posting:default:language": defaults.language,
            "posting:default:quote_policy": defaults.quote_policy,
            "reading:expand:media": "default",
            "reading:expand:spoilers": False,
        },
    )


async def show_account(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/:id."""
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await get_account(conn, request)
        return answer_json(request, await load_account(conn, read_look(request), actor))


async def list_accounts(request: web.Request) -> web.Response:
    """GET /api/v1/accounts?id[]=: several at once; unknown ones are left out."""
    ids = (await read_parameters(request)).ids("id", MOST)
    async with connection(request.app[INSTANCE].pool) as conn:
        known = await actors.filter_published(conn, ids)
        return answer_json(request, await load_accounts_by_id(conn, read_look(request), known))


async def look_up(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/lookup?acct=: by handle, among those whom this server knows."""
    acct = (await read_parameters(request)).text("acct").strip()
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await find_by_acct(conn, request.app[INSTANCE].site, acct)
        if actor is None or not is_shown(actor):
            raise NotFound
        return answer_json(request, await load_account(conn, read_look(request), actor))


async def find_by_acct(conn: Connection, site: Site, acct: str) -> Actor | None:
    """Who is meant by `alice`, `@alice` or `bob@henin.example`, if this server knows them."""
    name = acct.strip().removeprefix("@")
    handle = read_handle(name if "@" in name else f"{name}@{site.host}")
    if handle is None:
        return None
    if handle.host == site.host:
        return await actors.find_published(conn, handle.username)
    return await actors.find_by_handle(conn, handle.username, handle.host)


async def get_account(conn: Connection, request: web.Request) -> Actor:
    """The actor whose id the address holds. Raises NotFound, also for suspended ones."""
    id = read_id(request.match_info["id"])
    found = await actors.list_by_ids(conn, [id]) if id is not None else []
    if not found or not is_shown(found[0]) or not await actors.is_published(conn, found[0].id):
        raise NotFound
    return found[0]


async def list_statuses(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/:id/statuses: what somebody wrote and shared, or with `pinned` what she pinned."""
    parameters = await read_parameters(request)
    if parameters.flag("pinned"):
        return await _list_pinned(request)
    tagged = fold(parameters.text("tagged"))
    wanted = PostFilter(
        only_media=parameters.flag("only_media"),
        exclude_replies=parameters.flag("exclude_replies"),
        exclude_shares=parameters.flag("exclude_reblogs"),
        any_tags=(tagged,) if tagged else (),
    )
    page = read_page(parameters)
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await get_account(conn, request)
        entries = await timelines.list_by_author(conn, actor.id, reader_id(request), wanted, page)
        statuses = await load_statuses(conn, read_look(request), entries, reader_id(request), "account")
    return answer_json(request, statuses, headers=link_header(request, [entry.id for entry in entries]))


async def _list_pinned(request: web.Request) -> web.Response:
    """What is pinned now; of somebody elsewhere it is asked for anew, now and then, for the next visit."""
    me = reader_id(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        actor = await get_account(conn, request)
        if me is not None and not actor.local:
            await ask_once_a_day(conn, actor)
        pinned = await pins.list_pinned(conn, actor.id)
        visible = await posts.filter_visible(conn, pinned, me)
        shown = [id for id in pinned if id in visible]
        return answer_json(request, await load_posts(conn, read_look(request), shown, me))


async def list_followers(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/:id/followers: accepted ones that this server knows; the Link ids are of the follows."""
    return await _list_relations(request, follows.list_followers, lambda follow: follow.follower_id)


async def list_following(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/:id/following."""
    return await _list_relations(request, follows.list_following, lambda follow: follow.followed_id)


async def _list_relations(
    request: web.Request, read: Callable[..., Awaitable[list[Follow]]], other: Callable[[Follow], int]
) -> web.Response:
    page = read_page(await read_parameters(request), default=40, most=MOST)
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await get_account(conn, request)
        if (me := reader_id(request)) is not None and await blocks.between(conn, me, actor.id):
            return answer_json(request, [])
        found = await read(conn, actor.id, before=page.before, after=page.floor or None, limit=page.limit)
        value = await load_unbarred(conn, request, [other(follow) for follow in found])
    return answer_json(request, value, headers=link_header(request, [follow.id for follow in found]))


async def load_unbarred(conn: Connection, request: web.Request, ids: list[int]) -> list[Json]:
    """These people as Accounts, without those who do not see the reader, or whom she does not see (B-53)."""
    me = reader_id(request)
    barred = await blocks.list_barred(conn, me, ids) if me is not None else set()
    return await load_accounts_by_id(conn, read_look(request), [id for id in ids if id not in barred])


async def search_accounts(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/search?q=: for completion while typing; exact handles first.

    With `resolve`, somebody who is not known here is asked for by their handle.
    """
    parameters = await read_parameters(request)
    text = parameters.text("q").strip()
    if not text:
        raise Invalid("parameter_missing", name="q", field="q")
    limit = parameters.whole("limit", 40, least=1, most=MOST)
    if parameters.flag("resolve") and "@" in text.removeprefix("@"):
        await resolve(request.app[INSTANCE], text)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await find_accounts(conn, request.app[INSTANCE].site, text, limit=limit)
        found = await leave_out_barred(conn, reader(request).id, found, text)
        if parameters.flag("following"):
            found = await keep_followed(conn, reader(request).id, found)
        return answer_json(request, await load_accounts_by_id(conn, read_look(request), [actor.id for actor in found]))


async def find_accounts(conn: Connection, site: Site, text: str, *, limit: int, offset: int = 0) -> list[Actor]:
    """Whose name or handle is or resembles this text."""
    exact = await find_by_acct(conn, site, text)
    name = text.removeprefix("@").partition("@")[0]
    similar = await actors.search(conn, name, limit=limit + offset) if name else []
    if "@" in text.removeprefix("@"):
        wanted = text.removeprefix("@").lower()
        similar = [actor for actor in similar if actor.handle.lower().startswith(wanted)]
    first = [exact] if exact is not None and is_shown(exact) else []
    found = first + [actor for actor in similar if exact is None or actor.id != exact.id]
    return found[offset : offset + limit]


async def leave_out_barred(conn: Connection, me: int, found: list[Actor], text: str) -> list[Actor]:
    """Without those who do not see the reader, or whom she does not see.

    Whom she blocks herself is found by the whole handle: else a client cannot lift the block.
    """
    barred = await blocks.list_barred(conn, me, [actor.id for actor in found])
    handle = text.strip().removeprefix("@").lower()
    named = [actor.id for actor in found if handle in (actor.handle.lower(), actor.username if actor.local else None)]
    kept = {id for id in named if id in barred and await blocks.is_blocking(conn, me, id)}
    return [actor for actor in found if actor.id not in barred - kept]


async def keep_followed(conn: Connection, me: int, found: list[Actor]) -> list[Actor]:
    """Those of these actors whom the reader follows."""
    relations = await relationships.list_relationships(conn, me, [actor.id for actor in found])
    followed = {relation.actor_id for relation in relations if relation.following}
    return [actor for actor in found if actor.id in followed]
