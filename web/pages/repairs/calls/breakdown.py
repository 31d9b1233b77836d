"""A bike has broken down: what happens to a call, what there is without waiting, and who wants to be told of calls."""

from dataclasses import dataclass

from aiohttp import web

from models import preferences, searches
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.repairs.calls import watches
from models.searches import NetworkFilter
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_cards import list_cards
from web.pages.components.opening_hours import list_open_places
from web.pages.components.reader_location import find_reader_commune
from web.pages.repairs.calls.watching import SAID, load_choice
from web.pages.repairs.tours import passage_lines
from web.rendering.branding import Branding
from web.rendering.render import find_branding, reader_language, render
from web.security.session import current_account, logged_in, reader_of
from web.security.standing import HOMES

NEAR_CALLS = 6

NEAR_KM = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOrigin:
    """From where somebody looks: her own blurred place, else the middle of a commune, else nowhere."""

    name: str
    latitude: float | None
    longitude: float | None


async def show_breakdown(request: web.Request) -> web.Response:
    """GET /depannage."""
    instance, account = request.app[INSTANCE], current_account(request)
    reader_id = reader_of(request)
    async with connection(instance.pool) as conn:
        me = await actors.get(conn, account.actor_id) if account else None
        around = await _look_around(conn, account, me, await find_branding(request, conn))
        near = None
        if around.latitude is not None and around.longitude is not None:
            near = await watches.count_near(conn, around.latitude, around.longitude)
        found = await searches.list_network(conn, _calls_near(around, reader_id), limit=NEAR_CALLS)
        cards = await list_cards(
            conn, instance.site, [one.id for one in found], {one.id: one.distance for one in found}
        )
        workshops = await list_open_places(conn, around.latitude, around.longitude)
        passages = await passage_lines.list_near(
            conn, instance.site, reader_id, (around.latitude, around.longitude), reader_language(request)
        )
        telling = await load_choice(conn, account)
        passers = (await preferences.load(conn)).passers_by
    return await render(
        request,
        "breakdown/show.html",
        around=around,
        near=max(near - (telling is not None and telling.watch is not None), 0) if near is not None else None,
        cards=cards,
        workshops=workshops,
        passages=passages,
        telling=telling,
        mail=has_mail(request),
        passers=passers,
        own=_find_own_call(logged_in(request)),
        said=find_flash_message(request, SAID),
    )


def _find_own_call(account: Account | None) -> str:
    """Where the call of somebody who passes by stands."""
    return HOMES["passing"] if account is not None and account.passing else ""


async def _look_around(conn: Connection, account: Account | None, me: Actor | None, branding: Branding) -> SearchOrigin:
    if me is not None and me.latitude is not None:
        return SearchOrigin(name=me.place_name or "", latitude=me.latitude, longitude=me.longitude)
    commune = await find_reader_commune(conn, account, branding)
    if commune is None:
        return SearchOrigin(name="", latitude=None, longitude=None)
    return SearchOrigin(name=commune.name, latitude=commune.latitude, longitude=commune.longitude)


def _calls_near(around: SearchOrigin, reader_id: int | None) -> NetworkFilter:
    return NetworkFilter(
        kinds=("repair_call",),
        latitude=around.latitude,
        longitude=around.longitude,
        radius=NEAR_KM if around.latitude is not None else None,
        reader_local=reader_id is not None,
        reader_id=reader_id,
        order="near",
    )
