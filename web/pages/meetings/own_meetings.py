"""Mes rencontres: what somebody registered for, here and elsewhere, and how each stands."""

from datetime import UTC, datetime

from aiohttp import web

from models.meetings import agenda
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.meetings.rows import list_rows
from web.rendering.render import render
from web.security.session import require_account


async def show_mine(request: web.Request) -> web.Response:
    """GET /rencontres/miennes."""
    instance, account = request.app[INSTANCE], require_account(request)
    async with connection(instance.pool) as conn:
        own = await agenda.list_own(conn, account.actor_id, since=datetime.now(UTC))
        registered = {one.registration.occurrence_id: one.registration for one in own}
        places = {one.registration.occurrence_id: one.place for one in own}
        rows = await list_rows(conn, instance.site, [one.entry for one in own], registered, places)
    return await render(request, "meetings/mine.html", rows=rows)
