"""Pictures that stand in others' HTML, where the cleaner leaves none: they become attachments (Friendica, Hubzilla)."""

import re
from collections.abc import Iterator
from itertools import islice

from federation.texts.html_cleaner import CleanHtml
from federation.texts.markup import MAX_TAGS, Tag, split_tags
from federation.uris import is_uri

MAX_FOUND = 16

SMALLEST = 65
"""Pixels: what says that it is smaller is an emoji, or somebody's portrait."""

_ORNAMENT = re.compile(r"emoji|smil|avatar|icon", re.IGNORECASE)


def find_pictures(html: str) -> dict[str, str]:
    """The addresses of the pictures in it, each with its alternative text, in their order; ornaments are left out."""
    if isinstance(html, CleanHtml):
        return dict(html.pictures)
    found: dict[str, str] = {}
    if "<img" not in html and "<IMG" not in html:
        return found
    for address, words in _read_pictures(html):
        found.setdefault(address, words)
        if len(found) == MAX_FOUND:
            break
    return found


def _read_pictures(html: str) -> Iterator[tuple[str, str]]:
    for piece in islice(split_tags(html), 2 * MAX_TAGS):
        if isinstance(piece, Tag) and piece.name == "img":
            picture = piece.read_attributes()
            address = picture.get("src", "").strip()
            if is_uri(address) and not _is_ornament(picture):
                yield address, (picture.get("alt") or picture.get("title") or "").strip()


def _is_ornament(picture: dict[str, str]) -> bool:
    sides = [value for key in ("width", "height") if (value := picture.get(key, "")).isascii() and value.isdigit()]
    small = any(len(side) < 5 and int(side) < SMALLEST for side in sides)
    return small or _ORNAMENT.search(picture.get("class", "")[:500]) is not None
