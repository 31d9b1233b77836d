"""The shops that somebody looks for as GeoJSON, for the map beside the list and for everybody's maps."""

import json
from typing import Any

from aiohttp import web

from federation.directory.geojson import GEOJSON
from models.people import actors
from models.people.actors import Actor
from models.repairs.shops import appearing
from models.store.database import connection
from web.forms.form import read_query
from web.http.app_keys import INSTANCE
from web.pages.components.reader_location import find_reader_commune
from web.pages.repairs.shops.shop_list import read_search
from web.pages.repairs.shops.shop_view import shop_path
from web.rendering.render import find_branding
from web.security.session import current_account


async def show_points(request: web.Request) -> web.Response:
    """GET /ateliers/points.geojson: the parameters of /ateliers; those without any point are left out."""
    account, form = current_account(request), read_query(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        near = await find_reader_commune(conn, account, await find_branding(request, conn))
        search = await read_search(conn, form, account, near)
        found = await appearing.list_shops(conn, search.narrow)
        known = await actors.map_by_ids(conn, [one.actor_id for one in found])
    places = [known[one.actor_id] for one in found if known[one.actor_id].latitude is not None]
    body = {"type": "FeatureCollection", "complete": True, "features": [_make_feature(one) for one in places]}
    headers = {"Cache-Control": "private, max-age=60", "Vary": "Cookie"}
    return web.Response(text=json.dumps(body, ensure_ascii=False), content_type=GEOJSON, headers=headers)


def _make_feature(actor: Actor) -> dict[str, Any]:
    """Where it is as its page says; `radius` is null for an address, else a commune is as wide as this."""
    path = shop_path(actor)
    return {
        "type": "Feature",
        "id": path,
        "geometry": {"type": "Point", "coordinates": [actor.longitude, actor.latitude]},
        "properties": {
            "title": actor.display_name,
            "kind": "repair_shop",
            "place": actor.place_name or "",
            "radius": actor.radius,
            "url": path,
        },
    }
