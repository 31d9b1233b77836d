"""Pages that the cooperative writes itself: where each stands, which of its versions is shown, those that were deleted.

What a page says stands with the versions of the charter, under a kind of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, get_args

import orjson

from models.errors import Conflict, Invalid
from models.ids import make_id
from models.people.documents import versions
from models.people.documents.versions import DocumentVersion
from models.preferences import Preferences, read_stored
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_records, fetch_value
from models.store.statements import compose, fragment

Placed = Literal["menu", "footer", "nowhere"]

PLACES: tuple[Placed, ...] = get_args(Placed)

MENU_MOST = 4
"""Pages that the menu holds on a telephone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """One page. `shown_version` is what everybody reads, None for a draft; `last_version` what was written last.

    `by_name` is who wrote that, as far as she is still here.
    """

    id: int
    slug: str
    language: str
    placed: Placed
    shown_version: int | None
    deleted_at: datetime | None
    title: str
    last_version: int
    written_at: datetime
    by_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A page as the menu or the foot of every page names it."""

    slug: str
    title: str
    language: str
    placed: Placed


_PAGES = """
    SELECT p.id, p.slug, p.language, p.placed, p.shown_version, p.deleted_at, last.title, last.version AS last_version,
        last.published_at AS written_at, coalesce(a.name, '') AS by_name
    FROM own_page p
    CROSS JOIN LATERAL (
        SELECT * FROM document_version v WHERE v.kind = 'page:' || p.id ORDER BY v.version DESC LIMIT 1
    ) AS last
    LEFT JOIN actor a ON a.id = last.published_by
"""

_ALL = compose("{pages} ORDER BY p.deleted_at IS NOT NULL, p.position, p.id", pages=_PAGES)

_ONE = compose("{pages} WHERE p.id = $1", pages=_PAGES)

_ONE_ALONE = compose("{pages} WHERE p.id = $1 FOR UPDATE OF p", pages=_PAGES)

_SHOWN = """
    FROM own_page p JOIN document_version v ON v.kind = 'page:' || p.id AND v.version = p.shown_version
    WHERE p.deleted_at IS NULL
"""

_LINKED = fragment(
    "SELECT p.slug, v.title, p.language, p.placed {shown} AND p.placed <> 'nowhere' ORDER BY p.position, p.id",
    shown=_SHOWN,
)

_DRAWN = compose(
    """
    SELECT (SELECT jsonb_object_agg(key, value)::text FROM preference) AS settings,
        (SELECT jsonb_agg(to_jsonb(linked))::text FROM ({linked}) AS linked) AS links,
        EXISTS (SELECT FROM document_version WHERE kind = 'charter') AS charter
    """,
    linked=_LINKED,
)

_READABLE = compose("SELECT p.slug {shown} ORDER BY p.position, p.id", shown=_SHOWN)

_BY_SLUG = compose("{pages} WHERE p.slug = $1 AND p.deleted_at IS NULL AND p.shown_version IS NOT NULL", pages=_PAGES)


def name_kind(page_id: int) -> str:
    """The kind of its versions."""
    return f"page:{page_id}"


async def list_pages(conn: Connection) -> list[OwnPage]:
    """All of them in their order, those that were deleted last."""
    return await fetch_all(conn, OwnPage, _ALL)


async def load_with_links(conn: Connection) -> tuple[Preferences, tuple[PageLink, ...], bool]:
    """The settings, the pages that everybody may read and that stand somewhere, in their order, and whether there is a
    charter: what every page is drawn with, in one question.
    """
    (row,) = await fetch_records(conn, _DRAWN)
    return read_stored(row["settings"]), _read_links(row["links"]), row["charter"]


@lru_cache(maxsize=8)
def _read_links(links: str | None) -> tuple[PageLink, ...]:
    return tuple(PageLink(**one) for one in orjson.loads(links or "[]"))


async def list_readable(conn: Connection) -> list[str]:
    """The slugs of those that everybody may read."""
    return await fetch_column(conn, _READABLE)


async def find_page(conn: Connection, id: int) -> OwnPage | None:
    """One page, deleted or not."""
    return await fetch_one(conn, OwnPage, _ONE, id)


async def find_page_for_change(conn: Connection, id: int) -> OwnPage | None:
    """The same, kept from everybody else until the transaction ends."""
    return await fetch_one(conn, OwnPage, _ONE_ALONE, id)


async def find_shown(conn: Connection, slug: str) -> tuple[OwnPage, DocumentVersion] | None:
    """A page that everybody may read, with what it says."""
    page = await fetch_one(conn, OwnPage, _BY_SLUG, slug)
    shown = None if page is None else await versions.find_version(conn, name_kind(page.id), page.shown_version or 0)
    return None if page is None or shown is None else (page, shown)


async def create(conn: Connection, slug: str, *, language: str) -> int:
    """A page at this address, of which nothing is written yet; its id. Raises Invalid where there is one, even deleted.

    It stands after all others.
    """
    id = make_id()
    made = await execute(
        conn,
        """
        INSERT INTO own_page (id, slug, language, position)
        SELECT $1, $2, $3, coalesce((SELECT max(position) + 1 FROM own_page), 0) ON CONFLICT (slug) DO NOTHING
        """,
        id,
        slug,
        language,
    )
    if not made:
        raise Invalid("page_address_taken", field="slug")
    return id


async def place(conn: Connection, id: int, placed: Placed, *, language: str) -> None:
    """Say where it stands. Raises Invalid where the menu is full of pages that everybody reads."""
    if placed == "menu":
        await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.own_page_menu'))")
        others: int = await fetch_value(
            conn,
            """
            SELECT count(*) FROM own_page
            WHERE placed = 'menu' AND id <> $1 AND deleted_at IS NULL AND shown_version IS NOT NULL
            """,
            id,
        )
        if others >= MENU_MOST:
            raise Invalid("page_menu_full", field="placed", most=MENU_MOST)
    await execute(conn, "UPDATE own_page SET placed = $2, language = $3 WHERE id = $1", id, placed, language)


async def show(conn: Connection, id: int, version: int | None) -> None:
    """Let everybody read this version of it, or with None nobody any more."""
    await execute(conn, "UPDATE own_page SET shown_version = $2 WHERE id = $1", id, version)


async def delete(conn: Connection, id: int) -> None:
    """Take it out of everything; its versions stay, and it can be put back."""
    await execute(conn, "UPDATE own_page SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL", id)


async def put_back(conn: Connection, id: int) -> None:
    """Undo its deletion: it is a draft at the foot of pages. Raises Conflict where it was not deleted."""
    done = await execute(
        conn,
        """
        UPDATE own_page SET deleted_at = NULL, shown_version = NULL, placed = 'footer'
        WHERE id = $1 AND deleted_at IS NOT NULL
        """,
        id,
    )
    if not done:
        raise Conflict("page_not_deleted")


async def order(conn: Connection, ids: Sequence[int]) -> None:
    """Put pages into this order."""
    await execute(
        conn,
        """
        UPDATE own_page SET position = wanted.position
        FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (id, position) WHERE own_page.id = wanted.id
        """,
        list(ids),
    )
