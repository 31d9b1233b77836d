"""HTML read in one pass, whatever it is: its tags told from its text, and tags nested within bounds.

The algorithm of the HTML standard takes time with the square of the length for some documents: formatting that is
never closed is opened anew in each paragraph (20 kB become 7 MB), each closing tag looks through all that is open.
What others wrote is therefore brought into bounds here, before the cleaner builds a tree of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from itertools import islice

MAX_DEPTH = 32
"""So many tags may be open at a time; those beyond lose their tags, not their text."""

MAX_TAGS = 8_000
"""So many tags are read of one text; what follows them is left out."""

MAX_ATTRIBUTES = 32
"""So many attributes of a tag are read."""

HIDDEN = frozenset({"script", "style", "template", "iframe", "noscript", "title", "textarea", "svg", "math"})
"""Tags whose content nobody sees as text."""

BLOCKS = frozenset({"p", "ul", "ol", "blockquote", "pre"})
"""Tags that end a paragraph when they begin."""

BOXES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "article", "header", "footer", "figcaption"})
"""Tags that become paragraphs."""

_NAME = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9:_-]*+)")
_ATTRIBUTE = re.compile(r"[\s/]*+([^\s/>=\"'<]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'<]++)))?")
_END = re.compile(r"[^>=]*+(?:=\s*+(?:\"[^\"]*+\"|'[^']*+')?+[^>=]*+)*+>")
_NUMBER = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9a-fA-F]{8,}+);?")
_BARE = re.compile(r"&(?![a-zA-Z#])")
_CLOSING = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in sorted(HIDDEN)}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: its name in small letters, whether it closes, and its attributes as they are written."""

    name: str
    closing: bool
    written: str

    def read_attributes(self) -> dict[str, str]:
        """The attributes with their values as characters; of those written twice the first."""
        found: dict[str, str] = {}
        position = 0
        while len(found) < MAX_ATTRIBUTES and (match := _ATTRIBUTE.match(self.written, position)):
            position = match.end()
            value = next((one for one in match.groups()[1:] if one is not None), "")
            found.setdefault(match[1].lower(), read_entities(value))
        return found


def read_entities(text: str) -> str:
    """Entities as characters; Python refuses numbers of thousands of digits with an error, so they are none."""
    return unescape(_NUMBER.sub("\ufffd", text)) if "&" in text else text


def split_tags(html: str) -> Iterator[Tag | str]:
    """Tags and the text between them, its entities as written. A `<` that begins no tag is text.

    Comments and what stands in HIDDEN tags are left out; what is begun and never ended is left out whole.
    """
    position, length = 0, len(html)
    while position < length:
        begin = html.find("<", position)
        if begin < 0:
            yield html[position:]
            return
        if begin > position:
            yield html[position:begin]
        name = _NAME.match(html, begin + 1)
        if name is None:
            position = _skip_comment(html, begin)
            if position == begin + 1:
                yield "<"
            continue
        end = _END.match(html, name.end())
        if end is None:
            return
        position = end.end()
        tag = Tag(name[2].lower(), bool(name[1]), html[name.end() : position - 1])
        if tag.name in HIDDEN and not tag.closing:
            closing = _CLOSING[tag.name].search(html, position)
            position = length if closing is None else closing.start()
        else:
            yield tag


def _skip_comment(html: str, begin: int) -> int:
    """Where the comment or declaration ends that begins at this `<`; the next character where it is neither."""
    if html.startswith("<!--", begin):
        end = html.find("-->", begin + 2)
        return len(html) if end < 0 else end + 3
    if html.startswith(("<!", "<?", "</"), begin):
        end = html.find(">", begin)
        return len(html) if end < 0 else end + 1
    return begin + 1


def bound_nesting(html: str, kept: frozenset[str]) -> str:
    """The same with `kept` tags alone, closed in the order in which they were opened, at most MAX_DEPTH of them.

    Boxes become paragraphs; of attributes those stay that the cleaner looks at. One pass over the text.
    """
    balanced = _Balanced(kept)
    for piece in islice(split_tags(html), 2 * MAX_TAGS):
        if isinstance(piece, str):
            balanced.pieces.append(_BARE.sub("&amp;", piece).replace("<", "&lt;"))
        else:
            balanced.add(piece)
    balanced.close_all()
    return "".join(balanced.pieces)


class _Balanced:
    """HTML that is being written: what is open, and how many tags too deep were left out."""

    def __init__(self, kept: frozenset[str]) -> None:
        self.kept = kept
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.left_out: dict[str, int] = {}

    def add(self, tag: Tag) -> None:
        name = "p" if tag.name in BOXES else tag.name
        if name not in self.kept:
            return
        if tag.closing:
            self._close(name)
        elif name == "br":
            self.pieces.append("<br>")
        else:
            self._end_before(name)
            self._open(name, tag)

    def _end_before(self, name: str) -> None:
        """What ends by itself when this begins: paragraphs, items of the same list, links."""
        if name in BLOCKS:
            self._close_open("p", until=("li", "blockquote"))
        elif name == "li":
            self._close_open("li", until=("ul", "ol"))
        elif name == "a":
            self._close_open("a", until=())

    def _close_open(self, name: str, *, until: tuple[str, ...]) -> None:
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth] == name:
                self._close_to(depth)
                return
            if self.open[depth] in until:
                return

    def _open(self, name: str, tag: Tag) -> None:
        if len(self.open) >= MAX_DEPTH:
            self.left_out[name] = self.left_out.get(name, 0) + 1
            return
        self.open.append(name)
        read = tag.read_attributes() if tag.written else {}
        shown = (
            f' {key}="{escape(read[key])}"' for key in ("href", "class", "start", "reversed", "value") if key in read
        )
        self.pieces.append(f"<{name}{''.join(shown)}>")

    def _close(self, name: str) -> None:
        if self.left_out.get(name):
            self.left_out[name] -= 1
            return
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth] == name:
                self._close_to(depth)
                return

    def _close_to(self, depth: int) -> None:
        """Close all from this depth on; what was left out within it is closed with it."""
        while len(self.open) > depth:
            self.pieces.append(f"</{self.open.pop()}>")
        self.left_out.clear()

    def close_all(self) -> None:
        self._close_to(0)
