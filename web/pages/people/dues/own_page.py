"""The member's own dues: until when they go, what a year costs, where it is paid."""

from datetime import UTC, date, datetime
from functools import partial

from aiohttp import web

from models import preferences
from models.errors import NotFound
from models.moments import PARIS
from models.people.dues import dues
from models.preferences import Preferences
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.pages.people.dues.price import tell_price
from web.rendering.render import reader_language, render, say
from web.security.session import require_account


async def show_dues(request: web.Request) -> web.Response:
    """GET /compte/adhesion."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await require_asked(conn)
        if not await dues.is_asked_of(conn, account):
            raise NotFound
        noted = await dues.find(conn, account.actor_id)
        lapses = await dues.find_lapse(conn, chosen, account.actor_id)
    return await render(
        request,
        "dues/show.html",
        chosen=chosen,
        price=tell_price(partial(say, request), chosen, reader_language(request)),
        noted=noted,
        today=find_today(),
        lapses=lapses,
    )


async def require_asked(conn: Connection) -> Preferences:
    """The settings. Raises NotFound where the cooperative asks for no dues."""
    chosen = await preferences.load(conn)
    if not chosen.dues:
        raise NotFound
    return chosen


def find_today() -> date:
    """The day on the clocks of the territories."""
    return datetime.now(UTC).astimezone(PARIS).date()
