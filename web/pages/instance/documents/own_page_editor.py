"""A page of the cooperative's own is written, looked at, kept as a draft, or published."""

import re

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.people.accounts import Account
from models.people.documents import own_pages, versions
from models.people.documents.own_pages import PLACES, OwnPage, name_kind
from models.people.documents.versions import DocumentVersion
from models.places.places import fold_name
from models.store.database import Connection, connection, transaction
from outbox.people import own_pages as outbox
from outbox.people.own_pages import PageDraft
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.instance.documents.own_pages import LIST
from web.rendering.document_text import write_page
from web.rendering.i18n import LANGUAGE_NAMES
from web.rendering.render import N_, reader_language, render
from web.rendering.text_changes import TextChange, list_changes
from web.security.session import require_right

TITLE_LIMIT, ADDRESS_LIMIT, PAGE_LIMIT = 80, 60, 40_000

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

SAID = {
    "published": N_("C’est publié : tout le monde peut lire cette page."),
    "draft": N_("C’est gardé, et l’équipe seule le voit. Ce qui est publié n’a pas changé."),
    "draft_moved": N_(
        "Le texte est gardé, et l’équipe seule le voit. L’endroit du lien et la langue changent quand vous publiez : "
        "choisissez-les à ce moment-là."
    ),
    "withdrawn": N_("Cette page n’est plus publiée : elle est de nouveau un brouillon."),
    "taken_back": N_("C’est fait : cette version est de nouveau celle de la page."),
}


async def find_asked(request: web.Request, conn: Connection) -> OwnPage:
    """The page that the address names, deleted or not. Raises NotFound."""
    page = await own_pages.find_page(conn, read_id(request.match_info["id"]))
    if page is None:
        raise NotFound
    return page


async def _find_standing(request: web.Request, conn: Connection) -> OwnPage | None:
    """The page to write; None for a new one. Raises NotFound for one that is not, or was deleted."""
    if "id" not in request.match_info:
        return None
    page = await find_asked(request, conn)
    if page.deleted_at is not None:
        raise NotFound
    return page


async def show_editor(request: web.Request) -> web.Response:
    """GET /coop/pages/nouvelle, /coop/pages/{id}: what was written last, to be changed."""
    require_right(request, "settings")
    values = {"placed": "footer", "language": reader_language(request)}
    async with connection(request.app[INSTANCE].pool) as conn:
        page = await _find_standing(request, conn)
        if page is not None:
            current = await versions.find_current(conn, name_kind(page.id))
            text = current.text if current else ""
            values = {"title": page.title, "text": text, "placed": page.placed, "language": page.language}
    return await _show(request, blank_form(request, values), page)


async def post_editor(request: web.Request) -> web.Response:
    """POST /coop/pages/nouvelle, /coop/pages/{id}: look at it, keep it, publish it, or publish it no longer."""
    me = require_right(request, "settings")
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        page = await find_asked(request, conn) if "id" in request.match_info else None
    act = form.typed("act")
    if act == "withdraw" and page is not None:
        await _withdraw(request, me, page)
    draft = read_draft(form, page)
    if act == "preview" or not form.ok:
        return await _show(request, form, page, preview=act == "preview", status=200 if form.ok else 422)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            id = await outbox.write(conn, page, draft, by=me, publishing=act == "publish")
    except (Conflict, Invalid) as refusal:
        return await _show_refused(request, form, page, refusal)
    raise redirect_with_message(f"{LIST}/{id}", "published" if act == "publish" else _name_kept(page, draft))


async def _show_refused(
    request: web.Request, form: Form, page: OwnPage | None, refusal: Conflict | Invalid
) -> web.Response:
    """Her text with what speaks against it, and what somebody else wrote meanwhile, unless the page is gone."""
    form.refuse(refusal.field or "", refusal)
    async with connection(request.app[INSTANCE].pool) as conn:
        page = None if page is None else await own_pages.find_page(conn, page.id)
    met = isinstance(refusal, Conflict) and page is not None and page.deleted_at is None
    return await _show(request, form, page, met=met, status=refusal.status)


def _name_kept(page: OwnPage | None, draft: PageDraft) -> str:
    """What is said of a draft: of a page that everybody reads its place and its language are not kept with it."""
    if page is None or page.shown_version is None:
        return "draft"
    return "draft" if (page.placed, page.language) == (draft.placed, draft.language) else "draft_moved"


async def _withdraw(request: web.Request, me: Account, page: OwnPage) -> None:
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await outbox.withdraw(conn, page, by=me)
    except Conflict:  # somebody deleted it meanwhile: nobody reads it either
        raise web.HTTPSeeOther(LIST) from None
    raise redirect_with_message(f"{LIST}/{page.id}", "withdrawn")


def read_draft(form: Form, page: OwnPage | None) -> PageDraft:
    """What was typed; what is wrong is noted in the form."""
    title = form.text("title", limit=TITLE_LIMIT, missing="Donnez un titre à la page.")
    return PageDraft(
        title=title,
        slug=page.slug if page is not None else _read_slug(form, title),
        text=form.lines("text", limit=PAGE_LIMIT, missing="Écrivez le texte."),
        placed=form.choice("placed", PLACES, default="footer"),
        language=form.choice("language", [code for code, _ in LANGUAGE_NAMES], default="fr"),
        follows=read_version(form.typed("follows", "0")),
    )


def _read_slug(form: Form, title: str) -> str:
    """The last part of its address: as typed, else made of the title."""
    typed = form.text("slug", limit=ADDRESS_LIMIT)
    slug = typed or "-".join(fold_name(title).split())[:ADDRESS_LIMIT].strip("-")
    if title and not _SLUG.fullmatch(slug):
        form.fail("slug", "Une adresse a des lettres sans accent, des chiffres et des tirets, comme nos-valeurs.")
    return slug


def read_version(typed: str) -> int:
    """The number of a version; 0 for anything else."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0


async def _show(
    request: web.Request,
    form: Form,
    page: OwnPage | None,
    *,
    preview: bool = False,
    met: bool = False,
    status: int = 200,
) -> web.Response:
    """With `met` somebody else wrote meanwhile: what she changed stands above the text that was typed, which stays."""
    written = await _list_written(request, page)
    return await render(
        request,
        "documents/own_page_editor.html",
        status=status,
        form=form,
        page=page,
        current=written[0] if written else None,
        follows="" if met else form.typed("follows"),
        met=met,
        versions=written,
        limit=PAGE_LIMIT,
        said=find_flash_message(request, SAID),
        preview=write_page(form.typed("text"), request.app[INSTANCE].site.url) if preview else "",
        theirs=_compare_theirs(form, written) if met else [],
        changes=list_changes(written[0].text, form.typed("text")) if preview and written else [],
    )


async def _list_written(request: web.Request, page: OwnPage | None) -> list[DocumentVersion]:
    """All versions, what was written last first."""
    if page is None:
        return []
    async with connection(request.app[INSTANCE].pool) as conn:
        return await versions.list_versions(conn, name_kind(page.id))


def _compare_theirs(form: Form, written: list[DocumentVersion]) -> list[TextChange]:
    """What somebody else changed since the version that she began with."""
    begun = next((one.text for one in written if str(one.version) == form.typed("follows")), "")
    return list_changes(begun, written[0].text) if written else []
