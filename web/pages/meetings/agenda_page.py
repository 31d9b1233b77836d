"""The agenda of the territory: meetings to come by their day, ours and those of whom somebody here follows."""

from datetime import UTC, datetime
from itertools import groupby

from aiohttp import web

from models.meetings import registrations
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.meetings.meeting_search import ELSEWHERE, HERE, PAGE, RADII, list_found, read_meeting_search
from web.pages.meetings.rows import list_rows
from web.rendering.render import N_, count_unread, render
from web.security.session import current_account, reader_of

WHOSE = {HERE: N_("De notre coop"), ELSEWHERE: N_("D’autres coops et d’associations")}


async def show_agenda(request: web.Request) -> web.Response:
    """GET /rencontres?q=&lieu=&km=&quand=week-end&de=&apres=."""
    instance, account = request.app[INSTANCE], current_account(request)
    async with connection(instance.pool) as conn:
        query, form = await read_meeting_search(conn, request)
        found = await list_found(conn, query, reader_of(request), limit=PAGE + 1)
        entries = found[:PAGE]
        mine = await registrations.list_of_actor(conn, account.actor_id, since=datetime.now(UTC)) if account else []
        rows = await list_rows(conn, instance.site, entries, {one.occurrence_id: one for one in mine})
        await count_unread(request, conn)
    further = query.address(also=[("apres", str(entries[-1].occurrence.id))]) if len(found) > PAGE else ""
    return await render(
        request,
        "meetings/agenda.html",
        status=422 if form.errors else 200,
        form=form,
        query=query,
        days=[(day, list(them)) for day, them in groupby(rows, key=lambda one: one.day)],
        further=further,
        radii=RADII,
        whose=WHOSE,
    )
