"""The cooperative writes its diagnostic: a text with numbered lines, checked, walked as a draft, then published."""

from functools import partial
from typing import Any

from aiohttp import web

from models.errors import Conflict
from models.people.accounts import Account
from models.repairs.diagnostic import drafts, versions
from models.repairs.diagnostic.current import load_current, read_shipped
from models.repairs.diagnostic.drawings import DRAWINGS
from models.repairs.diagnostic.reading import ReadTree, read_tree
from models.repairs.diagnostic.versions import DiagnosticVersion, NewDiagnostic
from models.repairs.diagnostic.yaml_source import SOURCE_LIMIT
from models.store.database import connection, transaction
from outbox.repairs import diagnostic as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.repairs.diagnostic.fault_lines import describe_faults
from web.rendering.render import N_, render, say
from web.rendering.text_changes import list_changes
from web.security.session import require_right

PAGE = "/coop/diagnostic"

MOST_VERSIONS = 1_000_000
SUMMARY_LIMIT = 200

CHANGES_SHOWN = 60

NOT_CHECKED: dict[str, Any] = {"faults": [], "more": 0, "tree": None, "changes": []}

SAID = {
    "published": N_("C’est publié : qui ouvre le diagnostic voit cette version."),
    "restored": N_("C’est fait : cette version est de nouveau en place."),
    "forgotten": N_("Votre brouillon est effacé. Voici le texte en place."),
}


async def show_editor(request: web.Request) -> web.Response:
    """GET /coop/diagnostic: her draft, else the text that stands."""
    me = require_right(request, "settings")
    async with connection(request.app[INSTANCE].pool) as conn:
        draft = await drafts.find(conn, me.actor_id)
        current = await versions.find_current(conn)
    if draft is not None:
        values = {"source": draft.source, "summary": draft.summary, "follows": str(draft.follows)}
    else:
        stands = current.source if current is not None else None
        values = {"source": stands or read_shipped().strip(), "follows": str(current.version if current else 0)}
    return await _show(request, me, blank_form(request, values))


async def post_editor(request: web.Request) -> web.Response:
    """POST /coop/diagnostic: check it, publish it, or forget the draft. What was typed is kept before anything else."""
    me = require_right(request, "settings")
    form = await read_form(request)
    pool = request.app[INSTANCE].pool
    if form.typed("act") == "forget":
        async with transaction(pool) as conn:
            await drafts.forget(conn, me.actor_id)
        raise redirect_with_message(PAGE, "forgotten")
    source = form.lines("source", limit=SOURCE_LIMIT, missing="Écrivez le texte.")
    publishing = form.typed("act") == "publish"
    missing = "Dites en quelques mots ce qui change : l’équipe le lit dans la liste." if publishing else ""
    summary = form.text("summary", limit=SUMMARY_LIMIT, missing=missing)
    follows = _read_follows(form)
    if form.error("source"):
        return await _show(request, me, form)
    async with transaction(pool) as conn:
        await drafts.save(conn, me.actor_id, source=source, summary=summary, follows=follows)
    read = read_tree(source)
    if not publishing or read.faults or not form.ok:
        return await _show(request, me, form, read=read, checked=source)
    new = NewDiagnostic(source=source, summary=summary, restores=None, published_by=me.actor_id, follows=follows)
    try:
        async with transaction(pool) as conn:
            await outbox.publish(conn, me, new)
    except Conflict as conflict:
        form.refuse("", conflict)
        return await _show(request, me, form, read=read, checked=source, status=409)
    raise redirect_with_message(PAGE, "published")


def _read_follows(form: Form) -> int:
    """The version that the text began with; 0 for the shipped one, and for what is none."""
    follows = find_id(form.typed("follows")) or 0
    return follows if follows <= MOST_VERSIONS else 0


async def _show(
    request: web.Request, me: Account, form: Form, *, read: ReadTree | None = None, checked: str = "", status: int = 0
) -> web.Response:
    """The page; `read` is what came of the text that was `checked`, if it was."""
    async with connection(request.app[INSTANCE].pool) as conn:
        stands = await versions.find_current(conn)
        known = await versions.list_versions(conn)
        current = await load_current(conn)
        draft = await drafts.find(conn, me.actor_id)
    checking = _describe_check(request, stands, read, checked) if read is not None else NOT_CHECKED
    context: dict[str, Any] = {
        "form": form,
        "stands": stands,
        "versions": known,
        "broken": current.broken,
        "draft": draft,
        "follows": current.version if status == 409 else form.typed("follows"),
        "most": SOURCE_LIMIT,
        "drawings": DRAWINGS,
        "said": find_flash_message(request, SAID),
    }
    refused = bool(form.errors or checking["faults"])
    return await render(
        request,
        "repairs/diagnostic/edit.html",
        status=status or (422 if refused else 200),
        **context,
        **checking,
    )


def _describe_check(
    request: web.Request, stands: DiagnosticVersion | None, read: ReadTree, source: str
) -> dict[str, Any]:
    """What came of reading this text: its mistakes or its tree, and what it would change."""
    faults = describe_faults(source, read.faults, partial(say, request))
    now = (stands.source if stands is not None else None) or read_shipped().strip()
    return {
        "faults": faults,
        "more": len(read.faults) - len(faults),
        "tree": read.tree,
        "changes": list_changes(now, source)[:CHANGES_SHOWN],
    }
