"""What our own maps are drawn on: coast, water, borders and communes of the part that is in view."""

import json

from aiohttp import web

from models.places.map_labels import Landmark, list_landmarks
from models.places.outlines import OutlineCell, read_outlines
from models.store.database import connection
from web.forms.form import read_query
from web.forms.position_field import read_bounds
from web.http.app_keys import INSTANCE
from web.rendering.render import N_, say

CELLS = 24
"""The part is divided into so many rows and columns, each with its largest commune."""

SIZES = (50_000, 10_000)
"""Inhabitants from which on a commune is drawn large, and middling."""

KEPT = "public, max-age=604800"
"""A week: it changes with the version only, and maps ask for it in boxes of a grid."""


async def show_background(request: web.Request) -> web.Response:
    """GET /carte/fond?bounds=: cells as in `models/places/outlines`, and communes (place, size, name), as JSON."""
    form = read_query(request)
    box = read_bounds(form)
    if box is None:
        error = form.error("bounds") or say(request, N_("Dites quelle partie de la carte : bounds=sud,ouest,nord,est."))
        return web.json_response({"error": error}, status=400)
    async with connection(request.app[INSTANCE].pool) as conn:
        towns = await list_landmarks(conn, box, cells=CELLS, parts=True)
    cells = ",".join(_write_cell(cell) for cell in read_outlines(box))
    named = json.dumps([_describe_town(town) for town in towns], ensure_ascii=False, separators=(",", ":"))
    text = f'{{"cells":[{cells}],"towns":{named}}}'
    return web.Response(text=text, content_type="application/json", headers={"Cache-Control": KEPT})


def _write_cell(cell: OutlineCell) -> str:
    """Corner, size and parts as one list; the parts are JSON already."""
    return f"[{cell.south},{cell.west},{cell.size},{cell.parts[1:]}"


def _describe_town(town: Landmark) -> tuple[float, float, int, str]:
    size = next((size for size, people in enumerate(SIZES) if town.population >= people), len(SIZES))
    return round(town.latitude, 4), round(town.longitude, 4), size, town.name
