"""The files of open data: for the team at any time, for everybody once the cooperative publishes them."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import cast

from aiohttp import web

from models import preferences
from models.errors import NotFound
from models.moments import PARIS
from models.store.database import transaction
from web.http.app_keys import INSTANCE
from web.pages.repairs.figures.open_files import OpenFile, find_publisher, name_file, write_file
from web.security.session import require_right

KEPT = 3_600
"""Seconds that a published file may be kept by whoever reads it."""

LICENCE = '<https://www.etalab.gouv.fr/licence-ouverte-open-licence/>; rel="license"'


async def show_file(request: web.Request) -> web.StreamResponse:
    """GET /coop/reparations/ord.csv and velos.csv."""
    require_right(request, "figures")
    return await _send(request, {"Cache-Control": "no-store"})


async def show_published(request: web.Request) -> web.StreamResponse:
    """GET /reparations/ord.csv and velos.csv: not there while the cooperative does not publish them."""
    headers = {
        "Cache-Control": f"public, max-age={KEPT}",
        "Access-Control-Allow-Origin": "*",
        "Link": LICENCE,
    }
    return await _send(request, headers, published=True)


async def _send(request: web.Request, headers: dict[str, str], *, published: bool = False) -> web.StreamResponse:
    instance, file = request.app[INSTANCE], cast("OpenFile", PurePosixPath(request.path).stem)
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        if published and not chosen.repairs_published:
            raise NotFound
        publisher = await find_publisher(conn, instance.settings, chosen.name or instance.site.host)
    name = name_file(file, datetime.now(PARIS).date())
    response = web.StreamResponse(headers=headers | {"Content-Disposition": f'attachment; filename="{name}"'})
    response.content_type, response.charset = "text/csv", "utf-8"
    await response.prepare(request)
    if request.method != "HEAD":
        async for piece in write_file(instance.pool, publisher, file):
            await response.write(piece.encode())
    return response
