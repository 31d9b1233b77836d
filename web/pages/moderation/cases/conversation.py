"""A whole private talk of which a message was reported, for whoever of the team opened it with a reason."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from models.errors import Invalid, NotFound
from models.moderation import cases
from models.moderation.cases import Case
from models.people import actors
from models.people.accounts import Account
from models.posts.conversations import TALK_LIMIT
from models.store.database import Connection, connection, transaction
from outbox.moderation.conversation_reads import find_openable, list_opened, open_conversation
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.moderation.cases.case_page import show_case
from web.rendering.render import render
from web.security.session import require_right

MOTIVE_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkLine:
    """One message: who wrote it, and whether it is what was reported."""

    by: str
    content: Markup
    at: datetime
    aimed: bool


async def post_opening(request: web.Request) -> web.Response:
    """POST /coop/dossiers/ID/conversations/MESSAGE: open it, with why; both sides see it."""
    me = require_right(request, "reports")
    id, post_id = read_id(request.match_info["id"]), read_id(request.match_info["post"])
    form = await read_form(request)
    motive = form.lines("motive", limit=MOTIVE_LIMIT)
    instance = request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            await open_conversation(conn, instance.site, id, post_id, me, motive)
    except Invalid as refusal:
        form.refuse(f"motive-{post_id}", refusal)
        async with connection(instance.pool) as conn:
            case = await _get_case(conn, id, me)
        return await show_case(request, case, form, status=422)
    raise web.HTTPSeeOther(f"/coop/dossiers/{id}/conversations/{post_id}")


async def show_conversation(request: web.Request) -> web.Response:
    """GET /coop/dossiers/ID/conversations/MESSAGE, for four hours from when she opened it."""
    me = require_right(request, "reports")
    id, post_id = read_id(request.match_info["id"]), read_id(request.match_info["post"])
    async with connection(request.app[INSTANCE].pool) as conn:
        case = await _get_case(conn, id, me)
        found = await list_opened(conn, case, post_id, me)
        aimed = await find_openable(conn, case, me.actor_id)
        steps = [one for one in await cases.list_steps(conn, id) if one.act == "thread_read"]
        untold_ids = [id for one in steps if one.by_id == me.actor_id for id in one.untold_ids]
        people = await actors.map_by_ids(conn, [*(one.author_id for one in found), *untold_ids])
    lines = [
        TalkLine(
            by=people[one.author_id].display_name,
            content=Markup(one.content),  # noqa: S704 - cleaned by federation/texts/html_cleaner when it was stored
            at=one.published_at,
            aimed=one.uri in aimed,
        )
        for one in found
    ]
    return await render(
        request,
        "cases/conversation.html",
        case=case,
        lines=lines,
        most=len(lines) == TALK_LIMIT,
        untold=sorted({people[id].display_name for id in untold_ids if id in people}),
    )


async def _get_case(conn: Connection, id: int, me: Account) -> Case:
    case = await cases.find(conn, id, me.actor_id)
    if case is None:
        raise NotFound
    return case
