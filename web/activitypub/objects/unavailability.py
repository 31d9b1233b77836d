"""When a listing of ours is not to be had, for servers that show it: ranges of days, and nothing about why."""

from datetime import UTC, datetime

from aiohttp import web

from federation.documents.serialize import serialize
from federation.uris import unavailabilities_uri
from federation.vocabulary.collections import Collection, Unavailability
from models import posts
from models.errors import NotFound
from models.listings import listings, unavailabilities
from models.listings.listings import has_calendar
from models.listings.unavailabilities import Calendar
from models.people.actors import Actor
from models.store.database import connection
from web.activitypub.authorized_fetch import get_post, get_published, read_known_reader
from web.activitypub.negotiation import answer_tagged
from web.http.app_keys import INSTANCE

FORMER_TYPE = "OrderedCollection"
CACHED_SECONDS = 60


async def show_unavailabilities(request: web.Request) -> web.Response:
    """GET /users/NAME/items/UUID/unavailabilities, for whoever may read the listing. Raises NotFound,
    GoneWithTombstone.
    """
    instance = request.app[INSTANCE]
    uri = f"{instance.site.url}{request.path}".removesuffix("/unavailabilities")
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        author = await get_published(conn, request, FORMER_TYPE)
        post = await get_post(conn, request, uri, reader, FORMER_TYPE)
        listing = await listings.find_by_post(conn, post.id)
        if listing is None or not has_calendar(listing.details):
            raise NotFound
        calendar = await unavailabilities.load_calendar(conn, listing, at=datetime.now(UTC))
    body = serialize(build_calendar(author, listing.uri, calendar))
    return answer_tagged(request, body, public=post.audience in posts.PUBLIC, seconds=CACHED_SECONDS)


def build_calendar(author: Actor, listing_uri: str, calendar: Calendar) -> Collection:
    """The collection; the same ranges make the same bytes, whenever they are asked for."""
    return Collection(
        id=unavailabilities_uri(listing_uri),
        attributed_to=author.uri,
        total_items=len(calendar.ranges),
        items=tuple(Unavailability(start=one.begins_at, end=one.ends_at) for one in calendar.ranges),
    )
