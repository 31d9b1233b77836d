"""The cooperative writes pages of its own: kept, shown, taken back, deleted, put back, and written down."""

from dataclasses import dataclass
from typing import Literal

from models.errors import Conflict
from models.moderation import journal
from models.people.accounts import Account
from models.people.documents import own_pages, versions
from models.people.documents.own_pages import OwnPage, Placed, name_kind
from models.people.documents.versions import DocumentVersion, NewVersion
from models.store.database import Connection

Act = Literal["published", "draft", "withdrawn", "taken_back", "deleted", "put_back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDraft:
    """What somebody wrote. `follows` is the version that stood when she began, 0 for none."""

    title: str
    slug: str
    text: str
    placed: Placed
    language: str
    follows: int


async def write(
    conn: Connection, page: OwnPage | None, draft: PageDraft, *, by: Account | None, publishing: bool
) -> int:
    """Keep what is new of a page, or a new one, and with `publishing` let everybody read it; its id.

    Of what everybody reads nothing changes before, nor where its link stands.
    Raises Conflict where somebody else wrote meanwhile or deleted it, Invalid where the address is taken or the menu
    full.
    """
    page = None if page is None else await _require_standing(conn, page)
    id = page.id if page is not None else await own_pages.create(conn, draft.slug, language=draft.language)
    if publishing or page is None or page.shown_version is None:
        await own_pages.place(conn, id, draft.placed, language=draft.language)
    current = await versions.find_current(conn, name_kind(id))
    if current is None or (current.title, current.text) != (draft.title, draft.text):
        version = await _add_version(conn, id, draft.title, draft.text, by=by, follows=draft.follows)
    else:
        version = current.version
    if publishing:
        await own_pages.show(conn, id, version)
    await _record(conn, "published" if publishing else "draft", by)
    return id


async def _require_standing(conn: Connection, page: OwnPage) -> OwnPage:
    """The page as it is now, kept from everybody else. Raises Conflict where it was deleted."""
    found = await own_pages.find_page_for_change(conn, page.id)
    if found is None or found.deleted_at is not None:
        raise Conflict("page_deleted_meanwhile")
    return found


async def withdraw(conn: Connection, page: OwnPage, *, by: Account | None) -> None:
    """Nobody but the team reads it any more. Raises Conflict where it was deleted."""
    page = await _require_standing(conn, page)
    await own_pages.show(conn, page.id, None)
    await _record(conn, "withdrawn", by)


async def take_back(conn: Connection, page: OwnPage, old: DocumentVersion, *, by: Account | None, follows: int) -> None:
    """An earlier version stands again, as the next one; what was deleted comes back as a draft.

    Raises Conflict where somebody else wrote since `follows`.
    """
    page = await own_pages.find_page_for_change(conn, page.id) or page
    if page.deleted_at is not None:
        await own_pages.put_back(conn, page.id)
    version = await _add_version(conn, page.id, old.title, old.text, by=by, follows=follows)
    if page.shown_version is not None and page.deleted_at is None:
        await own_pages.show(conn, page.id, version)
    await _record(conn, "taken_back", by)


async def delete(conn: Connection, page: OwnPage, *, by: Account | None) -> None:
    """It is gone from everything, and can be put back."""
    await own_pages.delete(conn, page.id)
    await _record(conn, "deleted", by)


async def put_back(conn: Connection, page_id: int, *, by: Account | None) -> None:
    """A page that was deleted is a draft again. Raises Conflict where it was not deleted."""
    await own_pages.put_back(conn, page_id)
    await _record(conn, "put_back", by)


async def _add_version(
    conn: Connection, page_id: int, title: str, text: str, *, by: Account | None, follows: int
) -> int:
    new = NewVersion(
        kind=name_kind(page_id),
        title=title,
        text=text,
        summary="",
        due_at=None,
        published_by=by.actor_id if by is not None else None,
        follows=follows,
    )
    await versions.publish(conn, new)
    return follows + 1


async def _record(conn: Connection, act: Act, by: Account | None) -> None:
    await journal.record(conn, "settings_changed", by=by, right="settings", page="pages", what=act)
