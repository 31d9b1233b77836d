"""The meetings that somebody looks after: those to come with who comes, and the way to announce one."""

from datetime import UTC, datetime

from aiohttp import web

from models.meetings import agenda
from models.store.database import connection
from outbox.builders.texts.meetings import write_when
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message
from web.pages.meetings.organisers import find_desk, list_organisers, require_organiser
from web.pages.meetings.organising.people_page import SAID
from web.rendering.render import reader_language, render

MOST = 100


async def list_organised(request: web.Request) -> web.Response:
    """GET /coop/rencontres, /rencontres/organiser."""
    account, desk, language = require_organiser(request), find_desk(request), reader_language(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        organisers = await list_organisers(conn, account, desk)
        ids = [one.actor_id for one in organisers]
        entries = await agenda.list_organised(conn, ids, since=datetime.now(UTC), limit=MOST)
    names = {one.actor_id: one.name for one in organisers}
    return await render(
        request,
        "meetings/organised.html",
        desk=desk,
        organisers=organisers,
        entries=entries,
        names=names,
        whens={
            one.occurrence.id: write_when(
                one.occurrence.begins_at, one.occurrence.ends_at, one.meeting.meeting.timezone, language
            )
            for one in entries
        },
        said=find_flash_message(request, SAID),
    )
