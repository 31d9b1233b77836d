"""The charter of a community: every version of it, and the form by which who manages it publishes the next."""

from datetime import datetime, timedelta
from itertools import pairwise

from aiohttp import web

from models.communities import charters
from models.communities.charters import NewCharter
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.moments import PARIS
from models.store.database import connection, transaction
from outbox.communities.charters import publish_charter_version
from outbox.communities.limits import CHANGES_LIMIT, CHARTER_LIMIT, LONGEST_GRACE
from web.forms.date_field import read_day
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.communities.visit import Visit, end_of, find_visit, get_managed
from web.pages.components.flash_messages import redirect_with_message
from web.rendering.document_text import write_document
from web.rendering.render import render
from web.rendering.text_changes import list_changes
from web.security.session import require_account

USUAL_GRACE = timedelta(days=30)
"""What the form proposes to give members to read and say yes."""


async def show_charter(request: web.Request) -> web.Response:
    """GET /communautes/NAME/charte?version=."""
    asked = find_id(request.query.get("version", ""))
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await find_visit(conn, request)
        versions = await charters.list_versions(conn, visit.community.actor_id)
    shown = next((one for one in versions if asked in (None, one.version)), None)
    if shown is None:
        raise NotFound
    before = next((old for new, old in pairwise(versions) if new.version == shown.version), None)
    return await render(
        request,
        "communities/charter.html",
        visit=visit,
        versions=versions,
        shown=shown,
        before=before,
        changes=list_changes(before.text, shown.text) if before else [],
        content=write_document(shown.text),
    )


async def show_new(request: web.Request) -> web.Response:
    """GET /communautes/NAME/charte/nouvelle."""
    async with connection(request.app[INSTANCE].pool) as conn:
        visit, _ = await get_managed(conn, request, here=True)
    due = (datetime.now(PARIS) + USUAL_GRACE).date()
    values = {
        "text": visit.charter.text if visit.charter else "",
        "due": due.isoformat(),
        "version": str(visit.community.version + 1),
    }
    return await _show(request, visit, blank_form(request, values))


async def post_new(request: web.Request) -> web.Response:
    """POST /communautes/NAME/charte/nouvelle: members are asked again; nobody is put out by it."""
    require_account(request)
    form = await read_form(request)
    text = form.lines("text", limit=CHARTER_LIMIT, missing="Écrivez le texte.")
    changes = form.lines("changes", limit=CHANGES_LIMIT, missing="Dites en deux mots ce qui change.")
    due = read_day(form, "due", missing="Choisissez jusqu’à quand les membres ont le temps.")
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        visit, me = await get_managed(conn, request, here=True)
    if form.ok and due is not None:
        new = NewCharter(version=find_id(form.typed("version")) or 0, text=text, changes=changes, due_at=end_of(due))
        try:
            async with transaction(instance.pool) as conn:
                await publish_charter_version(conn, instance.site, me, visit.community, new)
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse("due" if error.field == "due_at" else error.field or "", error)
    if not form.ok:
        return await _show(request, visit, form)
    raise redirect_with_message(visit.path, "charter")


async def _show(request: web.Request, visit: Visit, form: Form) -> web.Response:
    return await render(
        request,
        "communities/new_charter.html",
        status=200 if form.ok else 422,
        visit=visit,
        form=form,
        most_days=LONGEST_GRACE.days,
        limits={"text": CHARTER_LIMIT, "changes": CHANGES_LIMIT},
    )
