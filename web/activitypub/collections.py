"""Outbox, followers, following, featured and replies: a root and pages by keyset, on our own addresses (CO1 to CO6)."""

from collections.abc import Sequence

from aiohttp import web

from federation.instance import Instance
from federation.serialize import serialize
from federation.uris import featured_uri, followers_uri, following_uri, outbox_uri
from federation.vocabulary.collections import Collection, CollectionPage, Verbatim
from models import activities, actors, follows, posts
from models.actors import Actor
from models.database import Connection, connection
from models.errors import NotFound
from models.notes import list_public_replies
from models.posts import Post
from web.activitypub.access import ALWAYS_OPEN, get_published, read_known_reader, read_reader, require_no_block
from web.activitypub.negotiation import answer_activity
from web.keys import INSTANCE

PAGE_SIZE = 40

_TOP = 2**63 - 1
"""Above every id."""


def _read_cursor(request: web.Request) -> int | None:
    """`before=ID`: the keyset's place; anything else begins at the top. None asks for the root."""
    if "before" not in request.query:
        return None
    text = request.query["before"]
    return min(int(text), _TOP) if text.isascii() and text.isdigit() and len(text) <= 19 else _TOP


def _build_root(uri: str, total: int | None, *, paged: bool = True) -> bytes:
    return serialize(Collection(id=uri, total_items=total, first=f"{uri}?before={_TOP}" if paged else None))


def _build_page(uri: str, before: int, items: Sequence[tuple[int, object]]) -> bytes:
    """One page; `items` are places of the keyset and what stands there, one more than is shown when there are more."""
    shown = items[:PAGE_SIZE]
    return serialize(
        CollectionPage(
            id=f"{uri}?before={before}",
            part_of=uri,
            next=f"{uri}?before={shown[-1][0]}" if len(items) > PAGE_SIZE else None,
            items=tuple(item for _, item in shown),
        )
    )


async def show_outbox(request: web.Request) -> web.Response:
    """What an actor published for everybody, newest first; the stored bytes of each activity (CO3, CO4)."""
    instance = request.app[INSTANCE]
    reader = await _read_reader(request)
    async with connection(instance.pool) as conn:
        actor = await get_published(conn, request.match_info["username"])
        await require_no_block(conn, reader, actor)
        uri = outbox_uri(instance.site, actor.username)
        before = _read_cursor(request)
        if before is None:
            return answer_activity(request, _build_root(uri, await activities.count_outbox(conn, actor.id)))
        rows = await activities.list_outbox(conn, actor.id, before=before, limit=PAGE_SIZE + 1)
    return answer_activity(request, _build_page(uri, before, [(row.id, Verbatim(body=row.body)) for row in rows]))


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
    reader = await _read_reader(request)
    async with connection(instance.pool) as conn:
        actor = await get_published(conn, request.match_info["username"])
        await require_no_block(conn, reader, actor)
        name = actor.username
        uri = followers_uri(instance.site, name) if side == "followers" else following_uri(instance.site, name)
        before = _read_cursor(request)
        if before is None:
            counts = (await actors.count(conn, [actor.id]))[actor.id]
            total = counts.followers if side == "followers" else counts.following
            return answer_activity(request, _build_root(uri, total, paged=actor.type != "Person"))
        if actor.type == "Person":
            raise web.HTTPForbidden
        listing = follows.list_followers if side == "followers" else follows.list_following
        rows = await listing(conn, actor.id, before=before, limit=PAGE_SIZE + 1)
        found = [(row.id, row.follower_id if side == "followers" else row.followed_id) for row in rows]
        uris = {one.id: one.uri for one in await actors.list_by_ids(conn, [id for _, id in found])}
    return answer_activity(request, _build_page(uri, before, [(place, uris[id]) for place, id in found]))


async def show_featured(request: web.Request) -> web.Response:
    """Pinned posts: none yet, and so an empty collection rather than a missing one (CO5)."""
    instance = request.app[INSTANCE]
    reader = await _read_reader(request)
    async with connection(instance.pool) as conn:
        actor = await get_published(conn, request.match_info["username"])
        await require_no_block(conn, reader, actor)
    return answer_activity(
        request, serialize(Collection(id=featured_uri(instance.site, actor.username), total_items=0))
    )


async def show_replies(request: web.Request) -> web.Response:
    """Public answers to a post, by id (CO4)."""
    instance = request.app[INSTANCE]
    reader = await _read_reader(request)
    async with connection(instance.pool) as conn:
        post = await _get_public_post(conn, _strip_last(instance, request), reader)
        found = await list_public_replies(conn, post.id)
    collection = Collection(
        id=f"{instance.site.url}{request.path}",
        ordered=False,
        total_items=len(found),
        items=tuple(found),
    )
    return answer_activity(request, serialize(collection))


async def show_context(request: web.Request) -> web.Response:
    """The thread of a post: itself and every public answer below it, oldest first."""
    instance = request.app[INSTANCE]
    reader = await _read_reader(request)
    async with connection(instance.pool) as conn:
        post = await _get_public_post(conn, _strip_last(instance, request), reader)
        thread = await posts.list_public_thread(conn, post.id)
        author = await actors.get(conn, post.author_id)
    collection = Collection(
        id=f"{instance.site.url}{request.path}",
        total_items=len(thread),
        attributed_to=author.uri,
        items=tuple(thread),
    )
    return answer_activity(request, serialize(collection))


async def _read_reader(request: web.Request) -> Actor | None:
    """Who asks; the collections of the actor that signs our fetches are open as it is itself (AC9)."""
    open = request.match_info["username"] == ALWAYS_OPEN
    return await (read_reader(request) if open else read_known_reader(request))


async def _get_public_post(conn: Connection, uri: str, reader: Actor | None) -> Post:
    """A post of ours that anybody may read, and this reader too. Raises NotFound."""
    post = await posts.find_by_uri(conn, uri)
    if post is None or not post.local or post.audience not in posts.PUBLIC:
        raise NotFound
    if post.id not in await posts.filter_visible(conn, [post.id], reader.id if reader else None):
        raise NotFound
    return post


def _strip_last(instance: Instance, request: web.Request) -> str:
    """The object's id: the collection's address without its last step."""
    return f"{instance.site.url}{request.path.rpartition('/')[0]}"
