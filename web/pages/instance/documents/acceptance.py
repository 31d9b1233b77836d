"""A member is asked for her yes to what changed, and may put it off until the day that was set."""

from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from models.people.accounts import Account
from models.people.documents import acceptances, versions
from models.people.documents.versions import DocumentVersion
from models.store.database import Connection, connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.access.login_second_step import RETURN_FIELD, read_asked_return, read_return
from web.rendering.document_text import write_document
from web.rendering.render import render
from web.rendering.text_changes import TextChange, list_changes
from web.security.documents_due import is_due
from web.security.session import require_account


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDocument:
    """What she is asked to accept, and what changed since the version that she accepted, if she ever did."""

    current: DocumentVersion
    before: int
    changes: list[TextChange]
    content: Markup


async def show_asked(request: web.Request) -> web.Response:
    """GET /documents/a-accepter?retour=."""
    me = require_account(request)
    return await _show(request, me, blank_form(request, {RETURN_FIELD: read_asked_return(request)}))


async def post_accepted(request: web.Request) -> web.Response:
    """POST /documents/a-accepter: her yes, to the versions that the page showed."""
    me = require_account(request)
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        asked = await acceptances.list_asked(conn, me.actor_id)
        if form.typed("versions") != _write_ids(asked):
            form.fail("", "Le texte vient de changer : lisez la nouvelle version, puis dites oui.")
        else:
            await acceptances.accept(conn, me.actor_id, [one.id for one in asked])
    if not form.ok:
        return await _show(request, me, form, status=409)
    raise web.HTTPSeeOther(read_return(form))


def _write_ids(asked: list[DocumentVersion]) -> str:
    return " ".join(str(one.id) for one in asked)


async def _show(request: web.Request, me: Account, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        asked = await acceptances.list_asked(conn, me.actor_id)
        described = [await _describe(conn, me, one) for one in asked]
    return await render(
        request,
        "documents/asked.html",
        status=status,
        form=form,
        asked=described,
        version_ids=_write_ids(asked),
        due_at=me.documents_due_at,
        over=is_due(me),
        return_to=read_return(form),
    )


async def _describe(conn: Connection, me: Account, one: DocumentVersion) -> AskedDocument:
    said = [yes.version for yes in await acceptances.list_acceptances(conn, me.actor_id) if yes.kind == one.kind]
    before = await versions.find_version(conn, one.kind, max(said)) if said else None
    return AskedDocument(
        current=one,
        before=before.version if before else 0,
        changes=list_changes(before.text, one.text) if before else [],
        content=write_document(one.text),
    )
