"""What this server tells of itself in figures: which servers it deals with, and how busy it was."""

from aiohttp import web

from models import preferences
from models.errors import NotFound
from models.people import usage_statistics
from models.store.database import connection
from web.api.json_responses import answer_json
from web.http.app_keys import INSTANCE


async def list_peers(request: web.Request) -> web.Response:
    """GET /api/v1/instance/peers: the servers that this one deals with; NotFound where it only deals with chosen ones.

    Mastodon keeps them to itself in that case too.
    """
    async with connection(request.app[INSTANCE].pool) as conn:
        if (await preferences.load(conn)).limited_federation:
            raise NotFound
        return answer_json(request, await usage_statistics.list_peers(conn))


async def list_activity(request: web.Request) -> web.Response:
    """GET /api/v1/instance/activity: the last twelve weeks, this one first; every number is a text."""
    async with connection(request.app[INSTANCE].pool) as conn:
        weeks = await usage_statistics.list_weeks(conn)
    return answer_json(
        request,
        [
            {
                "week": str(int(one.week.timestamp())),
                "statuses": str(one.posts),
                "logins": str(one.logins),
                "registrations": str(one.registrations),
            }
            for one in weeks
        ],
    )
