"""The front page: where are you, two ways in, what is near, who is around."""

from aiohttp import web

from models import actors, timelines
from models.database import connection
from models.neighbours import list_neighbours
from models.timelines import NetworkFilter
from web.keys import INSTANCE
from web.pages.cards import coop_plate, list_cards
from web.pages.neighbours import home_place
from web.render import render
from web.session import current_account

NEAREST = 4
PLATES = 6


async def show_home(request: web.Request) -> web.Response:
    """GET /."""
    instance, account = request.app[INSTANCE], current_account(request)
    async with connection(instance.pool) as conn:
        near = await home_place(conn, account)
        wanted = NetworkFilter(
            latitude=near.latitude if near else None,
            longitude=near.longitude if near else None,
            reader_local=account is not None,
            nearest_first=near is not None,
        )
        found = await timelines.list_network(conn, wanted, limit=NEAREST)
        cards = await list_cards(
            conn, instance.site, [one.id for one in found], {one.id: one.distance for one in found}
        )
        counts = await timelines.count_network(conn, wanted)
        around = await list_neighbours(conn, None, None)
        coops = {actor.id: actor for actor in await actors.list_by_ids(conn, [one.actor_id for one in around[:PLATES]])}
    return await render(
        request,
        "home/index.html",
        cards=cards,
        place=near.name if near else "",
        total=sum(counts.values()),
        awake=sum(one.unavailable_since is None for one in around),
        plates=[coop_plate(coops[one.actor_id]) for one in around[:PLATES]],
    )
