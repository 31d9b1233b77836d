"""Files of Rustine Libre for the team: looked at first, then imported, and undone within a month."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import cast

from aiohttp import web

from federation.own_keys.key_pairs import make_key_pairs
from models.errors import Conflict, NotFound
from models.people.accounts import Account
from models.repairs.importing import imports
from models.repairs.importing.imports import UNDONE_WITHIN, ItemKind, RepairImport
from models.repairs.importing.lines import ImportLines
from models.store.database import connection, transaction
from outbox.people.joining import invitations
from outbox.repairs.importing.applying import apply_import
from outbox.repairs.importing.planning import plan_import
from outbox.repairs.importing.undoing import undo_import
from web.forms.form import Form, blank_form, read_form
from web.forms.multipart import FileLimits
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.repairs.importing.columns import COLUMNS, REQUIRED
from web.pages.repairs.importing.reading import SentFile, read_files
from web.pages.repairs.importing.report import ImportReport, make_report, name_counts
from web.rendering.render import N_, format_refusal, render, say
from web.security.session import require_right

PAGE = "/coop/reparations/importer"

FILES = FileLimits(count=10, size=10_000_000)

SAID = {
    "imported": N_(
        "C’est importé. Un atelier importé ne paraît dans aucune liste avant que le collectif ou l’équipe le décide, "
        "et sa rue reste à écrire."
    ),
    "undone": N_("L’import est défait."),
}

INVITED_FOR = "Rustine Libre"
"""What the team reads beside invitations to those who managed a shop over there."""


async def show_form(request: web.Request) -> web.Response:
    """GET /coop/reparations/importer."""
    require_right(request, "repair_shops")
    return await _show(request, blank_form(request))


async def post_files(request: web.Request) -> web.Response:
    """POST /coop/reparations/importer: what would be made of these files; with `apply` it is made."""
    me = require_right(request, "repair_shops")
    form = await read_form(request, FILES)
    sent = await _load_files(form)
    if not form.ok:
        return await _show(request, form, status=422)
    lines, unread = await asyncio.to_thread(read_files, sent)
    async with connection(request.app[INSTANCE].pool) as conn:
        plan = await plan_import(conn, lines, at=datetime.now(UTC))
    report = make_report(partial(say, request), partial(format_refusal, request), plan, unread)
    if report.broken:
        return await _show(request, form, report=report, status=422)
    if not (form.flag("apply") and report.makes_something):
        return await _show(request, form, report=report)
    id = await _apply(request, me, lines, len(plan.shops))
    if form.flag("invite") and has_mail(request):
        await _invite(request, me, plan.strangers)
    raise redirect_with_message(f"{PAGE}/{id}", "imported")


async def _load_files(form: Form) -> list[SentFile]:
    sent = [SentFile(name=one.filename, body=await one.load()) for one in form.files("files")]
    if form.ok and not sent:
        form.fail("files", "Choisissez au moins un fichier.")
    return sent


async def _apply(request: web.Request, me: Account, lines: ImportLines, shops: int) -> int:
    """Looked at again while nobody else imports; keys were made before, since RSA takes its time."""
    instance = request.app[INSTANCE]
    pairs = [await make_key_pairs(instance.settings) for _ in range(shops)]
    async with transaction(instance.pool) as conn:
        await imports.wait_for_turn(conn)
        plan = await plan_import(conn, lines, at=datetime.now(UTC))
        if len(plan.shops) > len(pairs):
            raise Conflict("import_changed")
        return await apply_import(conn, instance.site, plan, pairs[: len(plan.shops)], me)


async def _invite(request: web.Request, me: Account, emails: Sequence[str]) -> None:
    """By mail, as far as mails may leave today: who is left is still named by the next run of the same files."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        left = await invitations.count_mails_left(conn)
        await invitations.mail_out(conn, me, emails[:left], words="", note=INVITED_FOR)


async def show_import(request: web.Request) -> web.Response:
    """GET /coop/reparations/importer/{id}: what was made, and whether it can be undone."""
    require_right(request, "repair_shops")
    found = await _get(request)
    counts = name_counts(partial(say, request), cast("dict[ItemKind, int]", found.counts))
    return await render(
        request,
        "repairs/importing/made.html",
        found=found,
        counts=counts,
        until=found.made_at + UNDONE_WITHIN,
        undoable=found.undone_at is None and datetime.now(UTC) < found.made_at + UNDONE_WITHIN,
        said=find_flash_message(request, SAID),
    )


async def post_undo(request: web.Request) -> web.Response:
    """POST /coop/reparations/importer/{id}: take it back."""
    me = require_right(request, "repair_shops")
    await read_form(request)
    found = await _get(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await undo_import(conn, found.id, me)
    raise redirect_with_message(f"{PAGE}/{found.id}", "undone")


async def _get(request: web.Request) -> RepairImport:
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await imports.find(conn, read_id(request.match_info["id"]))
    if found is None:
        raise NotFound
    return found


async def _show(
    request: web.Request, form: Form, *, report: ImportReport | None = None, status: int = 200
) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        recent = await imports.list_recent(conn)
    return await render(
        request,
        "repairs/importing/form.html",
        status=status,
        form=form,
        report=report,
        recent=recent,
        mail=has_mail(request),
        columns=[
            (f"{kind}.csv", [(name, name in REQUIRED[kind], one.names) for name, one in of_kind.items()])
            for kind, of_kind in COLUMNS.items()
        ],
    )
