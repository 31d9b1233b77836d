"""A member's points: what she has, what came and went and what for, and the rules in a few sentences."""

from aiohttp import web

from models import preferences
from models.errors import NotFound
from models.exchanges import points
from models.exchanges.points import Movement
from models.preferences import Preferences
from models.store.database import Connection, connection
from web.forms.form import read_query
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.rendering.render import render
from web.security.session import require_account

PAGE = 30


async def show_points(request: web.Request) -> web.Response:
    """GET /points?avant=. Raises NotFound where the cooperative keeps none."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await require_kept(conn)
        means = await points.find_means(conn, account.actor_id)
        movements, last = await list_page(conn, request, account.actor_id)
    return await render(
        request,
        "points/show.html",
        chosen=chosen,
        means=means,
        movements=movements,
        last=last,
        stands_for=points.STANDS_FOR,
    )


async def require_kept(conn: Connection) -> Preferences:
    """The settings, where the cooperative keeps points. Raises NotFound."""
    chosen = await preferences.load(conn)
    if not chosen.points:
        raise NotFound
    return chosen


async def list_page(conn: Connection, request: web.Request, member_id: int) -> tuple[list[Movement], int | None]:
    """One page of what came and went, and the id before which the next one begins."""
    before = read_query(request).text("avant", limit=19)
    found = await points.list_movements(conn, member_id, before=read_id(before) if before else None, limit=PAGE + 1)
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None
