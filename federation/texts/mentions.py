"""Names at the head of a message: other servers want them there, whoever reads it knows for whom it is.

Each server writes them its own way: as links (Mastodon, Pleroma, Misskey, WordPress), with the @ before the link
(Friendica), as plain text (snac, people). Only the names of those to whom it is said are left out, only in front, and
not where the sentence goes on from them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

MOST_PARAGRAPHS = 3
"""Paragraphs of nothing but names that are left out."""

LONGEST = 600
"""Characters of one link that are looked at."""

_OPENING = re.compile(r"\s*+(?:<(?:p|div|bdi)(?: [^<>]*+)?>\s*+)?")
_WRAPPED = re.compile(r"(@?)<span(?: [^<>]*+)?>\s*+")
_UNWRAPPED = re.compile(r"\s*+</span>")
_LINK = re.compile(r'(@?)<a((?: [a-z-]++="[^"]*+")*+)>')
_HREF = re.compile(r' href="([^"]*+)"')
_TAG = re.compile(r"</?[a-z]++(?: [^<>]*+)?>")
_PLAIN = re.compile(r"@(\w++(?:[.-]\w++)*+(?:@\w++(?:[.-]\w++)*+(?::\d{1,5}+)?+)?+)(?![\w@/])")
_GAP = re.compile(r"(?:[\s,:;\u00a0]|&nbsp;|<br>)*+")
_CLOSED = re.compile(r"\s*+</(?:p|div|bdi)>\s*+")
_GOES_ON = re.compile(
    r"(?:<span(?: [^<>]*+)?>)?\s*+(?:(?:et|ou|and|or|a|est|is|has)(?=[\s\u00a0<])|&amp;|n[’'](?=a|est)|['’]s\b)"
)
"""What makes the name before it a part of the sentence."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Those to whom something is said: their handles, with and without host, and their addresses."""

    handles: frozenset[str]
    addresses: frozenset[str]


def address_people(people: Iterable[tuple[str, str, str, str]]) -> Addressed:
    """From username, host, id and page of each."""
    handles: set[str] = set()
    addresses: set[str] = set()
    for username, host, uri, url in people:
        handles |= {username.casefold(), f"{username}@{host}".casefold()}
        addresses |= {uri, url}
    return Addressed(frozenset(handles), frozenset(addresses))


def strip_mentions(html: str, addressed: Addressed) -> str:
    """Cleaned HTML without the names of these people at its head; as it is where nothing else would be left."""
    rest = html
    for _ in range(MOST_PARAGRAPHS):
        opening = _skip(_OPENING, rest, 0)
        place = _skip_names(rest, opening, addressed)
        if place == opening:
            break
        closed = _CLOSED.match(rest, place) if rest[:opening].strip() else None
        if closed is None:
            rest = rest[:opening].strip() + rest[place:]
            break
        rest = rest[closed.end() :]
    return rest if _TAG.sub("", rest).strip() else html


def _skip_names(html: str, place: int, addressed: Addressed) -> int:
    """Where the text begins after the names."""
    while (end := _read_name(html, place, addressed)) is not None:
        following = _skip(_GAP, html, end)
        if _GOES_ON.match(html, following):
            break
        place = following
    return place


def _skip(pattern: re.Pattern[str], html: str, place: int) -> int:
    found = pattern.match(html, place)
    return found.end() if found else place


def _read_name(html: str, place: int, addressed: Addressed) -> int | None:
    """Where the name that stands here ends; None where no name of theirs does."""
    wrapped = _WRAPPED.match(html, place)
    if wrapped is not None:
        end = _read_link(html, wrapped.end(), addressed, begun=bool(wrapped[1]))
        closing = _UNWRAPPED.match(html, end) if end is not None else None
        return closing.end() if closing else None
    end = _read_link(html, place, addressed)
    if end is not None:
        return end
    plain = _PLAIN.match(html, place)
    return plain.end() if plain and plain[1].casefold() in addressed.handles else None


def _read_link(html: str, place: int, addressed: Addressed, *, begun: bool = False) -> int | None:
    """Where a link that is the name of one of them ends; `begun` where its @ stood before."""
    link = _LINK.match(html, place)
    closing = html.find("</a>", link.end(), link.end() + LONGEST) if link else -1
    if link is None or closing < 0:
        return None
    words = unescape(_TAG.sub("", html[link.end() : closing])).strip()
    href = _HREF.search(link[2])
    named = begun or bool(link[1]) or words.startswith("@")
    known = named and _is_known(words.removeprefix("@").casefold(), unescape(href[1]) if href else "", addressed)
    return closing + len("</a>") if known else None


def _is_known(handle: str, address: str, addressed: Addressed) -> bool:
    """A name without host is whose server it leads to."""
    if address in addressed.addresses:
        return True
    whole = handle if "@" in handle or not address else f"{handle}@{urlsplit(address).netloc}".casefold()
    return whole in addressed.handles
