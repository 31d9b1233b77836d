"""What a search finds as GeoJSON: for our map, and the shape of each listing for everybody."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from typing import Any

from aiohttp import web

from federation.directory.geojson import GEOJSON
from models.places.geometry import Box
from models.searches import NetworkFilter, fit_query
from models.searches.points import ListingPoint, list_points
from models.settings import Site
from models.store.database import Connection, connection
from web.forms.form import read_query
from web.forms.position_field import read_bounds
from web.http.app_keys import INSTANCE
from web.pages.searches.search_reading import read_search
from web.rendering.render import find_branding
from web.security.session import current_account


async def show_points(request: web.Request) -> web.Response:
    """GET /annonces/points.geojson: the parameters of /annonces, and as `partie` the part that a map shows now."""
    account = current_account(request)
    form = read_query(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        search = await read_search(conn, form, account, await find_branding(request, conn))
        box = read_bounds(form, "partie")
        if error := form.error("partie") or form.error("bounds"):
            return web.json_response({"error": error}, status=400)
        narrow = search.build_filter(reader_id=account.actor_id if account else None)
        found = await make_collection(conn, request.app[INSTANCE].site, narrow, box)
    headers = {"Cache-Control": "private, max-age=60", "Vary": "Cookie"}
    return web.Response(text=json.dumps(found, ensure_ascii=False), content_type=GEOJSON, headers=headers)


async def make_collection(conn: Connection, site: Site, narrow: NetworkFilter, box: Box | None) -> dict[str, Any]:
    """The FeatureCollection of what a search finds, of this part; not `complete` where one map does not hold it all.

    Its words are fitted to what the whole search finds, not to the part, so that moving the map changes no words.
    """
    query = await fit_query(conn, narrow)
    found = await list_points(conn, replace(narrow, bounds=astuple(box)) if box else narrow, query)
    return {"type": "FeatureCollection", "complete": found.complete, "features": make_features(site, found.points)}


def make_features(site: Site, points: Iterable[ListingPoint]) -> Sequence[dict[str, Any]]:
    """Each listing as a Feature: where it is as others may know it, `radius` metres around; null for a public address.

    `id` and `url` are its page here, so that nobody is led away from the copy that she looks at.
    """
    return [_make_feature(site, point) for point in points]


def _make_feature(site: Site, point: ListingPoint) -> dict[str, Any]:
    url = point.url if point.local else f"{site.url}/annonces/d/{point.id}"
    return {
        "type": "Feature",
        "id": url,
        "geometry": {"type": "Point", "coordinates": [point.longitude, point.latitude]},
        "properties": {
            "title": point.title,
            "kind": point.kind,
            "mode": point.mode,
            "place": point.place_name,
            "radius": point.radius,
            "url": url,
        },
    }
