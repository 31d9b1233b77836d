"""What somebody does about her own place in a community: come in, answer, be shown, leave."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from models.communities import memberships
from models.communities.communities import Community
from models.errors import Conflict, Forbidden, Invalid
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection, transaction
from outbox.communities import invitations
from outbox.communities.joining import JoinRequest, accept_charter, join
from outbox.communities.leaving import leave
from outbox.communities.limits import MESSAGE_LIMIT
from outbox.communities.together.keeping import keep
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.communities.community_page import render_community
from web.pages.communities.visit import Visit, find_visit
from web.pages.components.flash_messages import redirect_with_message
from web.security.session import require_account


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is done, with what the form said; `version` only where she ticked that she agrees."""

    site: Site
    person: Actor
    visit: Visit
    version: int | None
    message: str

    @property
    def community(self) -> Community:
        """The community it is about."""
        return self.visit.community


async def _join(conn: Connection, act: Act) -> str:
    request = JoinRequest(version=act.version, message=act.message)
    saved = await join(conn, act.site, act.person, act.community, request)
    return "joined" if saved.state == "member" else "asked"


async def _accept_invitation(conn: Connection, act: Act) -> str:
    saved = await invitations.accept_invitation(conn, act.site, act.person, act.community, act.version)
    return "joined" if saved.state == "member" else "asked"


async def _accept_charter(conn: Connection, act: Act) -> str:
    await accept_charter(conn, act.site, act.person, act.community, act.version or 0)
    return "accepted"


async def _decline(conn: Connection, act: Act) -> str:
    await invitations.decline(conn, act.site, act.person, act.community)
    return "declined"


async def _leave(conn: Connection, act: Act) -> str:
    await leave(conn, act.site, act.person, act.community)
    return "withdrawn" if act.visit.state == "asked" else "left"


async def _show_name(conn: Connection, act: Act) -> str:
    return await _save_shown(conn, act, shown=True)


async def _hide_name(conn: Connection, act: Act) -> str:
    return await _save_shown(conn, act, shown=False)


async def _keep(conn: Connection, act: Act) -> str:
    await keep(conn, act.site, act.person, act.community, yes=True)
    return "kept"


async def _forget(conn: Connection, act: Act) -> str:
    await keep(conn, act.site, act.person, act.community, yes=False)
    return "forgotten"


async def _save_shown(conn: Connection, act: Act, *, shown: bool) -> str:
    if act.visit.held is None or not act.visit.member:
        raise Forbidden("not_a_member")
    await memberships.save_shown(conn, act.visit.held.id, shown)
    return "shown" if shown else "hidden"


ACTS: Mapping[str, Callable[[Connection, Act], Awaitable[str]]] = {
    "join": _join,
    "come": _accept_invitation,
    "charter": _accept_charter,
    "decline": _decline,
    "leave": _leave,
    "show": _show_name,
    "hide": _hide_name,
    "keep": _keep,
    "forget": _forget,
}
"""Each answers what was done, as the page says it."""

AGREEING = ("join", "come", "charter")
"""What is done by a yes to the charter."""


async def post_standing(request: web.Request) -> web.Response:
    """POST /communautes/NAME/moi: one of ACTS."""
    require_account(request)
    form = await read_form(request)
    act = form.choice("act", tuple(ACTS), missing="Choisissez ce que vous voulez faire.")
    message = form.lines("message", limit=MESSAGE_LIMIT)
    if act in AGREEING and not form.flag("agreed"):
        form.fail("agreed", "Cochez la case : entrer, c’est dire oui à la charte.")
    if form.ok and act:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                visit = await find_visit(conn, request)
                done = await ACTS[act](conn, _build(request, form, visit, message))
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse("", error)
    if not form.ok:
        return await render_community(request, form)
    gone = visit.community.hidden and done in ("left", "withdrawn", "declined")
    raise redirect_with_message("/communautes" if gone else visit.path, done)


def _build(request: web.Request, form: Form, visit: Visit, message: str) -> Act:
    assert visit.reader is not None
    version = find_id(form.typed("version")) if form.flag("agreed") else None
    return Act(
        site=request.app[INSTANCE].site, person=visit.reader, visit=visit, version=version or None, message=message
    )
