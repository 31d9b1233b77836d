"""The front page: where are you, two ways in, what is near, who is around."""

from dataclasses import replace

from aiohttp import web

from federation.media.built_in_pictures import header_url
from models import searches
from models.people import actors
from models.searches import Found, NetworkFilter
from models.servers.neighbour_cooperatives import list_known_cooperatives
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.pages.components.listing_cards import CoopBadge, list_cards, make_coop_badge
from web.pages.components.reader_location import find_reader_commune
from web.pages.instance.setup import is_new, show_hint
from web.pages.people.arrivals.first_session import load_first_session
from web.rendering.render import count_unread, find_branding, render
from web.security.session import current_account

NEAREST = 4
NEAR = (5, 25)
"""Kilometres within which a listing is near: the second where the first are not enough."""

PLATES = 6


async def show_home(request: web.Request) -> web.Response:
    """GET /; on an instance that nobody has set up yet, where the way to do so is found."""
    instance, account = request.app[INSTANCE], current_account(request)
    if account is None and await is_new(request):
        return await show_hint(request)
    everywhere = NetworkFilter(
        order="new", reader_local=account is not None, reader_id=account.actor_id if account else None
    )
    async with connection(instance.pool) as conn:
        near = await find_reader_commune(conn, account, await find_branding(request, conn))
        around = everywhere
        if near is not None:
            around = replace(everywhere, latitude=near.latitude, longitude=near.longitude)
        found = await _find_nearest(conn, around)
        distances = {one.id: one.distance for one in found}
        cards = await list_cards(conn, instance.site, list(distances), distances)
        counts = await searches.count_network(conn, everywhere)
        plates, awake = await _list_plates(conn)
        first = await load_first_session(request, conn, account)
        await count_unread(request, conn)
    return await render(
        request,
        "home/index.html",
        cards=cards,
        place=near.name if near else "",
        total=sum(counts.values()),
        awake=awake,
        plates=plates,
        first=first,
        banner=header_url(instance.site, "coop") or "",
    )


async def _find_nearest(conn: Connection, around: NetworkFilter) -> list[Found]:
    """What is near, the nearest first; where that is not enough, the newest from anywhere."""
    for radius in NEAR if around.latitude is not None else ():
        near = await searches.list_network(conn, replace(around, radius=radius, order="near"), limit=NEAREST)
        if len(near) == NEAREST:
            return near
    return await searches.list_network(conn, around, limit=NEAREST)


async def _list_plates(conn: Connection) -> tuple[list[CoopBadge], int]:
    """A few cooperatives around, and how many of all that we know answer."""
    met = await list_known_cooperatives(conn)
    known = await actors.map_by_ids(conn, [one.actor_id for one in met[:PLATES]])
    return [make_coop_badge(known[one.actor_id]) for one in met[:PLATES]], sum(one.awake for one in met)
