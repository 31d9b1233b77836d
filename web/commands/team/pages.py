"""`declic pages list|write|delete|restore`: the pages that the cooperative writes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from multidict import MultiDict

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup
from web.commands.team.tables import Cell, print_rows

with when_used():
    from models.people.documents import own_pages, versions
    from models.store import database
    from outbox.people import own_pages as outbox
    from web.commands import english_errors
    from web.forms import form as forms
    from web.pages.instance.documents import own_page_editor

if TYPE_CHECKING:
    from typing import TextIO

    from models.people.documents.own_pages import OwnPage
    from models.store.database import Connection

LISTED = ("slug", "title", "state", "placed", "version", "written_at")


@click.group(cls=BilingualGroup)
def pages() -> None:
    """Read and write the pages that the cooperative writes itself: those under /pages."""


@pages.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_pages(*, as_json: bool) -> None:
    """Print every page, those that were deleted last."""
    run(_list(as_json=as_json))


async def _list(*, as_json: bool) -> None:
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        found = await own_pages.list_pages(conn)
    rows: list[dict[str, Cell]] = [
        {
            "slug": one.slug,
            "title": one.title,
            "state": "deleted" if one.deleted_at else "published" if one.shown_version else "draft",
            "placed": one.placed,
            "version": one.last_version,
            "written_at": one.written_at.isoformat(timespec="seconds"),
        }
        for one in found
    ]
    print_rows(rows, LISTED, as_json=as_json)


@pages.command("write")
@click.argument("slug")
@click.argument("text", type=click.File(encoding="utf-8"))
@click.option("--title", help="Its title; a page that is there keeps its own.")
@click.option("--placed", type=click.Choice(["menu", "footer", "nowhere"]), help="Where its link stands.")
@click.option("--language", help="That of its text, such as fr.")
@click.option("--draft", is_flag=True, help="Keep it without publishing it.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
def write_page(slug: str, text: TextIO, *, draft: bool, dry_run: bool, **typed: str | None) -> None:
    """Write a page from a file of Markdown ("-" reads what comes in), and publish it; its earlier versions stay."""
    run(_write(slug, {"slug": slug, "text": text.read(), **typed}, publishing=not draft, dry_run=dry_run))


async def _write(slug: str, typed: dict[str, str | None], *, publishing: bool, dry_run: bool) -> None:
    """Raises CommandFailed with the sentence that the page would show."""
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        page = await _find(conn, slug)
        if page is not None and page.deleted_at is not None:
            raise CommandFailed(f"{slug} was deleted: `declic pages restore {slug}` puts it back.")
        held = {"placed": "footer", "language": "fr", "follows": "0"}
        if page is not None:
            held = {"title": page.title, "placed": page.placed, "language": page.language}
            held["follows"] = str(page.last_version)
        given = {name: value for name, value in typed.items() if value is not None}
        form = forms.Form(MultiDict(held | given), english_errors.to_english)
        draft = own_page_editor.read_draft(form, page)
        if not form.ok:
            raise CommandFailed(" ".join(form.errors.values()))
        what = "publish" if publishing else "keep"
        if dry_run:
            print_out(f"would {what} {instance.site.url}/pages/{draft.slug}")
            return
        await outbox.write(conn, page, draft, by=None, publishing=publishing)
    print_out(f"{'published' if publishing else 'kept'} {instance.site.url}/pages/{draft.slug}")


@pages.command("delete")
@click.argument("slug")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and change nothing.")
def delete_page(slug: str, *, dry_run: bool) -> None:
    """Delete a page; its versions stay, and `restore` puts it back."""
    run(_delete(slug, dry_run=dry_run))


async def _delete(slug: str, *, dry_run: bool) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        page = await _require(conn, slug)
        if page.deleted_at is not None:
            print_err(f"{slug} is deleted already.")
            return
        if not dry_run:
            await outbox.delete(conn, page, by=None)
    print_out(f"{'would delete' if dry_run else 'deleted'} {slug}: {page.title}")


@pages.command("restore")
@click.argument("slug")
@click.option("--version", type=click.IntRange(1), help="The version to go back to; else a deleted page is back.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
def restore_page(slug: str, version: int | None, *, dry_run: bool) -> None:
    """Put back a page that was deleted, or an earlier version of one."""
    run(_restore(slug, version, dry_run=dry_run))


async def _restore(slug: str, version: int | None, *, dry_run: bool) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        page = await _require(conn, slug)
        number = version or page.last_version
        old = await versions.find_version(conn, own_pages.name_kind(page.id), number)
        if old is None:
            raise CommandFailed(f"{slug} has no version {number}; the last is {page.last_version}.")
        if version is None and page.deleted_at is None:
            raise CommandFailed(f"{slug} was not deleted: which version is meant? Give --version.")
        if dry_run:
            print_out(f"would go back to version {number} of {slug}")
            return
        if version is None:
            await outbox.put_back(conn, page.id, by=None)
        else:
            await outbox.take_back(conn, page, old, by=None, follows=page.last_version)
    print_out(f"version {number} of {slug} stands again")


async def _find(conn: Connection, slug: str) -> OwnPage | None:
    return next((one for one in await own_pages.list_pages(conn) if one.slug == slug), None)


async def _require(conn: Connection, slug: str) -> OwnPage:
    page = await _find(conn, slug)
    if page is None:
        raise CommandFailed(f"There is no page {slug}; `declic pages list` names them.")
    return page
