"""The one HTML cleaner: what others wrote becomes harmless, what people type becomes HTML, HTML becomes text (B-41)."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from federation.json.fields import MAX_CONTENT
from federation.texts import hashtags
from federation.texts.markup import BLOCKS, BOXES, HIDDEN, bound_nesting, read_entities, split_tags
from models.lazy import LazyModule

if TYPE_CHECKING:
    import linkify_it
    import nh3
else:
    linkify_it, nh3 = LazyModule("linkify_it"), LazyModule("nh3")

_STRUCK = ("s", "strike")
"""What some write for `del`, which every app knows."""

TAGS = BLOCKS | {"br", "span", "a", "del", *_STRUCK, "code", "em", "strong", "b", "i", "u", "li"}

_LONGEST_CLASS = 500
_LONGEST_ADDRESS = 4_096

_MARKUP_RATIO = 10
"""So many characters of HTML are read for each of text that is wanted."""

LINK_REL = "nofollow noopener noreferrer"

_CLASS = re.compile(r"(?:h|p|u|dt|e)-[\w-]+|mention|hashtag|invisible|ellipsis")
_BLOCK = re.compile(rf"<(/?)(?:{'|'.join(sorted(BOXES))})(?=[\s/>])[^<>]*+>", re.IGNORECASE)
_EMPTY = re.compile(r"<p>\s*+</p>")
_SPACES = re.compile(r"[ \t\r\f]++")
_GAPS = re.compile(r"\n{3,}+")
_WORD = re.compile(rf"(?<![\w@/])@(?P<handle>[\w.-]*\w(?:@[\w.:-]*\w)?)|{hashtags.PATTERN.pattern}")


def _filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Classes that mean something to readers; addresses that lead where they seem to lead."""
    if attribute == "class":
        return " ".join(name for name in value[:_LONGEST_CLASS].split() if _CLASS.fullmatch(name)) or None
    if attribute == "href":
        return value if len(value) <= _LONGEST_ADDRESS and _is_honest(value) else None
    return value


def _is_honest(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and "@" not in parts.netloc


@cache
def _make_cleaner() -> "nh3.Cleaner":
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(HIDDEN),
        attributes={"a": {"href", "class"}, "span": {"class"}, "ol": {"start", "reversed"}, "li": {"value"}},
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel=LINK_REL,
    )


_PLAIN_LENGTH = 16_384
_PLAIN_MARKS = 120
"""Up to so many characters, tags and entities the cleaner is fast whatever they are; beyond, tags are bounded first."""


_LONG_MARKS = 1_000


class CleanHtml(str):
    """HTML that `clean` made; `pictures` stood in it before, by their address, with their alternative text."""

    __slots__ = ("pictures",)

    def __new__(cls, html: str, pictures: Mapping[str, str]) -> "CleanHtml":
        made = super().__new__(cls, html)
        made.pictures = pictures
        return made

    pictures: Mapping[str, str]


def is_long(html: str) -> bool:
    """Whether cleaning it takes longer than others should wait: some milliseconds, up to a tenth of a second."""
    return len(html) > _PLAIN_LENGTH or html.count("<") + html.count("&") > _LONG_MARKS


def clean(html: str) -> str:
    """Others' HTML as far as TAGS and the rules above allow; headings and boxes become paragraphs, `s` is `del`.

    Of more than MAX_CONTENT characters the rest is left out.
    """
    if isinstance(html, CleanHtml) or not html:
        return html
    html = html[:MAX_CONTENT]
    if len(html) <= _PLAIN_LENGTH and html.count("<") + html.count("&") <= _PLAIN_MARKS:
        html = _BLOCK.sub(r"<\1p>", html)
    else:
        html = bound_nesting(html, TAGS)
    html = _make_cleaner().clean(html)
    for tag in _STRUCK:
        html = html.replace(f"<{tag}>", "<del>").replace(f"</{tag}>", "</del>")
    return _EMPTY.sub("", html).strip()


_LINES = {"br": "\n", "li": "\n- "} | dict.fromkeys(BLOCKS | BOXES, "\n\n")


def to_text(html: str) -> str:
    """What a reader would see: paragraphs apart by an empty line, line breaks kept, entities as characters."""
    pieces: list[str] = []
    for piece in split_tags(html):
        if isinstance(piece, str):
            pieces.append(read_entities(piece))
        elif not piece.closing or piece.name in BLOCKS or piece.name in BOXES:
            pieces.append(_LINES.get(piece.name, ""))
    text = "\n".join(_SPACES.sub(" ", line).strip(" ") for line in "".join(pieces).split("\n"))
    return _GAPS.sub("\n\n", text).strip()


def clean_text(html: str, limit: int) -> str:
    """What a reader would see of something that others wrote as HTML or as text, at most `limit` characters of it."""
    html = html[: limit * _MARKUP_RATIO]
    return to_text(clean(html) if "<" in html or "&" in html else html)[:limit]


def from_text(
    text: str,
    *,
    mentions: Mapping[str, str] | None = None,
    tag_url: Callable[[str], str] | None = None,
) -> str:
    """HTML of what somebody typed: paragraphs, line breaks, escaped, addresses as links.

    `mentions` gives for a handle as typed, without its first @ ("bob@b.example"), the address to link it to;
    `tag_url` gives for a hashtag without its # the address of its page. Without them both stay plain.
    """
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    return "".join(
        f"<p>{_link(paragraph.strip(), mentions or {}, tag_url).replace(chr(10), '<br>')}</p>"
        for paragraph in paragraphs
        if paragraph.strip()
    )


def link_mention(uri: str, handle: str) -> str:
    """A mention as Mastodon and all others know it; `handle` without its first @."""
    name = escape(handle.partition("@")[0])
    return f'<span class="h-card"><a href="{escape(uri)}" class="u-url mention">@<span>{name}</span></a></span>'


def link_hashtag(url: str, name: str) -> str:
    """A hashtag as Mastodon and all others know it; `name` without its #."""
    return f'<a href="{escape(url)}" class="mention hashtag" rel="tag">#<span>{escape(name)}</span></a>'


@cache
def _make_finder() -> "linkify_it.LinkifyIt":
    """What finds addresses in words; made for the first word that may hold one."""
    finder = linkify_it.LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for schema in ("ftp:", "//", "mailto:"):
        finder.add(schema, None)
    return finder


_LONGEST_LINK = 2_048
_MOST_BEGUN = 4
_WORDS = re.compile(r"\S++")


def _link(text: str, mentions: Mapping[str, str], tag_url: Callable[[str], str] | None) -> str:
    """One paragraph with its addresses linked; what lies between them may hold mentions and hashtags."""
    pieces: list[str] = []
    end = 0
    for begin, url, shown in _find_addresses(text):
        pieces.append(_link_words(text[end:begin], mentions, tag_url))
        pieces.append(f'<a href="{escape(url)}" rel="{LINK_REL}">{escape(shown)}</a>')
        end = begin + len(shown)
    pieces.append(_link_words(text[end:], mentions, tag_url))
    return "".join(pieces)


def _find_addresses(text: str) -> Iterator[tuple[int, str, str]]:
    """Where addresses stand, where they lead, and how they are written.

    What is looked at is a word of bounded length in which few addresses begin: the search takes time with the square
    of what it is given.
    """
    for word in _WORDS.finditer(text):
        begun = word[0].count("://")
        if not begun or begun > _MOST_BEGUN or len(word[0]) > _LONGEST_LINK:
            continue
        for match in _make_finder().match(word[0]) or ():
            if _is_honest(match.url):
                yield word.start() + match.index, match.url, match.text


def _link_words(text: str, mentions: Mapping[str, str], tag_url: Callable[[str], str] | None) -> str:
    pieces: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        pieces.append(escape(text[end : match.start()], quote=False))
        handle, end = match["handle"], match.end()
        if handle is None:
            name = match[2]
            pieces.append(link_hashtag(tag_url(name), name) if tag_url else escape(match[0]))
        elif (uri := mentions.get(handle)) is not None:
            pieces.append(link_mention(uri, handle))
        else:
            pieces.append(escape(match[0], quote=False))
    pieces.append(escape(text[end:], quote=False))
    return "".join(pieces)
