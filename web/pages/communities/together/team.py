"""For the team: it answers communities elsewhere that ask to be held, and opens them here where it may."""

from aiohttp import web

from federation.own_keys.key_pairs import KeyPairs, make_key_pairs
from models.communities import communities
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.people import actors
from models.store.database import Connection, transaction
from outbox.communities.together.holding import answer_holding, stop_holding
from outbox.communities.together.moving import open_anew
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.communities.team import PAGE, show_team
from web.pages.components.flash_messages import redirect_with_message
from web.pages.people.registration_form import read_username
from web.rendering.paths import community_path
from web.security.session import require_right

ACTS = ("yes", "no", "stop", "open")


async def post_holding(request: web.Request) -> web.Response:
    """POST /coop/communautes/porter: answer a community elsewhere, hold it no longer, or open it here."""
    require_right(request, "communities")
    form = await read_form(request)
    act = form.choice("act", ACTS, missing="Choisissez ce que vous voulez faire.")
    key_pairs, username = None, ""
    if act == "open":
        username = read_username(form)
        key_pairs = await make_key_pairs(request.app[INSTANCE].settings)
    if form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                path = await _act(conn, request, form, username, key_pairs)
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse(error.field if error.field == "username" else "", error)
    if not form.ok:
        return await show_team(request, form)
    raise redirect_with_message(path, {"yes": "held", "no": "declined", "stop": "stopped", "open": "reopened"}[act])


async def _act(conn: Connection, request: web.Request, form: Form, username: str, key_pairs: KeyPairs | None) -> str:
    """Where it leads then."""
    site, act = request.app[INSTANCE].site, form.typed("act")
    me = await actors.get(conn, require_right(request, "communities").actor_id)
    community = await communities.find(conn, read_id(form.typed("community")))
    coop = await actors.find_local(conn, "coop")
    if community is None or community.local or coop is None:
        raise NotFound
    if act == "open" and key_pairs is not None:
        return community_path(await open_anew(conn, site, me, community, username, key_pairs))
    if act == "stop":
        await stop_holding(conn, site, me, community, coop)
    else:
        await answer_holding(conn, site, me, community, yes=act == "yes")
    return PAGE
