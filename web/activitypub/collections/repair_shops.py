"""What a repair shop of ours takes, and which shops our cooperative lists: asked for again by their tags."""

from aiohttp import web

from federation.documents.serialize import serialize
from federation.repair_uris import repair_shops_uri
from models.errors import NotFound
from models.people import actors
from models.repairs.shops import appearing, prices, shops
from models.store.database import connection
from outbox.builders.objects.repair_shop import build_prices, build_shop_list
from web.activitypub.authorized_fetch import get_published, read_known_reader, require_no_block
from web.activitypub.negotiation import answer_tagged
from web.http.app_keys import INSTANCE

FORMER_TYPE = "OrderedCollection"
CACHED_SECONDS = 60


async def show_prices(request: web.Request) -> web.Response:
    """GET /users/NAME/prices, of a repair shop. Raises NotFound, GoneWithTombstone."""
    reader = await read_known_reader(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        shop = await get_published(conn, request, FORMER_TYPE)
        await require_no_block(conn, reader, shop)
        if await shops.find(conn, shop.id) is None:
            raise NotFound
        found = await prices.list_prices(conn, shop.id)
    return answer_tagged(request, serialize(build_prices(shop, found)), seconds=CACHED_SECONDS)


async def show_shops(request: web.Request) -> web.Response:
    """GET /users/coop/repair_shops: those that appear; missing where no place of ours is a shop."""
    reader = await read_known_reader(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        coop = await actors.find_local(conn, "coop")
        if coop is None or coop.gone or not await shops.has_own(conn):
            raise NotFound
        await require_no_block(conn, reader, coop)
        listed = await appearing.list_own(conn)
        known = await actors.map_by_ids(conn, [one.actor_id for one in listed])
    pairs = [(known[one.actor_id].uri, one) for one in listed]
    return answer_tagged(
        request, serialize(build_shop_list(repair_shops_uri(instance.site), coop, pairs)), seconds=CACHED_SECONDS
    )
