"""A charter as HTML: its headings, numbered articles and lists, each part through the one HTML cleaner."""

from html import escape
from itertools import groupby

from markupsafe import Markup

from federation.texts.html_cleaner import from_text
from models.people.documents.articles import BlockKind, TextBlock, read_blocks

LISTS: dict[BlockKind, str] = {"article": "ol", "item": "ul"}


def write_document(text: str) -> Markup:
    """What somebody typed, escaped, with addresses as links; headings stand under the page's own."""
    parts: list[str] = []
    for kind, blocks in groupby(read_blocks(text), key=lambda one: one.kind):
        parts.append(_write_run(kind, list(blocks)))
    return Markup("".join(parts))  # noqa: S704 - from_text and escape made it


def _write_run(kind: BlockKind, blocks: list[TextBlock]) -> str:
    """Parts of one kind that follow one another."""
    if kind == "heading":
        return "".join(f"<h2>{escape(one.text)}</h2>" for one in blocks)
    if kind == "paragraph":
        return "".join(from_text(one.text) for one in blocks)
    start = f' start="{blocks[0].number}"' if blocks[0].number > 1 else ""
    lines = "".join(f"<li>{from_text(one.text)}</li>" for one in blocks)
    return f"<{LISTS[kind]}{start}>{lines}</{LISTS[kind]}>"
