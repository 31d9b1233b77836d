"""Reading statuses: one, several, with their thread, and who reacted to them."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from models import posts
from models.errors import NotFound
from models.listings import listings
from models.posts import Post, notes
from models.relations import reactions
from models.relations.blocking import blocks
from models.relations.blocking.filters import Context
from models.relations.reactions import Favourite, Share
from models.store.database import Connection, connection
from models.timelines import TimelineEntry
from web.actions.call_openings import note_call_opened
from web.api.auth import reader, reader_id
from web.api.entities.statuses import load_posts, load_statuses
from web.api.entities.values import Json, read_look
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import load_unbarred
from web.api.pagination import link_header, read_page
from web.api.parameters import read_id, read_parameters
from web.http.app_keys import INSTANCE

MOST = 80


async def show_status(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id: a post, or the status that wraps a share."""
    async with connection(request.app[INSTANCE].pool) as conn:
        post, share = await get_target(conn, request)
        status = await load_one(conn, request, post, share)
        listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
    if listing is not None:
        await note_call_opened(request.app[INSTANCE], listing, reader_id(request))
    return answer_json(request, status)


async def list_several(request: web.Request) -> web.Response:
    """GET /api/v1/statuses?id[]=: those that the reader may see, in the order asked."""
    ids = (await read_parameters(request)).ids("id", MOST)
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, await load_visible(conn, request, ids))


async def show_context(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id/context: what it answers, root first, and what answers it, depth first."""
    async with connection(request.app[INSTANCE].pool) as conn:
        post, _ = await get_target(conn, request)
        above = await load_visible(conn, request, await notes.list_ancestors(conn, post.id), "thread")
        below = await load_visible(conn, request, await notes.list_descendants(conn, post.id), "thread")
    return answer_json(request, {"ancestors": above, "descendants": below})


async def load_visible(
    conn: Connection, request: web.Request, ids: Sequence[int], context: Context | None = None
) -> list[Json]:
    """Those of these posts that a list shows to whoever asks, as statuses in this order."""
    visible = await posts.filter_wanted(conn, list(ids), reader_id(request))
    shown = [id for id in ids if id in visible]
    return await load_posts(conn, read_look(request), shown, reader_id(request), context)


async def list_favourited_by(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id/favourited_by; the Link ids are of the favourites."""
    return await _list_reactions(request, reactions.list_favourites)


async def list_reblogged_by(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id/reblogged_by; the Link ids are of the shares."""
    return await _list_reactions(request, reactions.list_shares)


async def _list_reactions(
    request: web.Request,
    read: Callable[..., Awaitable[Sequence[Favourite | Share]]],
) -> web.Response:
    page = read_page(await read_parameters(request), default=40, most=MOST)
    async with connection(request.app[INSTANCE].pool) as conn:
        post, _ = await get_target(conn, request)
        found = await read(conn, post.id, before=page.before, after=page.floor or None, limit=page.limit)
        value = await load_unbarred(conn, request, [one.actor_id for one in found])
    return answer_json(request, value, headers=link_header(request, [one.id for one in found]))


async def get_target(conn: Connection, request: web.Request) -> tuple[Post, Share | None]:
    """The post that the address names, directly or by a share of it. Raises NotFound for what may not be seen.

    A UUID is the end of the page's address of a post of ours: toot and others take what stands there for the id.
    """
    named = request.match_info["id"]
    id = await posts.find_by_page(conn, named) if "-" in named else read_id(named)
    return await get_by_id(conn, id, reader_id(request))


async def get_by_id(conn: Connection, id: int | None, reader_id: int | None) -> tuple[Post, Share | None]:
    """A post by its own id or by that of a share of it. Raises NotFound where the reader may not see it."""
    if id is None:
        raise NotFound
    post = await posts.find_visible(conn, id, reader_id)
    if post is not None:
        return post, None
    share = await reactions.find_share_by_id(conn, id)
    if share is None or (reader_id is not None and await blocks.between(conn, reader_id, share.actor_id)):
        raise NotFound
    post = await posts.find_visible(conn, share.post_id, reader_id)
    if post is None:
        raise NotFound
    return post, share


async def get_own(conn: Connection, request: web.Request) -> Post:
    """A post of the reader's. Raises NotFound for everybody else's."""
    post, share = await get_target(conn, request)
    if post.author_id != reader(request).id or share is not None:
        raise NotFound
    return post


async def load_one(conn: Connection, request: web.Request, post: Post, share: Share | None = None) -> Json:
    """A post, or a share of it, as the reader sees it now. Raises NotFound when it went meanwhile."""
    entry = TimelineEntry(
        id=share.id if share else post.id, post_id=post.id, shared_by=share.actor_id if share else None
    )
    statuses = await load_statuses(conn, read_look(request), [entry], reader_id(request))
    if not statuses:
        raise NotFound
    return statuses[0]
