"""Pictures that stand in others' HTML, where the cleaner leaves none: they become attachments (Friendica, Hubzilla)."""

import re
from html import unescape

import nh3

from federation.uris import is_uri

MAX_FOUND = 16

MAX_HTML = 200_000
"""Characters that are looked at."""

SMALLEST = 65
"""Pixels: what says that it is smaller is an emoji, or somebody's portrait."""

_CLEANER = nh3.Cleaner(
    tags={"img"},
    clean_content_tags={"script", "style", "template", "iframe", "noscript", "title", "textarea", "svg", "math"},
    attributes={"img": {"src", "alt", "title", "width", "height", "class"}},
    url_schemes={"http", "https"},
    url_relative="deny",
)
_PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
"""As the cleaner writes it: every `<` of a text is escaped, so that nothing else begins like this."""

_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_ORNAMENT = re.compile(r"emoji|smil|avatar|icon", re.IGNORECASE)


def find_pictures(html: str) -> dict[str, str]:
    """The addresses of the pictures in it, each with its alternative text, in their order; ornaments are left out."""
    found: dict[str, str] = {}
    if "<img" not in html and "<IMG" not in html:
        return found
    for match in _PICTURE.finditer(_CLEANER.clean(html[:MAX_HTML])):
        picture = {name: unescape(value).strip() for name, value in _ATTRIBUTE.findall(match[1])}
        address = picture.get("src", "")
        if _is_ornament(picture) or not is_uri(address):
            continue
        found.setdefault(address, picture.get("alt") or picture.get("title") or "")
        if len(found) == MAX_FOUND:
            break
    return found


def _is_ornament(picture: dict[str, str]) -> bool:
    sides = [int(value) for key in ("width", "height") if (value := picture.get(key, "")).isascii() and value.isdigit()]
    return any(side < SMALLEST for side in sides) or _ORNAMENT.search(picture.get("class", "")) is not None
