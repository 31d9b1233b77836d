"""What a charter is made of as somebody types it: headings, numbered articles, lists and paragraphs. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "article", "item", "paragraph"]

_MARKS: tuple[tuple[BlockKind, re.Pattern[str]], ...] = (
    ("heading", re.compile(r"#{1,3} +(?P<rest>\S.*)")),
    ("article", re.compile(r"(?:article +)?\d{1,3}(?: ?[.)]| [:–—-]) +(?P<rest>\S.*)", re.IGNORECASE)),
    ("item", re.compile(r"[-*•] +(?P<rest>\S.*)")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """One part of a text without its mark; lines stay apart. Articles are numbered through, from 1."""

    kind: BlockKind
    text: str
    number: int = 0


def read_blocks(text: str) -> list[TextBlock]:
    """The parts of a text: a line that begins with a mark opens one, an empty line ends it."""
    parts: list[tuple[BlockKind, list[str]]] = []
    going_on = False
    for line in (line.strip() for line in text.splitlines()):
        kind, rest = _read_line(line)
        if not line:
            going_on = False
        elif kind == "paragraph" and going_on:
            parts[-1][1].append(line)
        else:
            parts.append((kind, [rest]))
            going_on = kind != "heading"
    blocks: list[TextBlock] = []
    number = 0
    for kind, lines in parts:
        number += kind == "article"
        blocks.append(TextBlock(kind=kind, text="\n".join(lines), number=number if kind == "article" else 0))
    return blocks


def _read_line(line: str) -> tuple[BlockKind, str]:
    for kind, mark in _MARKS:
        found = mark.fullmatch(line)
        if found:
            return kind, found["rest"]
    return "paragraph", line
