"""The agenda of a community: its meetings to come, and those that everybody may know of for other programs."""

from datetime import UTC, datetime

from aiohttp import web

from models.errors import NotFound
from models.meetings import agenda, registrations
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.communities.visit import find_visit
from web.pages.meetings.exports import FORMATS, MOST, Format, answer_feed
from web.pages.meetings.rows import list_rows
from web.rendering.feeds.atom import Feed
from web.rendering.render import N_, render, say
from web.security.session import reader_of


async def show_agenda(request: web.Request) -> web.Response:
    """GET /communautes/NAME/rencontres."""
    site, reader_id, now = request.app[INSTANCE].site, reader_of(request), datetime.now(UTC)
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await find_visit(conn, request)
        found = await agenda.list_of_community(conn, visit.community.actor_id, reader_id, since=now, limit=MOST)
        mine = await registrations.list_of_actor(conn, reader_id, since=now) if reader_id is not None else []
        rows = await list_rows(conn, site, found, {one.occurrence_id: one for one in mine})
    return await render(request, "communities/agenda.html", visit=visit, rows=rows)


async def show_feed(request: web.Request) -> web.Response:
    """GET /communautes/NAME/flux.atom, .json and .ics: as any visitor reads it; of a hidden one there is none."""
    format: Format = next(one for one in FORMATS if one == request.match_info["format"])
    site = request.app[INSTANCE].site
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await find_visit(conn, request)
        if visit.community.hidden:
            raise NotFound
        now = datetime.now(UTC)
        found = await agenda.list_of_community(conn, visit.community.actor_id, None, since=now, limit=MOST)
        page = f"{site.url}{visit.path}/rencontres"
        feed = Feed(
            id=page,
            title=say(request, N_("Rencontres de %(name)s"), name=visit.community.name),
            links={"self": f"{site.url}{visit.path}/flux.{format}", "alternate": page},
            empty_since=datetime.fromtimestamp(0, UTC),
        )
        return await answer_feed(conn, request, format, feed, found)
