"""How far the reader has read, the same in all her apps."""

from typing import Any, get_args

from aiohttp import web

from models.errors import Conflict
from models.news import markers
from models.news.markers import Marked, Marker
from models.store.database import connection, transaction
from web.api.auth import reader
from web.api.entities.values import Json, write_moment
from web.api.json_responses import answer_json
from web.api.parameters import read_parameters
from web.http.app_keys import INSTANCE

HIGHEST_VERSION = 2**31 - 2


async def show_markers(request: web.Request) -> web.Response:
    """GET /api/v1/markers: `timeline[]`; one that was never marked is absent."""
    wanted = (await read_parameters(request)).texts("timeline")
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await markers.list_markers(conn, reader(request).id)
    return answer_json(request, {name: build_marker(found[name]) for name in found if name in wanted or not wanted})


async def post_markers(request: web.Request) -> web.Response:
    """POST /api/v1/markers: `home[last_read_id]`, `notifications[last_read_id]`.

    Two that come at once do not cover each other: one is answered 409. So is one that names a `version` which stands no
    more.
    """
    parameters, me = await read_parameters(request), reader(request).id
    saved: dict[str, Any] = {}
    async with connection(request.app[INSTANCE].pool) as conn:
        known = await markers.list_markers(conn, me)
    async with transaction(request.app[INSTANCE].pool) as conn:
        for timeline in get_args(Marked):
            last_read_id = parameters.id(f"{timeline}[last_read_id]")
            if last_read_id is None:
                continue
            held = known[timeline].version if timeline in known else 0
            if parameters.whole(f"{timeline}[version]", held, most=HIGHEST_VERSION) != held:
                raise Conflict("marker_conflict")
            moved = await markers.save(
                conn, actor_id=me, timeline=timeline, last_read_id=last_read_id, known_version=held
            )
            saved[timeline] = build_marker(moved)
    return answer_json(request, saved)


def build_marker(marker: Marker) -> Json:
    """A marker; its id is a text, its version a number."""
    return {
        "last_read_id": str(marker.last_read_id),
        "version": marker.version,
        "updated_at": write_moment(marker.updated_at),
    }
