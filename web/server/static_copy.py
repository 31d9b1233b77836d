"""A read-only copy of the pages that everybody may read, as files that any web server can show once this one is gone.

Each page is asked for as a visitor would. What could do nothing any more is left out: forms, scripts, and links to
what is not in the copy. Links to what is are relative, so that the folder may lie anywhere.
"""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import aiohttp
import msgspec
import structlog
from aiohttp import web

from federation.instance import Instance
from federation.media.media_uris import media_origin
from models.errors import Unfinished
from models.moments import PARIS
from models.people.documents import own_pages
from models.searches.sitemap import list_own_pages
from models.store.database import connection
from web.pages.instance.crawlers import FIXED
from web.rendering.i18n import N_
from web.rendering.templating import make_translators
from web.server.app import make_app
from web.server.static_words import drop_dead_links, drop_idle, say_copied

NAME = "static-copy"
"""The folder of the copy, in the data folder."""

MOST_LISTINGS = 10_000
"""So many listings are copied, the newest first."""

ALSO = ("/charte", "/conditions", "/moderation", "/credits", "/chiffres", "/rencontres", "/communautes")
"""Pages beside those that crawlers are told of."""

LISTINGS, ALL_LISTINGS = "/annonces", "/toutes-les-annonces"
"""The list as far as its first page goes, and what the copy has for the others."""

QUESTIONS = "/diagnostic"
"""Questions that only a server answers."""

PART_TYPES = ("text/css", "image/", "font/")

OF_OTHERS = "/media/remote/"
"""Pictures of other servers, of which there is always one that is gone: they are left out at once."""

DROPPED_LINKS = re.compile(r"<link rel=\"(?:alternate|preload|manifest|search|canonical)\"[^>]*>")

ADDRESS = re.compile(r"(\s(?:href|src|poster|srcset|action|content)=)\"([^\"]*)\"")

CSS_URL = re.compile(r"url\(([^()\"':#]+)\)")

MAIN = re.compile(r"(<main\b[^>]*>)(.*)(</main>)", re.DOTALL)

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)

FILE_NAME = re.compile(r"[\w.,@%~+-]{1,120}")

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class _Copy:
    """What is being written: `pages` are the paths of addresses that have a page, `parts` what is to come for them.

    Nothing that fails is left out of one that is to be `whole`.
    """

    origins: tuple[str, ...]
    pages: frozenset[str]
    language: str
    day: date = field(default_factory=lambda: datetime.now(PARIS).date())
    whole: bool = True
    parts: set[str] = field(default_factory=set)


async def write_copy(instance: Instance, *, whole: bool = True) -> int:
    """Write the copy anew; how many pages. It takes the place of an earlier one once it is complete.

    Raises Unfinished where a page or a part of one fails; unless it is to be `whole`, that is left out.
    """
    target = instance.settings.data / NAME
    draft = target.with_name(f".{NAME}")
    await asyncio.to_thread(shutil.rmtree, draft, ignore_errors=True)
    paths, listed = await _list_paths(instance)
    async with _ask_own_app(instance) as client:
        written = [path for path in paths if await _fetch_page(client, path, draft / find_file(path), whole=whole)]
        copy = _Copy(
            origins=tuple(dict.fromkeys((instance.site.url, media_origin(instance.site)))),
            pages=frozenset(written),
            language=instance.site.languages[0],
            whole=whole,
        )
        for path in written:
            await asyncio.to_thread(_rewrite_file, copy, path, draft / find_file(path))
        await asyncio.to_thread(_list_all, draft, [path for path in listed if path in copy.pages], instance)
        await _fetch_parts(client, copy, draft)
    await asyncio.to_thread(_put_in_place, draft, target)
    return len(written)


async def _list_paths(instance: Instance) -> tuple[list[str], list[str]]:
    """Of all pages, and of the listings among them."""
    async with connection(instance.pool) as conn:
        own = [f"/pages/{slug}" for slug in await own_pages.list_readable(conn)]
        listed = [urlsplit(one.url).path for one in await list_own_pages(conn, limit=MOST_LISTINGS)]
    paths = dict.fromkeys([*FIXED, *ALSO, *own, *listed])
    return [path for path in paths if _is_plain(path) and path != QUESTIONS], listed


@asynccontextmanager
async def _ask_own_app(instance: Instance) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of an application of our own on this instance, without limits, on a socket that nobody else opens."""
    free = replace(instance, settings=msgspec.structs.replace(instance.settings, rate_limit=0))
    runner = web.AppRunner(make_app(free), access_log=None)
    await runner.setup()
    with tempfile.TemporaryDirectory(prefix="declic-copy-") as folder:
        socket = f"{folder}/s"
        await web.UnixSite(runner, socket).start()
        try:
            headers = {"Host": instance.site.host, "Accept": "text/html", "Accept-Language": instance.site.languages[0]}
            async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(socket), headers=headers) as client:
                yield client
        finally:
            await runner.cleanup()


async def _fetch_page(client: aiohttp.ClientSession, path: str, file: Path, *, whole: bool) -> bool:
    """Write this page as it comes, unless visitors do not get it."""
    async with client.get(f"http://localhost{path}", allow_redirects=False) as answer:
        _require_answer(path, answer.status, whole=whole)
        if answer.status != 200 or answer.content_type != "text/html":
            return False
        body = await answer.read()
    await asyncio.to_thread(_write, file, body)
    return True


def _require_answer(path: str, status: int, *, whole: bool) -> None:
    """Raise Unfinished where we failed to make what visitors get."""
    if status < 500:
        return
    log.error("static_copy_failed", path=path, status=status)
    if whole:
        raise Unfinished(f"{path} answers {status}")


def _list_all(folder: Path, paths: list[str], instance: Instance) -> None:
    """One page with links to all listings, since the pages after the first of a list are not in the copy.

    It looks like the first one, on which a link leads there.
    """
    first, target = folder / find_file(LISTINGS), folder / find_file(ALL_LISTINGS)
    if not first.is_file():
        return
    translate, _ = make_translators(instance.site.languages[0])
    name = escape(translate(N_("Toutes les annonces")))
    text = first.read_text()
    links = "".join(_write_link(folder, path) for path in paths)
    elsewhere = text.replace('="index.html', f'="../{find_file(LISTINGS)}')
    _write(target, MAIN.sub(lambda found: f"{found[1]}<h1>{name}</h1><ul>{links}</ul>{found[3]}", elsewhere).encode())
    link = f'<p><a class="link" href="../{find_file(ALL_LISTINGS)}">{name}</a></p>'
    first.write_text(MAIN.sub(lambda found: f"{found[1]}{found[2]}{link}{found[3]}", text))


def _write_link(folder: Path, path: str) -> str:
    """A line of the list: a page by the name that it bears."""
    file = find_file(path)
    named = TITLE.search((folder / file).read_text())
    return f'<li><a class="link" href="../{quote(file)}">{named[1] if named else escape(path)}</a></li>'


async def _fetch_parts(client: aiohttp.ClientSession, copy: _Copy, folder: Path) -> None:
    """Write what the pages are made of: style sheets with what these name, fonts, pictures."""
    done = set[str]()
    while waiting := sorted(copy.parts - done):
        for path in waiting:
            done.add(path)
            async with client.get(f"http://localhost{path}", allow_redirects=False) as answer:
                _require_answer(path, answer.status, whole=copy.whole and not path.startswith(OF_OTHERS))
                if answer.status != 200 or not answer.content_type.startswith(PART_TYPES):
                    continue
                body = await answer.read()
            if answer.content_type == "text/css":
                body = _rewrite_sheet(copy, path, body.decode()).encode()
            await asyncio.to_thread(_write, folder / path.lstrip("/"), body)


def _rewrite_sheet(copy: _Copy, path: str, text: str) -> str:
    """A style sheet of ours, the fonts and pictures that it names relative to where it stands."""
    here = os.path.dirname(path).strip("/")

    def point(found: re.Match[str]) -> str:
        target = _find_target(copy, found[1].strip())
        return found[0] if target is None else f"url({_relate(target, here)})"

    return CSS_URL.sub(point, text)


def _rewrite_file(copy: _Copy, path: str, file: Path) -> None:
    file.write_text(say_copied(rewrite(copy, path, file.read_text()), copy.day, copy.language))


def rewrite(copy: _Copy, path: str, text: str) -> str:
    """The page without what can do nothing any more, its own addresses relative to where its file stands."""
    here = os.path.dirname(find_file(path))

    def point(found: re.Match[str]) -> str:
        begin, value = found[1], found[2]
        if begin.strip() == "srcset=":
            return f'{begin}"{", ".join(_point_source(copy, here, one) for one in value.split(","))}"'
        target = _find_target(copy, value)
        if target is None:
            return f'{begin}"{value}"' if begin.strip() == "content=" or _is_elsewhere(copy, value) else ""
        return f'{begin}"{_relate(target, here)}"'

    return drop_dead_links(ADDRESS.sub(point, DROPPED_LINKS.sub("", drop_idle(text))))


def _point_source(copy: _Copy, here: str, source: str) -> str:
    """A source of a `srcset`, such as `/media/a.webp 640w`."""
    address, _, width = source.strip().partition(" ")
    target = _find_target(copy, address)
    return source.strip() if target is None else f"{_relate(target, here)} {width}".strip()


def _find_target(copy: _Copy, address: str) -> tuple[str, str] | None:
    """The file in the copy that an address of ours leads to, and its fragment; None where there is none."""
    local = _localize(copy, address)
    if local is None:
        return None
    local, _, fragment = local.partition("#")
    path, asked, _ = local.partition("?")
    if path.startswith(("/static/", "/media/")) and _is_plain(path):
        copy.parts.add(path)
        return path.lstrip("/"), fragment
    return (find_file(path), fragment) if path in copy.pages and not asked else None


def _localize(copy: _Copy, address: str) -> str | None:
    """The path of an address of ours."""
    for origin in copy.origins:
        if address == origin or address.startswith(f"{origin}/"):
            return address.removeprefix(origin) or "/"
    return address if address.startswith("/") and not address.startswith("//") else None


def _is_elsewhere(copy: _Copy, address: str) -> bool:
    """Whether an address is none of ours, or a place on the same page."""
    return _localize(copy, address) is None and not address.startswith("?")


def _relate(target: tuple[str, str], here: str) -> str:
    file, fragment = target
    return quote(os.path.relpath(file, here or ".")) + (f"#{fragment}" if fragment else "")


def find_file(path: str) -> str:
    """Where the page of an address stands: a folder with an index, which every web server shows by itself."""
    return os.path.join(unquote(path).strip("/"), "index.html")


def _is_plain(path: str) -> bool:
    """Whether a path can be one of files: nothing in it leaves the folder."""
    parts = unquote(path).strip("/").split("/")
    return path == "/" or all(FILE_NAME.fullmatch(part) and not part.startswith(".") for part in parts)


def _write(file: Path, body: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)


def _put_in_place(draft: Path, target: Path) -> None:
    draft.mkdir(parents=True, exist_ok=True)  # a closed site has no public pages
    for one in (draft, *draft.rglob("*")):
        one.chmod(0o755 if one.is_dir() else 0o644)  # everybody may read it: the web server that will show it too
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
