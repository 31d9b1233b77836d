"""Voting in a poll, from a line of a feed or from its page."""

from aiohttp import web

from models import posts
from models.errors import Invalid, NotFound
from models.people import actors
from models.store.database import transaction
from outbox.posts import polls as outbox
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.rendering.paths import note_path
from web.security.session import require_account

MOST_OPTIONS = 100


async def post_vote(request: web.Request) -> web.Response:
    """POST /sondages/ID: `choix`, once and for all. Raises NotFound for what the member may not see.

    Where it is too late, or she has voted before, the page that she is led to shows it.
    """
    account = require_account(request)
    form = await read_form(request)
    chosen = [int(one) for one in form.many("choice", [str(place) for place in range(MOST_OPTIONS)])]
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post = await posts.find_visible(conn, read_id(request.match_info["id"]), account.actor_id)
        if post is None:
            raise NotFound
        path = note_path(instance.site, post)
        if not chosen:
            raise redirect_with_message(path, "choice")
        try:
            await outbox.vote(conn, instance.site, await actors.get(conn, account.actor_id), post, chosen)
        except Invalid:
            raise web.HTTPSeeOther(path) from None
    raise redirect_with_message(path, "counted" if post.local else "vote")
