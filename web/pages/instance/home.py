"""The front page: where are you, two ways in, what is near, what the neighbours have, where to meet."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from federation.media.built_in_pictures import header_url
from models import searches
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.places.places import Commune
from models.searches import Found, NetworkFilter
from models.servers.neighbour_cooperatives import list_known_cooperatives
from models.settings import Site
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.pages.components.listing_cards import ListingCard, list_cards, make_coop_badge
from web.pages.components.opening_hours import list_open_places
from web.pages.components.reader_location import find_reader_commune
from web.pages.instance.setup import is_new, show_hint
from web.pages.people.arrivals.first_session import load_first_session
from web.rendering.render import count_unread, find_branding, render
from web.security.session import current_account

NEAREST = 4
NEAR = (5, 25)
"""Kilometres within which a listing is near: the second where the first are not enough."""

NEXT_DOOR = 60
"""Kilometres within which the neighbours' listings are looked for: a day trip."""

PLATES = 6

PLACES = 2
"""Places whose hours are shown."""


async def show_home(request: web.Request) -> web.Response:
    """GET /; on an instance that nobody has set up yet, where the way to do so is found."""
    instance, account = request.app[INSTANCE], current_account(request)
    if account is None and await is_new(request):
        return await show_hint(request)
    everywhere = _look_everywhere(account)
    async with connection(instance.pool) as conn:
        near = await find_reader_commune(conn, account, await find_branding(request, conn))
        around = _look_around(everywhere, near)
        cards = await _draw(conn, instance.site, await _find_nearest(conn, around))
        counts = await searches.count_network(conn, everywhere)
        met = await list_known_cooperatives(conn)
        known = await actors.map_by_ids(conn, [one.actor_id for one in met])
        neighbours = await _draw(conn, instance.site, await _find_next_door(conn, around, known, cards))
        places = await list_open_places(conn, around.latitude, around.longitude, limit=PLACES)
        first = await load_first_session(request, conn, account)
        await count_unread(request, conn)
    return await render(
        request,
        "home/index.html",
        cards=cards,
        place=near.name if near else "",
        total=sum(counts.values()),
        neighbours=neighbours,
        places=[one for one in places if one.place.week],
        awake=sum(one.awake for one in met),
        plates=[make_coop_badge(known[one.actor_id]) for one in met[:PLATES]],
        first=first,
        banner=header_url(instance.site, "coop") or "",
    )


def _look_everywhere(account: Account | None) -> NetworkFilter:
    """What this reader may see."""
    return NetworkFilter(order="new", reader_local=account is not None, reader_id=account.actor_id if account else None)


def _look_around(everywhere: NetworkFilter, near: Commune | None) -> NetworkFilter:
    return everywhere if near is None else replace(everywhere, latitude=near.latitude, longitude=near.longitude)


async def _find_nearest(conn: Connection, around: NetworkFilter) -> list[Found]:
    """What is near, the nearest first; where that is not enough, the newest from anywhere."""
    for radius in NEAR if around.latitude is not None else ():
        near = await searches.list_network(conn, replace(around, radius=radius, order="near"), limit=NEAREST)
        if len(near) == NEAREST:
            return near
    return await searches.list_network(conn, around, limit=NEAREST)


async def _find_next_door(
    conn: Connection, around: NetworkFilter, coops: Mapping[int, Actor], shown: list[ListingCard]
) -> list[Found]:
    """What the cooperatives around have, the nearest first; where nothing of it is near, their newest."""
    if not coops:
        return []
    theirs = replace(around, territory_uris=tuple(one.uri for one in coops.values()))
    limit = NEAREST + len(shown)
    found: list[Found] = []
    if around.latitude is not None:
        found = await searches.list_network(conn, replace(theirs, radius=NEXT_DOOR, order="near"), limit=limit)
    if not found:
        found = await searches.list_network(conn, theirs, limit=limit)
    above = {card.id for card in shown}
    return [one for one in found if one.id not in above][:NEAREST]


async def _draw(conn: Connection, site: Site, found: list[Found]) -> list[ListingCard]:
    distances = {one.id: one.distance for one in found}
    return await list_cards(conn, site, list(distances), distances)
