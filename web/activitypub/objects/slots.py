"""At which times a shop of ours takes appointments, for servers whose people ask for one: times, and how much room."""

from datetime import UTC, datetime

from aiohttp import web

from federation.documents.serialize import serialize
from federation.uris import slots_uri
from federation.vocabulary import collections
from federation.vocabulary.collections import Collection
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.people.actors import Actor
from models.repairs.bookings import appointment_books
from models.repairs.bookings.slots import Slot
from models.store.database import connection
from web.activitypub.authorized_fetch import get_post, get_published, read_known_reader
from web.activitypub.negotiation import answer_activity
from web.http.app_keys import INSTANCE

FORMER_TYPE = "OrderedCollection"
CACHED_SECONDS = 20


async def show_slots(request: web.Request) -> web.Response:
    """GET /users/NAME/items/UUID/slots. Raises NotFound, GoneWithTombstone."""
    instance = request.app[INSTANCE]
    uri = f"{instance.site.url}{request.path}".removesuffix("/slots")
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        shop = await get_published(conn, request, FORMER_TYPE)
        post = await get_post(conn, request, uri, reader, FORMER_TYPE)
        listing = await listings.find_by_post(conn, post.id)
        if listing is None or listing.details.slots_uri is None or post.audience not in posts.PUBLIC:
            raise NotFound
        slots = await appointment_books.list_slots(conn, listing, at=datetime.now(UTC))
    return answer_activity(request, serialize(build_slots(shop, listing.uri, slots)), seconds=CACHED_SECONDS)


def build_slots(shop: Actor, listing_uri: str, slots: list[Slot]) -> Collection:
    """The collection; the same slots make the same bytes."""
    return Collection(
        id=slots_uri(listing_uri),
        attributed_to=shop.uri,
        total_items=len(slots),
        items=tuple(collections.Slot(start=one.begins_at, end=one.ends_at, left=one.left) for one in slots),
    )
