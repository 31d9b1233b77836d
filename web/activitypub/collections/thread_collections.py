"""What hangs on a post of ours: answers, the thread, and how many like and share it (CO2 to CO4)."""

from aiohttp import web

from models import posts
from models.people import actors
from models.people.actors import Actor
from models.posts import Post, reply_threads
from models.store.database import Connection, connection
from web.activitypub.authorized_fetch import get_post, get_published, read_known_reader
from web.activitypub.collections.paging import BOTTOM, PAGE_SIZE, build_page, build_root, read_cursor
from web.activitypub.negotiation import answer_activity
from web.http.app_keys import INSTANCE

COLLECTION = "Collection"


async def show_replies(request: web.Request) -> web.Response:
    """Public answers to a post, by id, oldest first."""
    uri, after = _read_address(request), read_cursor(request, "after")
    reader = await read_known_reader(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        post = await _get_post(conn, request, reader)
        if after is None:
            root = build_root(uri, await reply_threads.count_replies(conn, post.id), f"after={BOTTOM}", ordered=False)
            return answer_activity(request, root, public=post.audience in posts.PUBLIC)
        found = await reply_threads.list_replies(
            conn, post.id, after=after, limit=PAGE_SIZE + 1, reader_id=reader.id if reader else None
        )
    page = build_page(uri, "after", after, [(one.id, one.uri) for one in found], ordered=False)
    return answer_activity(request, page, public=post.audience in posts.PUBLIC)


async def show_context(request: web.Request) -> web.Response:
    """The thread of a post: itself and every public answer below it, oldest first."""
    uri, after = _read_address(request), read_cursor(request, "after")
    reader = await read_known_reader(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        post = await _get_post(conn, request, reader)
        if after is None:
            author = await actors.get(conn, post.author_id)
            total = await reply_threads.count_thread(conn, post.id)
            root = build_root(uri, total, f"after={BOTTOM}", owner=author.uri)
            return answer_activity(request, root, public=post.audience in posts.PUBLIC)
        found = await reply_threads.list_thread(
            conn, post.id, after=after, limit=PAGE_SIZE + 1, reader_id=reader.id if reader else None
        )
    page = build_page(uri, "after", after, [(one.id, one.uri) for one in found])
    return answer_activity(request, page, public=post.audience in posts.PUBLIC)


async def show_likes(request: web.Request) -> web.Response:
    """How many like a post; who they are is for its author."""
    return await _show_count(request, "favourites")


async def show_shares(request: web.Request) -> web.Response:
    """How many share a post; who they are is told by their own outboxes."""
    return await _show_count(request, "shares")


async def _show_count(request: web.Request, figure: str) -> web.Response:
    reader = await read_known_reader(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        post = await _get_post(conn, request, reader)
        counts = (await posts.count(conn, [post.id], None))[post.id]
    total = counts.favourites if figure == "favourites" else counts.shares
    root = build_root(_read_address(request), total, None, ordered=False)
    return answer_activity(request, root, public=post.audience in posts.PUBLIC)


async def _get_post(conn: Connection, request: web.Request, reader: Actor | None) -> Post:
    """The post whose part this address is, if the reader may see it. Raises NotFound, and GoneWithTombstone once it
    is gone.
    """
    await get_published(conn, request, COLLECTION)
    return await get_post(conn, request, _read_address(request).rpartition("/")[0], reader, COLLECTION)


def _read_address(request: web.Request) -> str:
    """The collection's id."""
    return f"{request.app[INSTANCE].site.url}{request.path}"
