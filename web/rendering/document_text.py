"""A charter or an own page as HTML: headings, articles and lists, each part through the one HTML cleaner."""

import re
from collections.abc import Callable
from functools import cache, partial
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from federation.texts.html_cleaner import clean, from_text
from models.lazy import LazyModule
from models.people.documents.articles import BlockKind, TextBlock, read_blocks

if TYPE_CHECKING:
    import markdown_it
else:
    markdown_it = LazyModule("markdown_it")

LISTS: dict[BlockKind, str] = {"article": "ol", "item": "ul"}

MARKED_LENGTH = 2_000
"""Longer paragraphs are shown without their marks, which take time with the square of their number."""

_MAIL_LINK = re.compile(r'<a href="mailto:([^"?]*)[^"]*">(.*?)</a>')


def write_document(text: str) -> Markup:
    """What somebody typed, escaped, with addresses as links; headings stand under the page's own."""
    parts: list[str] = []
    for kind, blocks in groupby(read_blocks(text), key=lambda one: one.kind):
        run = list(blocks)
        start = f' start="{run[0].number}"' if run[0].number > 1 else ""
        parts.append(_write_run(kind, run, from_text, start))
    return Markup("".join(parts))  # noqa: S704 - from_text and escape made it


def write_page(text: str, origin: str) -> Markup:
    """The same of an own page, where Markdown's bold, italics, code and links have their effect too.

    Links that begin with a slash lead to a page of this site, which is at `origin`. Each list counts for itself.
    """
    write = partial(_write_marked, origin=origin)
    runs = groupby(read_blocks(text, rules=False), key=lambda one: one.kind)
    return Markup("".join(_write_run(kind, list(blocks), write) for kind, blocks in runs))  # noqa: S704 - cleaned


def _write_run(kind: BlockKind, blocks: list[TextBlock], write: Callable[[str], str], start: str = "") -> str:
    """Parts of one kind that follow one another."""
    if kind == "heading":
        return "".join(f"<h2>{escape(one.text)}</h2>" for one in blocks)
    if kind == "paragraph":
        return "".join(write(one.text) for one in blocks)
    lines = "".join(f"<li>{write(one.text)}</li>" for one in blocks)
    return f"<{LISTS[kind]}{start}>{lines}</{LISTS[kind]}>"


@cache
def _make_reader() -> "markdown_it.MarkdownIt":
    """CommonMark within a paragraph: no HTML, no pictures; addresses as the other texts of people have them."""
    reader = markdown_it.MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    reader.disable(["image", "html_inline"]).enable("linkify")
    if reader.linkify is not None:
        reader.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    return reader


def _write_marked(text: str, *, origin: str) -> str:
    if len(text) > MARKED_LENGTH:
        return from_text(text)
    html: str = _make_reader().renderInline(text)
    whole = _MAIL_LINK.sub(_write_mail_link, html.replace('<a href="/', f'<a href="{origin}/'))
    return clean(f"<p>{whole}</p>")


def _write_mail_link(found: re.Match[str]) -> str:
    """The cleaner leaves no links to mailboxes, so the address stands beside its words."""
    return found[2] if found[1] == found[2] else f"{found[2]} ({found[1]})"
