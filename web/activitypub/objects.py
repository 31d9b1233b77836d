"""Listings, notes and activities of ours at their addresses: the same bytes as were delivered (rule 4, OB1 to OB6)."""

from aiohttp import web

from federation.serialize import serialize
from federation.uris import listing_url, note_url, profile_url
from models import activities, actors, listings, media, posts
from models.actors import Actor
from models.database import Connection, connection
from models.errors import Gone, NotFound
from models.posts import Post
from outbox.builders.delete import build_tombstone
from outbox.builders.note import build_note
from outbox.builders.proposal import build_proposal, build_proposal_twin
from web.activitypub.access import read_known_reader
from web.activitypub.negotiation import VARY_PUBLIC, answer_activity, wants_activity
from web.keys import INSTANCE

CACHED_SECONDS = 60
_CARRIERS = frozenset({"Create", "Update"})
"""Activities that hold the whole object."""

TWIN = "https://w3id.org/valueflows/ont/vf#Proposal"


async def show_object(request: web.Request) -> web.Response:
    """A listing or a note; a browser is sent to its page, which decides by its own reader."""
    instance = request.app[INSTANCE]
    if not wants_activity(request):
        raise web.HTTPSeeOther(_find_page(request), headers={"Vary": VARY_PUBLIC})
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        post = await posts.find_by_uri(conn, f"{instance.site.url}{request.path}")
        if post is None or not post.local:
            raise NotFound
        if post.deleted_at is not None and post.audience in posts.PUBLIC:
            return answer_activity(request, serialize(build_tombstone(post, post.deleted_at)), status=410)
        public = await _require_visible(conn, post, reader)
        body = await _build_document(request, conn, post)
    response = answer_activity(request, body, public=public, seconds=CACHED_SECONDS if public else 0)
    if post.kind == "listing":
        response.headers["Link"] = f'<{post.uri}/proposal>; rel="{TWIN}"'
    return response


def _find_page(request: web.Request) -> str:
    """The page of the object, whether there is one or not: the page itself says so to its own reader (OB3)."""
    site, uuid = request.app[INSTANCE].site, request.match_info["uuid"]
    if request.path.split("/")[3] == "items":
        return listing_url(site, uuid)
    return note_url(site, request.match_info["username"], uuid)


async def _require_visible(conn: Connection, post: Post, reader: Actor | None) -> bool:
    """Whether everybody may read it. Raises NotFound for whoever may not: private equals missing (OB3)."""
    visible = await posts.filter_visible(conn, [post.id], reader.id if reader else None)
    if post.id not in visible:
        raise NotFound
    return post.audience in posts.PUBLIC


async def _build_document(request: web.Request, conn: Connection, post: Post) -> bytes:
    site = request.app[INSTANCE].site
    author = await actors.get(conn, post.author_id)
    pictures = (await media.list_by_posts(conn, [post.id]))[post.id]
    if post.kind == "listing":
        listing = await listings.find_by_post(conn, post.id)
        assert listing is not None
        return serialize(build_proposal(site, author, listing, pictures))
    tags = (await posts.list_tags(conn, [post.id]))[post.id]
    mentioned = await actors.list_by_ids(conn, (await posts.list_mentions(conn, [post.id]))[post.id])
    return serialize(build_note(site, author, post, media=pictures, tags=tags, mentioned=mentioned))


async def show_proposal(request: web.Request) -> web.Response:
    """The read-only twin of a public listing for Valueflows-native readers (wire-format §5.18)."""
    instance = request.app[INSTANCE]
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        uri = f"{instance.site.url}{request.path.removesuffix('/proposal')}"
        listing = await listings.find_by_listing_uri(conn, uri)
        if listing is None or listing.post.deleted_at is not None or listing.post.audience not in posts.PUBLIC:
            raise NotFound
        await _require_visible(conn, listing.post, reader)
        author = await actors.get(conn, listing.post.author_id)
    return answer_activity(
        request, serialize(build_proposal_twin(instance.site, author, listing)), seconds=CACHED_SECONDS
    )


async def show_activity(request: web.Request) -> web.Response:
    """An activity of ours as it was signed; visible to whom its object is visible (OB6)."""
    instance = request.app[INSTANCE]
    if not wants_activity(request):
        profile = profile_url(instance.site, request.match_info["username"])
        raise web.HTTPSeeOther(profile, headers={"Vary": VARY_PUBLIC})
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        activity = await activities.find_by_uri(conn, f"{instance.site.url}{request.path}")
        if activity is None:
            raise NotFound
        post = await posts.find_by_uri(conn, activity.object_uri) if activity.object_uri else None
        if not activity.public:
            if post is None or reader is None:
                raise NotFound
            await _require_visible(conn, post, reader)
        elif post is not None and post.deleted_at is not None and activity.type in _CARRIERS:
            raise Gone  # what was taken back is not read here either
        elif post is not None and post.local and activity.type in _CARRIERS:
            await _require_visible(conn, post, reader)
    return answer_activity(request, activity.body.encode(), public=activity.public)
