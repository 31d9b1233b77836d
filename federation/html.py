"""The one HTML cleaner: what others wrote becomes harmless, what people type becomes HTML, HTML becomes text (B-41)."""

import re
from collections.abc import Callable, Mapping
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
from linkify_it import LinkifyIt

from federation import hashtags

TAGS = {
    *("p", "br", "span", "a", "del", "pre", "code", "em", "strong", "b", "i", "u"),
    *("ul", "ol", "li", "blockquote"),
}

LINK_REL = "nofollow noopener noreferrer"

_CLASS = re.compile(r"(?:h|p|u|dt|e)-[\w-]+|mention|hashtag|invisible|ellipsis")
_BLOCK = re.compile(r"<(/?)(?:h[1-6]|div|section|article|header|footer|figcaption)(?=[\s/>])[^>]*>", re.IGNORECASE)
_EMPTY = re.compile(r"<p>\s*</p>")
_WORD = re.compile(rf"(?<![\w@/])@(?P<handle>[\w.-]*\w(?:@[\w.:-]*\w)?)|{hashtags.PATTERN.pattern}")


def _filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Classes that mean something to readers; addresses that lead where they seem to lead."""
    if attribute == "class":
        return " ".join(name for name in value.split() if _CLASS.fullmatch(name)) or None
    if attribute == "href":
        return value if _is_honest(value) else None
    return value


def _is_honest(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and "@" not in parts.netloc


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style", "template", "iframe", "noscript", "title", "textarea", "svg", "math"},
    attributes={"a": {"href", "class"}, "span": {"class"}, "ol": {"start", "reversed"}, "li": {"value"}},
    attribute_filter=_filter_attribute,
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel=LINK_REL,
)


def clean(html: str) -> str:
    """Others' HTML as far as TAGS and the rules above allow; headings and boxes become paragraphs."""
    return _EMPTY.sub("", _CLEANER.clean(_BLOCK.sub(r"<\1p>", html))).strip()


class _Text(HTMLParser):
    """Collects what a reader would see, a line for each line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.pieces.append("\n")
        elif tag in ("p", "blockquote", "pre", "ul", "ol", "div"):
            self.pieces.append("\n\n")
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag in ("script", "style"):
            self.hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "blockquote", "pre", "ul", "ol", "div"):
            self.pieces.append("\n\n")
        elif tag in ("script", "style"):
            self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(data)


def to_text(html: str) -> str:
    """What a reader would see: paragraphs apart by an empty line, line breaks kept, entities as characters."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = "".join(reader.pieces).split("\n")
    text = "\n".join(re.sub(r"[ \t\r\f]+", " ", line).strip(" ") for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


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


_ADDRESSED = re.compile(
    r"\A\s*(<p>)\s*(?:(?:<span[^>]*>\s*)?<a [^>]*class=\"[^\"]*\bmention\b[^\"]*\"[^>]*>\s*@.*?</a>"
    r"(?:\s*</span>)?[\s,:]*)+",
    re.DOTALL,
)


def strip_mention(html: str) -> str:
    """Cleaned HTML without the names of those it is for, which other servers want at its head."""
    return _ADDRESSED.sub(r"\1", html, count=1)


def link_hashtag(url: str, name: str) -> str:
    """A hashtag as Mastodon and all others know it; `name` without its #."""
    return f'<a href="{escape(url)}" class="mention hashtag" rel="tag">#<span>{escape(name)}</span></a>'


_LINKIFY = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
for _schema in ("ftp:", "//", "mailto:"):
    _LINKIFY.add(_schema, None)


def _link(text: str, mentions: Mapping[str, str], tag_url: Callable[[str], str] | None) -> str:
    """One paragraph with its addresses linked; what lies between them may hold mentions and hashtags."""
    pieces: list[str] = []
    end = 0
    for match in _LINKIFY.match(text) or ():
        if not _is_honest(match.url):
            continue
        pieces.append(_link_words(text[end : match.index], mentions, tag_url))
        pieces.append(f'<a href="{escape(match.url)}" rel="{LINK_REL}">{escape(match.text)}</a>')
        end = match.last_index
    pieces.append(_link_words(text[end:], mentions, tag_url))
    return "".join(pieces)


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
