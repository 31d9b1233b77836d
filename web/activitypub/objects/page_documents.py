"""What stands behind a page of ours, at the address of the page: it is what people copy from their browser.

The answer is the one at the object's id, to the same readers. It is no redirect: a server that signs has signed for
this address only, and some follow none of the redirects that browsers follow.
"""

from collections.abc import Callable

from aiohttp import web

from federation.uris import actor_uri, listing_url, meeting_url, note_uri
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection, connection
from web.activitypub.authorized_fetch import STANDS_FOR, read_known_reader, require_standing
from web.activitypub.negotiation import VARY_SIGNED
from web.activitypub.objects.actors import answer_actor
from web.activitypub.objects.posts import FORMER_TYPE, answer_object
from web.http.app_keys import INSTANCE


async def show_listing(request: web.Request) -> web.Response:
    """/annonces/UUID."""
    return await _answer_listing(request, listing_url)


async def show_meeting(request: web.Request) -> web.Response:
    """/rencontres/UUID."""
    return await _answer_listing(request, meeting_url)


async def _answer_listing(request: web.Request, address: Callable[[Site, str], str]) -> web.Response:
    instance, reader = request.app[INSTANCE], await read_known_reader(request)
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_url(conn, address(instance.site, request.match_info["uuid"]))
    if listing is None:
        raise NotFound
    return await _answer_post(request, listing.post, reader)


async def show_note(request: web.Request) -> web.Response:
    """/@NAME/UUID."""
    instance, reader = request.app[INSTANCE], await read_known_reader(request)
    uri = note_uri(instance.site, request.match_info["username"], request.match_info["uuid"])
    async with connection(instance.pool) as conn:
        post = await posts.find_by_uri(conn, uri)
    if post is None:
        raise NotFound
    return await _answer_post(request, post, reader)


async def show_row(request: web.Request, id: int) -> web.Response:
    """The post with this row id, for short addresses. Raises NotFound."""
    instance, reader = request.app[INSTANCE], await read_known_reader(request)
    async with connection(instance.pool) as conn:
        post = next(iter(await posts.list_by_ids(conn, [id])), None) or await posts.find_tombstone(conn, id)
    if post is None:
        raise NotFound
    return await _answer_post(request, post, reader)


async def show_profile(request: web.Request) -> web.Response:
    """/@NAME, however the name is written."""
    instance = request.app[INSTANCE]
    username, _, host = request.match_info["handle"].partition("@")
    async with connection(instance.pool) as conn:
        actor = await _find_actor(conn, username, host if host != instance.site.host else "")
    if actor is None:
        raise NotFound
    if not actor.local:
        raise web.HTTPFound(actor.uri, headers={"Vary": VARY_SIGNED})
    request[STANDS_FOR] = actor_uri(instance.site, actor.username)
    return await answer_actor(request)


async def _find_actor(conn: Connection, username: str, host: str) -> Actor | None:
    if not host:
        return await actors.find_published(conn, username)
    actor = await actors.find_by_handle(conn, username, host.lower())
    return None if actor is None or actor.deleted_at or actor.suspended_at else actor


async def _answer_post(request: web.Request, post: Post, reader: Actor | None) -> web.Response:
    """Ours as it is at its id; of a copy, if it is for everybody, where it is.

    The address may not name the author as the id does, so whoever may not see the post learns nothing of her either.
    """
    if post.local:
        request[STANDS_FOR] = post.uri
        if post.hidden_at is None:  # of what was put away the document itself knows whom it may tell so
            async with connection(request.app[INSTANCE].pool) as conn:
                await require_standing(conn, request, post, reader, FORMER_TYPE)
        return await answer_object(request, reader)
    if post.audience not in posts.PUBLIC or post.deleted_at is not None:
        raise NotFound
    raise web.HTTPFound(post.uri, headers={"Vary": VARY_SIGNED})
