"""Listings and notes of ours at their addresses: the same bytes as were delivered (OB1 to OB3)."""

from aiohttp import web

from federation.documents.serialize import serialize
from federation.uris import listing_url, note_url
from federation.vocabulary.marketplace import Proposal
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.people.actors import Actor
from models.store.database import connection
from outbox.builders.objects.proposal import build_proposal_twin
from outbox.posts.post_documents import build_document
from web.activitypub.authorized_fetch import (
    get_author,
    get_post,
    get_post_or_put_away,
    get_published,
    read_known_reader,
)
from web.activitypub.negotiation import VARY_PUBLIC, answer_activity, wants_activity
from web.http.app_keys import INSTANCE

CACHED_SECONDS = 60

FORMER_TYPE = "Note"
"""What every tombstone of ours was (OB1)."""

TWIN_TYPE = "Proposal"

TWIN = "https://w3id.org/valueflows/ont/vf#Proposal"


async def show_object(request: web.Request) -> web.Response:
    """A listing or a note; a browser is sent to its page, which decides by its own reader."""
    if not wants_activity(request):
        raise web.HTTPSeeOther(_find_page(request), headers={"Vary": VARY_PUBLIC})
    return await answer_object(request, await read_known_reader(request))


async def answer_object(request: web.Request, reader: Actor | None) -> web.Response:
    """The document of the listing or note that is asked for, as far as the reader may see it."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        author = await get_author(conn, request, FORMER_TYPE)
        post = await get_post_or_put_away(conn, request, author, reader, FORMER_TYPE)
        document = await build_document(conn, instance.site, author, post)
    public = post.meant_audience in posts.PUBLIC
    response = answer_activity(request, serialize(document), public=public, seconds=CACHED_SECONDS)
    if isinstance(document, Proposal) and public:
        response.headers["Link"] = f'<{post.uri}/proposal>; rel="{TWIN}"'
    return response


def _find_page(request: web.Request) -> str:
    """The page of the object, whether there is one or not: the page itself says so to its own reader (OB3)."""
    site, uuid = request.app[INSTANCE].site, request.match_info["uuid"]
    if request.path.split("/")[3] == "items":
        return listing_url(site, uuid)
    return note_url(site, request.match_info["username"], uuid)


async def show_proposal(request: web.Request) -> web.Response:
    """The read-only twin of a public listing for Valueflows-native readers."""
    instance = request.app[INSTANCE]
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        author = await get_published(conn, request, TWIN_TYPE)
        uri = f"{instance.site.url}{request.path.removesuffix('/proposal')}"
        post = await get_post(conn, request, uri, reader, TWIN_TYPE)
        listing = await listings.find_by_post(conn, post.id)
        if listing is None or listing.details.meeting or post.audience not in posts.PUBLIC:
            raise NotFound
    twin = serialize(build_proposal_twin(instance.site, author, listing))
    return answer_activity(request, twin, seconds=CACHED_SECONDS)
