"""What belongs to an actor: outbox, followers, following and featured posts (CO1 to CO6)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from operator import attrgetter

from aiohttp import web

from federation.documents.serialize import serialize
from federation.proofs.attach import attach_proof
from federation.uris import featured_uri, followers_uri, following_uri, outbox_uri
from federation.vocabulary.collections import Collection, Verbatim
from models import posts
from models.ids import HIGHEST_ID
from models.people import actors
from models.people.actors import BUILT_IN, Counts
from models.relations import follows, pins
from models.relations.follows import Follow
from models.settings import Site
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationCollection:
    """One of the two lists of an actor's relations: its address, its number, its rows, and who stands in a row."""

    uri: Callable[[Site, str], str]
    total: Callable[[Counts], int]
    list_rows: Callable[..., Awaitable[list[Follow]]]
    who: Callable[[Follow], int]


FOLLOWERS = RelationCollection(
    uri=followers_uri,
    total=attrgetter("followers"),
    list_rows=follows.list_followers,
    who=attrgetter("follower_id"),
)

FOLLOWING = RelationCollection(
    uri=following_uri,
    total=attrgetter("following"),
    list_rows=follows.list_following,
    who=attrgetter("followed_id"),
)


async def show_followers(request: web.Request) -> web.Response:
    """How many follow an actor; who they are is told of the cooperative's own actors only (CO1)."""
    return await _show_relations(request, FOLLOWERS)


async def show_following(request: web.Request) -> web.Response:
    """How many an actor follows; whom, of the cooperative's own actors only (CO1)."""
    return await _show_relations(request, FOLLOWING)


async def _show_relations(request: web.Request, collection: RelationCollection) -> web.Response:
    instance = request.app[INSTANCE]
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        actor = await get_published(conn, request, COLLECTION)
        await require_no_block(conn, reader, actor)
        uri, hidden = collection.uri(instance.site, actor.username), actor.username not in BUILT_IN
        before = read_cursor(request, "before")
        if before is None:
            total = collection.total((await actors.count(conn, [actor.id]))[actor.id])
            return answer_activity(request, build_root(uri, total, None if hidden else f"before={HIGHEST_ID}"))
        if hidden:
            raise web.HTTPForbidden
        rows = await collection.list_rows(conn, actor.id, before=before, limit=PAGE_SIZE + 1)
        people = await actors.map_by_ids(conn, [collection.who(row) for row in rows])
    items = [(row.id, people[collection.who(row)].uri) for row in rows]
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
