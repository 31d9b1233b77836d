"""What belongs to an actor: outbox, followers, following and featured posts (CO1 to CO6)."""

from aiohttp import web

from federation.documents.serialize import serialize
from federation.proofs.attach import attach_proof
from federation.uris import featured_uri, followers_uri, following_uri, outbox_uri
from federation.vocabulary.collections import Collection, Verbatim
from models import posts
from models.ids import HIGHEST_ID
from models.people import actors
from models.people.actors import BUILT_IN
from models.relations import follows, pins
from models.store.database import connection
from models.traffic.outbound import activities
from web.activitypub.authorized_fetch import get_published, read_known_reader, require_no_block
from web.activitypub.collections.paging import PAGE_SIZE, build_page, build_root, read_cursor
from web.activitypub.negotiation import answer_activity
from web.http.app_keys import INSTANCE

COLLECTION = "OrderedCollection"


async def show_outbox(request: web.Request) -> web.Response:
    """What an actor published for everybody, newest first; each activity as it was delivered (CO3, CO4)."""
    instance = request.app[INSTANCE]
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        actor = await get_published(conn, request, COLLECTION)
        await require_no_block(conn, reader, actor)
        uri = outbox_uri(instance.site, actor.username)
        before = read_cursor(request, "before")
        if before is None:
            total = await activities.count_outbox(conn, actor.id)
            return answer_activity(request, build_root(uri, total, f"before={HIGHEST_ID}"))
        rows = await activities.list_outbox(
            conn, actor.id, before=before, limit=PAGE_SIZE + 1, reader_id=reader.id if reader else None
        )
    items = [(row.id, Verbatim(body=await attach_proof(instance, row))) for row in rows]
    return answer_activity(request, build_page(uri, "before", before, items))


async def refuse_outbox_post(_: web.Request) -> web.Response:
    """Clients do not publish this way (CO6)."""
    raise web.HTTPMethodNotAllowed("POST", ["GET", "HEAD"])


async def show_followers(request: web.Request) -> web.Response:
    """How many follow an actor; who they are is told of the cooperative's own actors only (CO1)."""
    return await _show_relations(request, "followers")


async def show_following(request: web.Request) -> web.Response:
    """How many an actor follows; whom, of the cooperative's own actors only (CO1)."""
    return await _show_relations(request, "following")


async def _show_relations(request: web.Request, side: str) -> web.Response:
    instance = request.app[INSTANCE]
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        actor = await get_published(conn, request, COLLECTION)
        await require_no_block(conn, reader, actor)
        name, hidden = actor.username, actor.username not in BUILT_IN
        uri = followers_uri(instance.site, name) if side == "followers" else following_uri(instance.site, name)
        before = read_cursor(request, "before")
        if before is None:
            counts = (await actors.count(conn, [actor.id]))[actor.id]
            total = counts.followers if side == "followers" else counts.following
            return answer_activity(request, build_root(uri, total, None if hidden else f"before={HIGHEST_ID}"))
        if hidden:
            raise web.HTTPForbidden
        listing = follows.list_followers if side == "followers" else follows.list_following
        rows = await listing(conn, actor.id, before=before, limit=PAGE_SIZE + 1)
        found = [(row.id, row.follower_id if side == "followers" else row.followed_id) for row in rows]
        uris = {one.id: one.uri for one in await actors.list_by_ids(conn, [id for _, id in found])}
    items = [(place, uris[id]) for place, id in found]
    return answer_activity(request, build_page(uri, "before", before, items))


async def show_featured(request: web.Request) -> web.Response:
    """The posts that an actor pinned, by their addresses; none of them for whom the two do not see (CO5)."""
    instance = request.app[INSTANCE]
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        actor = await get_published(conn, request, COLLECTION)
        pinned = await pins.list_pinned(conn, actor.id)
        visible = await posts.filter_visible(conn, pinned, reader.id if reader else None)
        uris = {post.id: post.uri for post in await posts.list_by_ids(conn, pinned)}
    items = tuple(uris[id] for id in pinned if id in visible)
    collection = Collection(id=featured_uri(instance.site, actor.username), total_items=len(items), items=items)
    return answer_activity(request, serialize(collection))
