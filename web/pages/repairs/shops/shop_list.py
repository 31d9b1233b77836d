"""The shops that appear, ours and those of friend cooperatives: by what is broken, by bike, near a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from inbox.exchanges import slots
from models import preferences
from models.listings import listings
from models.moments import PARIS
from models.people.accounts import Account
from models.places import places
from models.places.places import Commune
from models.repairs.shops import appearing, shops
from models.repairs.shops.appearing import FoundShop, ShopFilter, ShopOrder
from models.repairs.shops.shop_types import BIKE_TYPES, INTERVENTIONS
from models.repairs.shops.staff import list_own
from models.store.database import Connection, transaction
from web.forms.commune_field import read_commune
from web.forms.form import Form, read_query
from web.http.app_keys import INSTANCE
from web.pages.components.reader_location import find_reader_commune
from web.pages.repairs.shops.shop_view import list_shop_cards
from web.pages.repairs.shops.shop_words import REPAIR_WORDS
from web.rendering.render import find_branding, render, say
from web.security.session import current_account

RADII = ("5", "10", "20", "50")
USUAL_RADIUS = "20"

MOST_ASKED = 20
"""Shops of friends whose slots are asked for because somebody wants to know who has room first."""

ORDERS: tuple[ShopOrder, ...] = ("day", "near", "slot")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSearch:
    """What was asked for, and from where one looks; `narrowed` where anything was chosen."""

    narrow: ShopFilter
    commune: Commune | None
    narrowed: bool


async def show_shops(request: web.Request) -> web.Response:
    """GET /ateliers?panne=&velo=&lieu=&km=&passe=&tri=."""
    account, form = current_account(request), read_query(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        near = await find_reader_commune(conn, account, await find_branding(request, conn))
        search = await read_search(conn, form, account, near)
        found = await appearing.list_shops(conn, search.narrow)
        if search.narrow.order == "slot":
            await _ask_friends(conn, found)
        cards = await list_shop_cards(conn, instance.site, partial(say, request), found)
        own = await list_own(conn, account.actor_id) if account is not None else []
        chosen = await preferences.load(conn)
    return await render(
        request,
        "repairs/shops/list.html",
        form=form,
        search=search,
        cards=cards,
        repairs=[(code, words) for code, (words, _) in REPAIR_WORDS.items() if code != "diagnosis"],
        bikes=BIKE_TYPES,
        radii=RADII,
        radius=form.typed("km") or USUAL_RADIUS,
        near=near,
        own=own,
        views=_find_views(request),
        map=chosen if form.typed("vue") == "carte" else None,
        status=422 if form.errors else 200,
    )


async def _ask_friends(conn: Connection, found: Sequence[FoundShop]) -> None:
    """Have the slots of shops of friends asked for, of which one may know too little to put them in their place."""
    elsewhere = await shops.map_by_ids(
        conn, [one.actor_id for one in found if one.cooperative_id is not None][:MOST_ASKED]
    )
    for shop in elsewhere.values():
        listing = await listings.find_by_listing_uri(conn, shop.appointments_uri) if shop.appointments_uri else None
        if listing is not None:
            await slots.ask(conn, listing)


def _find_views(request: web.Request) -> dict[str, str]:
    """The same search as a list, on a map, and as points."""
    pairs = [(name, value) for name, value in request.query.items() if name != "vue"]
    asked = f"?{urlencode(pairs)}" if pairs else ""
    return {
        "list": f"/ateliers{asked}",
        "map": f"/ateliers?{urlencode([*pairs, ('vue', 'carte')])}",
        "points": f"/ateliers/points.geojson{asked}",
    }


async def read_search(conn: Connection, form: Form, account: Account | None, near: Commune | None) -> ShopSearch:
    """What the address asks for. Without a place one looks from where one is, and only to say how far it is."""
    named = await read_commune(conn, form, "lieu")
    commune = named or near
    kilometres = form.choice("km", RADII, default=USUAL_RADIUS)
    coming_by = form.flag("passe")
    return ShopSearch(
        narrow=ShopFilter(
            intervention=form.choice("panne", INTERVENTIONS),
            bike_type=form.choice("velo", BIKE_TYPES),
            latitude=commune.latitude if commune else None,
            longitude=commune.longitude if commune else None,
            radius=float(kilometres) * 1000 if named is not None else None,
            commune_codes=await _list_codes(conn, commune),
            coming_by=coming_by and commune is not None,
            order=_read_order(form, commune),
            day=datetime.now(UTC).astimezone(PARIS).date(),
            reader_id=account.actor_id if account is not None else None,
        ),
        commune=commune,
        narrowed=any(form.typed(name) for name in ("panne", "velo", "lieu", "passe", "tri")),
    )


def _read_order(form: Form, commune: Commune | None) -> ShopOrder:
    """Nearness wants a place from where one looks."""
    order: ShopOrder = form.choice("tri", ORDERS, default="day")
    return "day" if order == "near" and commune is None else order


async def _list_codes(conn: Connection, commune: Commune | None) -> list[str]:
    """The commune, its parts, and what it is a part of: who comes to Lille comes to Lomme."""
    if commune is None:
        return []
    codes = await places.list_codes(conn, commune.code)
    return [*codes, *([commune.parent_code] if commune.parent_code else [])]
