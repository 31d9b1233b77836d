"""What is reported inside a community, for who manages or moderates it: hidden, left as it is, or shown again."""

from aiohttp import web

from federation.texts.html_cleaner import to_text
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.moderation import community_reports
from models.store.database import Connection, connection, transaction
from outbox.communities.limits import REASON_LIMIT
from outbox.moderation.community_reports import dismiss, hide, show
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.pages.communities.visit import Visit, find_visit
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import require_account

ACTS = ("hide", "show", "dismiss")

EXTRACT = 600
"""Characters of what is reported that the page shows."""

SAID = {
    "hide": N_("C’est retiré : la personne qui l’a écrit sait pourquoi, et qui l’a signalé l’apprendra."),
    "show": N_("Cela se montre de nouveau, et la personne qui l’a écrit en est prévenue."),
    "dismiss": N_("C’est noté : rien ne change, et qui l’a signalé l’apprendra."),
}


async def show_reports(request: web.Request) -> web.Response:
    """GET /communautes/NAME/signalements."""
    return await _show(request, blank_form(request))


async def post_report(request: web.Request) -> web.Response:
    """POST /communautes/NAME/signalements: one of ACTS about one post."""
    require_account(request)
    form = await read_form(request)
    act = form.choice("act", ACTS, missing="Choisissez ce que vous voulez faire.")
    reason = form.lines("reason", limit=REASON_LIMIT)
    if act == "hide" and not reason:
        form.fail("reason", "Dites pourquoi, en quelques mots : la personne les lira.")
    if form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                visit = await _get_leading(conn, request)
                await _act(conn, request, visit, form, reason)
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse("", error)
    if not form.ok:
        return await _show(request, form)
    raise redirect_with_message(f"{visit.path}/signalements", act)


async def _act(conn: Connection, request: web.Request, visit: Visit, form: Form, reason: str) -> None:
    site, id = request.app[INSTANCE].site, read_id(form.typed("post"))
    assert visit.reader is not None
    if form.typed("act") == "hide":
        await hide(conn, site, visit.reader, visit.community, id, reason)
    elif form.typed("act") == "show":
        await show(conn, site, visit.reader, visit.community, id)
    else:
        await dismiss(conn, visit.reader, visit.community, id)


async def _get_leading(conn: Connection, request: web.Request) -> Visit:
    """The visit of who manages or moderates a community that lives here. Raises NotFound for all others."""
    visit = await find_visit(conn, request)
    if visit.reader is None or not visit.leads or not visit.community.local:
        raise NotFound
    return visit


async def _show(request: web.Request, form: Form) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await _get_leading(conn, request)
        assert visit.reader is not None
        reported = await community_reports.list_reported(conn, visit.community.actor_id, visit.reader.id)
        hidden = await community_reports.list_hidden(conn, visit.community.actor_id)
    return await render(
        request,
        "communities/reports.html",
        status=200 if form.ok else 422,
        form=form,
        visit=visit,
        reported=[(one, to_text(one.content)[:EXTRACT]) for one in reported],
        hidden=[(one, to_text(one.content)[:EXTRACT]) for one in hidden],
        about=find_id(form.typed("post")),
        reason_limit=REASON_LIMIT,
        said=find_flash_message(request, SAID),
    )
