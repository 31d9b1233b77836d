"""The charter and the terms are written, looked at, and published as a next version."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from aiohttp import web

from models import preferences
from models.errors import Conflict
from models.moments import PARIS
from models.people.accounts import Account
from models.people.documents import acceptances, versions
from models.people.documents.rules import read_rules
from models.people.documents.versions import DocumentKind, DocumentVersion, NewVersion
from models.store.database import connection, transaction
from outbox.people.joining import documents as outbox
from web.forms.date_field import read_day
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.instance.documents.first_texts import write_first
from web.pages.instance.documents.reading import PATHS
from web.rendering.document_text import write_document
from web.rendering.render import N_, render
from web.rendering.text_changes import list_changes
from web.security.session import require_right

PAGE = "/coop/documents"

TEXT_LIMIT = 40_000

SUMMARY_LIMIT = 1_000

PROPOSED_DAYS, MOST_DAYS = 30, 365
"""How long members may go on without a yes."""

NAMES: dict[str, DocumentKind] = {"charte": "charter", "conditions": "terms"}
"""As addresses call them."""

NAMED = 200
"""Members who have not said yes and are named; more are counted."""

ASKING = ("ask", "minor")

SAID = {
    "asked": N_("C’est publié. Chaque membre en est prévenu, et peut dire oui jusqu’au jour que vous avez choisi."),
    "published": N_("C’est publié, avec sa date. Personne n’a besoin de redire oui."),
}


async def list_documents(request: web.Request) -> web.Response:
    """GET /coop/documents."""
    require_right(request, "documents")
    async with connection(request.app[INSTANCE].pool) as conn:
        current = {one.kind: one for one in await versions.list_current(conn)}
        missing = await acceptances.list_unaccepting(conn)
    return await render(
        request,
        "documents/list.html",
        documents=[(name, kind, current.get(kind)) for name, kind in NAMES.items()],
        paths=PATHS,
        missing=missing,
        named=NAMED,
        said=find_flash_message(request, SAID),
    )


async def show_editor(request: web.Request) -> web.Response:
    """GET /coop/documents/{document}: the text that stands, to be changed; before there is one, a first text."""
    require_right(request, "documents")
    kind = NAMES[request.match_info["document"]]
    async with connection(request.app[INSTANCE].pool) as conn:
        current = await versions.find_current(conn, kind)
        chosen = await preferences.load(conn)
    proposed = datetime.now(PARIS).date() + timedelta(days=PROPOSED_DAYS)
    text = current.text if current else write_first(kind, chosen, request.app[INSTANCE].site)
    form = blank_form(request, {"text": text, "asking": "ask", "due": proposed.isoformat()})
    return await _show(request, form, kind, current)


async def post_editor(request: web.Request) -> web.Response:
    """POST /coop/documents/{document}: look at it, or publish it."""
    me = require_right(request, "documents")
    form = await read_form(request)
    kind = NAMES[request.match_info["document"]]
    async with connection(request.app[INSTANCE].pool) as conn:
        current = await versions.find_current(conn, kind)
    new = _read(form, me, kind, current)
    if form.typed("act") == "preview" or not form.ok:
        looked_at = new.text if form.typed("act") == "preview" else ""
        return await _show(request, form, kind, current, looked_at=looked_at, status=200 if form.ok else 422)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await outbox.publish(conn, me, new)
    except Conflict as conflict:
        form.refuse("", conflict)
        async with connection(request.app[INSTANCE].pool) as conn:
            current = await versions.find_current(conn, kind)
        return await _show(request, form, kind, current, status=409)
    raise redirect_with_message(PAGE, "published" if new.due_at is None else "asked")


def _read(form: Form, me: Account, kind: DocumentKind, current: DocumentVersion | None) -> NewVersion:
    text = form.lines("text", limit=TEXT_LIMIT, missing="Écrivez le texte.")
    if current is not None and text == current.text:
        form.fail("text", "C’est le texte qui est déjà publié.")
    asks = form.choice("asking", ASKING, default="ask") == "ask"
    missing = "Dites en quelques mots ce qui change : les membres le lisent d’abord." if asks and current else ""
    summary = form.lines("summary", limit=SUMMARY_LIMIT, missing=missing)
    due = _read_due(form) if asks else None
    typed = form.typed("follows", "0")
    return NewVersion(
        kind=kind,
        text=text,
        summary=summary,
        due_at=datetime.combine(due, time(23, 59), PARIS).astimezone(UTC) if due else None,
        published_by=me.actor_id,
        follows=int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0,
    )


def _read_due(form: Form) -> date | None:
    due = read_day(form, "due", missing="Dites jusqu’à quel jour chacun peut attendre.")
    today = datetime.now(PARIS).date()
    if due is not None and not today <= due <= today + timedelta(days=MOST_DAYS):
        form.fail("due", "Choisissez un jour à partir d’aujourd’hui, et dans l’année.")
    return due


async def _show(
    request: web.Request, form: Form, kind: DocumentKind, current: DocumentVersion | None, **more: Any
) -> web.Response:
    status, looked_at = more.get("status", 200), more.get("looked_at", "")
    return await render(
        request,
        "documents/edit.html",
        status=status,
        form=form,
        kind=kind,
        name=next(name for name, one in NAMES.items() if one == kind),
        path=PATHS[kind],
        current=current,
        follows=form.typed("follows") if status != 409 else "",
        preview=write_document(looked_at) if looked_at else "",
        rules=len(read_rules(looked_at)) if looked_at and kind == "charter" else 0,
        changes=list_changes(current.text, looked_at) if looked_at and current else [],
    )
