"""Members from a list: looked at, confirmed, and what became of each line."""

from aiohttp import web

from models.errors import Invalid, NotFound
from models.people.invitations import member_imports
from models.people.invitations.member_imports import LineState, MemberImport
from models.store.database import connection, transaction
from outbox.people.joining import member_lists
from web.forms.form import Form, blank_form, read_form
from web.forms.multipart import TEXT_LIMIT, FileLimits
from web.forms.table_file import decode
from web.http.app_keys import INSTANCE
from web.http.caching import forbid_caching
from web.http.row_ids import read_id
from web.pages.access.login import has_mail
from web.pages.people.invitations.list_plan import ListPlan, plan
from web.pages.people.invitations.list_reader import MOST_LINES, Fault, ListFault, read_list
from web.rendering.render import N_, render, say
from web.security.one_time_links import make_member_link
from web.security.session import require_right

PAGE = "/coop/membres/liste"

FILES = FileLimits(count=1, size=4_000_000)

SHOWN_LINES = 100

LEFT: tuple[LineState, ...] = ("email_taken", "username_taken")
"""What became of lines of which no account was made: they are shown first, and all."""

LARGEST_FORM = TEXT_LIMIT // 2
"""Characters of a list that are given back to be changed in the page; longer ones are changed in their file."""

FAULTS: dict[Fault, str] = {
    "cells": N_("il y a %(value)s cases, plus que de colonnes : un séparateur de trop ?"),
    "name_missing": N_("le nom manque"),
    "name_long": N_("le nom est trop long (%(value)s caractères, 60 au plus)"),
    "email_missing": N_("le courriel manque"),
    "email_wrong": N_("« %(value)s » n’est pas une adresse de courriel"),
    "email_twice": N_("cette adresse est déjà à la ligne %(value)s"),
    "email_known": N_("%(value)s a déjà un compte ici"),
    "email_waits": N_("%(value)s demande déjà à entrer : répondez à sa demande"),
    "email_excluded": N_("%(value)s est l’adresse d’une personne exclue"),
    "username_wrong": N_("« %(value)s » ne va pas : des lettres de a à z, des chiffres ou _, 30 au plus"),
    "username_taken": N_("le nom de membre « %(value)s » est déjà pris"),
    "commune_ambiguous": N_("plusieurs communes s’appellent « %(value)s » : ajoutez le code postal"),
    "commune_unknown": N_("« %(value)s » n’est pas une commune que nous connaissons"),
    "not_paid": N_("la commande n’est pas validée (« %(value)s »)"),
}
"""What is wrong in a line, after its number and its column."""


async def show_list_form(request: web.Request) -> web.Response:
    """GET /coop/membres/liste."""
    require_right(request, "roles")
    return await _show_form(request, blank_form(request))


async def post_list(request: web.Request) -> web.Response:
    """POST /coop/membres/liste: what would be made of it; nothing is."""
    me = require_right(request, "roles")
    form = await read_form(request, FILES)
    text, latin = form.typed("list"), False
    try:
        if uploads := form.files("file"):
            text, latin = decode(uploads[0].body)
        if form.ok:
            read = read_list(text)
    except Invalid as refusal:
        form.refuse(refusal.field or "list", refusal)
    if not form.ok:
        return await _show_form(request, form, text=text, status=422)
    async with transaction(request.app[INSTANCE].pool) as conn:
        planned = await plan(conn, read)
        id = await member_imports.create(conn, me.actor_id, planned.lines) if planned.lines else None
    return await _show_plan(request, planned, id=id, text=text, latin=latin)


async def post_confirmation(request: web.Request) -> web.Response:
    """POST /coop/membres/liste/{id}: make them."""
    me = require_right(request, "roles")
    await read_form(request)
    id = read_id(request.match_info["id"])
    async with transaction(request.app[INSTANCE].pool) as conn:
        await member_lists.confirm(conn, me, id)
    raise web.HTTPSeeOther(f"{PAGE}/{id}")


async def show_progress(request: web.Request) -> web.Response:
    """GET /coop/membres/liste/{id}: how far it is, and what became of each line."""
    require_right(request, "roles")
    found = await _get(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        lines = await member_imports.list_lines(conn, found.id)
        unseen = await member_imports.list_unseen(conn, found.id)
    left = [one for one in lines if one.state in LEFT or one.mail_state == "refused"]
    others = [one for one in lines if one not in left]
    page = await render(
        request,
        "invitations/list_progress.html",
        found=found,
        lines=left + others[:SHOWN_LINES],
        more=max(0, len(others) - SHOWN_LINES),
        unseen=len(unseen),
        mail=has_mail(request),
    )
    if found.finished_at is None:
        page.headers["Refresh"] = "3"
    return page


async def post_links(request: web.Request) -> web.Response:
    """POST /coop/membres/liste/{id}/liens: a link for each who was never here, to print; shown this once."""
    require_right(request, "roles")
    await read_form(request)
    found = await _get(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        unseen = await member_imports.list_unseen(conn, found.id)
        links = [(one, await make_member_link(conn, instance.site, one.actor_id)) for one in unseen if one.actor_id]
    return forbid_caching(await render(request, "invitations/list_links.html", found=found, links=links))


async def _get(request: web.Request) -> MemberImport:
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await member_imports.find(conn, read_id(request.match_info["id"]))
    if found is None or found.confirmed_at is None:
        raise NotFound
    return found


async def _show_form(request: web.Request, form: Form, *, text: str = "", status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        recent = await member_imports.list_recent(conn)
    return await render(
        request,
        "invitations/list.html",
        status=status,
        form=form,
        text=text if len(text) <= LARGEST_FORM else "",
        recent=recent,
        most=MOST_LINES,
        mail=has_mail(request),
    )


async def _show_plan(
    request: web.Request, planned: ListPlan, *, id: int | None, text: str, latin: bool
) -> web.Response:
    return await render(
        request,
        "invitations/list_preview.html",
        id=id,
        plan=planned,
        faults=[(one, _describe(request, one)) for one in planned.faults],
        remarks=[(one, _describe(request, one)) for one in planned.remarks],
        shown=SHOWN_LINES,
        text=text if len(text) <= LARGEST_FORM else "",
        latin=latin,
        mail=has_mail(request),
    )


def _describe(request: web.Request, one: ListFault) -> str:
    """ "ligne 4, colonne « courriel » : …"."""
    return say(
        request,
        N_("Ligne %(line)s, colonne « %(column)s » : %(fault)s."),
        line=one.line,
        column=one.column,
        fault=say(request, FAULTS[one.fault], value=one.value),
    )
