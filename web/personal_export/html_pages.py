"""The readable part: pages that a browser opens from the disk, without network and without anything that runs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from markupsafe import Markup

from federation.texts.html_cleaner import clean
from models.personal_data import personal_export
from models.posts.media import media
from models.store.database import Connection, connection
from web.mail.news_mail_text import make_translate
from web.personal_export.exchanges import ArchivedThread, list_conversations, list_exchanges, list_lines
from web.personal_export.records import PAGE, ArchivedPost, ArchiveOwner, ThreadRecord, load_posts
from web.personal_export.zip_writer import ZipEntry, ZipWriter
from web.rendering.date_ranges import describe_moments
from web.rendering.i18n import LOCALES, Say
from web.rendering.templating import make_bare_environment


@dataclass(slots=True, kw_only=True)
class ArchiveSection:
    """One kind of thing, on so many pages: their places in the zip, and how many things there are."""

    name: str
    title: str
    pages: list[str] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSummary:
    """What stands on each page: whose archive it is, of which cooperative, of which day."""

    handle: str
    coop: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWriter:
    """All that writing a page takes."""

    owner: ArchiveOwner
    parcel: ZipWriter
    parts: Any
    about: ArchiveSummary
    describe_span: Callable[..., str]


async def write_pages(owner: ArchiveOwner, parcel: ZipWriter, coop: str) -> None:
    """Her listings, her words, her exchanges and conversations, and the page that leads to them."""
    environment = make_bare_environment(owner.account.language)
    about = ArchiveSummary(handle=f"@{owner.actor.handle}", coop=coop, at=datetime.now(UTC))
    language = owner.account.language
    book = PageWriter(
        owner=owner,
        parcel=parcel,
        parts=environment.get_template("archive/parts.html").module,
        about=about,
        describe_span=partial(_describe_span, language, make_translate(language)),
    )
    chapters = [
        await _write_posts(book, "listing", _begin(book, "annonces")),
        await _write_posts(book, "note", _begin(book, "paroles")),
        await _write_threads(book, list_exchanges(owner), _begin(book, "echanges")),
        await _write_threads(book, list_conversations(owner), _begin(book, "conversations")),
    ]
    await parcel.add("style.css", environment.get_template("archive/style.css").render())
    await _write_index(book, chapters)


def _describe_span(language: str, say: Say, begins_at: datetime, ends_at: datetime | None) -> str:
    return describe_moments(say, begins_at, ends_at, LOCALES.get(language, language))


def _begin(book: PageWriter, name: str) -> ArchiveSection:
    return ArchiveSection(name=name, title=book.parts.TITLES[name])


async def _write_index(book: PageWriter, chapters: list[ArchiveSection]) -> None:
    owner, actor = book.owner, book.owner.actor
    async with connection(owner.instance.pool) as conn:
        pictures = await media.list_by_ids(conn, [id for id in (actor.icon_media_id, actor.image_media_id) if id])
    profile = {
        "name": actor.display_name,
        "email": owner.account.email,
        "place": actor.place_name,
        "since": owner.account.created_at,
        "summary": _clean(actor.summary),
        "fields": [(row["name"], _clean(row["value"])) for row in actor.fields],
        "icon": book.parcel.take(pictures.get(actor.icon_media_id or 0)),
        "image": book.parcel.take(pictures.get(actor.image_media_id or 0)),
    }
    async with book.parcel.open("index.html") as sheet:
        await sheet.write(book.parts.head(book.parts.TITLES["index"], "", book.about))
        await sheet.write(book.parts.index(book.about, profile, chapters))
        await sheet.write(book.parts.foot(book.about))


async def _write_posts(book: PageWriter, kind: str, chapter: ArchiveSection) -> ArchiveSection:
    draw = partial(_draw_listing if kind == "listing" else _draw_note, book)
    before: int | None = None
    while True:
        async with connection(book.owner.instance.pool) as conn:
            ids, said = await _read_posts(conn, book.owner.actor.id, kind, before)
        if not ids:
            return chapter
        before, chapter.total = ids[-1], chapter.total + len(said)
        async with _open_page(book, chapter) as sheet:
            await sheet.write(await _draw_all(draw, said))


async def _read_posts(
    conn: Connection, actor_id: int, kind: str, before: int | None
) -> tuple[list[int], list[ArchivedPost]]:
    ids = await personal_export.list_posts(conn, actor_id, kind, before=before, limit=PAGE)
    return ids, await load_posts(conn, ids)


async def _write_threads(
    book: PageWriter, pages: AsyncIterator[list[ArchivedThread]], chapter: ArchiveSection
) -> ArchiveSection:
    async for threads in pages:
        chapter.total += len(threads)
        async with _open_page(book, chapter) as sheet:
            for thread in threads:
                await _write_thread(book, thread, sheet)
    return chapter


async def _write_thread(book: PageWriter, thread: ArchivedThread, sheet: ZipEntry) -> None:
    others = [f"{one.display_name} (@{one.handle})" for one in thread.others]
    await sheet.write(
        book.parts.thread(thread.title or ", ".join(others), others, thread.agreements, book.describe_span)
    )
    async for lines in list_lines(book.owner, thread):
        await sheet.write(await _draw_all(partial(_draw_line, book), lines))
    await sheet.write("</section>")


@asynccontextmanager
async def _open_page(book: PageWriter, chapter: ArchiveSection) -> AsyncIterator[ZipEntry]:
    """A new page of a chapter, with its head and its foot."""
    number = len(chapter.pages) + 1
    chapter.pages.append(f"pages/{chapter.name}-{number}.html")
    async with book.parcel.open(chapter.pages[-1]) as sheet:
        await sheet.write(book.parts.head(chapter.title, "../", book.about))
        yield sheet
        await sheet.write(book.parts.foot(book.about, f"{chapter.name}-{number - 1}.html" if number > 1 else ""))


async def _draw_all(draw: Callable[[Any], str], items: Iterable[Any]) -> str:
    """All of these; between two of them others may work, since one process serves pages too."""
    drawn = []
    for item in items:
        drawn.append(draw(item))
        await asyncio.sleep(0)
    return "".join(drawn)


def _draw_listing(book: PageWriter, said: ArchivedPost) -> str:
    assert said.listing is not None
    text = _clean(said.listing.details.description)
    return str(book.parts.listing(said, text, book.parcel.take_all(said.pictures)))


def _draw_note(book: PageWriter, said: ArchivedPost) -> str:
    return str(book.parts.note(said, _clean(said.post.content), book.parcel.take_all(said.pictures)))


def _draw_line(book: PageWriter, line: ThreadRecord) -> str:
    if line.message is not None:
        said = line.message
        return str(book.parts.message(said, _clean(said.post.content), book.parcel.take_all(said.pictures)))
    return str(book.parts.event(line.event, line.who))


def _clean(html: str) -> Markup:
    """Cleaned when it was stored, and once more now that it leaves what our server's headers guard."""
    return Markup(clean(html))  # noqa: S704 - see above
