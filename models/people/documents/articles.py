"""What a charter or an own page is made of as somebody types it: headings, numbered articles, lists and paragraphs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "article", "item", "paragraph"]

_MARKS: tuple[tuple[BlockKind, re.Pattern[str]], ...] = (
    ("heading", re.compile(r"#{1,3} +(?P<rest>\S.*)")),
    ("article", re.compile(r"(?:article +)?\d{1,3}(?: ?[.)]| [:–—-]) +(?P<rest>\S.*)", re.IGNORECASE)),
    ("item", re.compile(r"[-*•] +(?P<rest>\S.*)")),
)

_PLAIN_MARKS = tuple(
    (kind, re.compile(r"\d{1,3}[.)] +(?P<rest>\S.*)") if kind == "article" else mark) for kind, mark in _MARKS
)
"""Of a text in which no rules are named: "14 – 18 h" begins no article there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """One part of a text without its mark; lines stay apart. Articles are numbered through, from 1."""

    kind: BlockKind
    text: str
    number: int = 0


def read_blocks(text: str, *, rules: bool = True) -> list[TextBlock]:
    """The parts of a text: a line that begins with a mark opens one, an empty line ends it.

    Without `rules`, only a number with a point or a bracket begins an article.
    """
    parts: list[tuple[BlockKind, list[str]]] = []
    going_on = False
    for line in (line.strip() for line in text.splitlines()):
        kind, rest = _read_line(line, _MARKS if rules else _PLAIN_MARKS)
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


def _read_line(line: str, marks: Sequence[tuple[BlockKind, re.Pattern[str]]]) -> tuple[BlockKind, str]:
    for kind, mark in marks:
        found = mark.fullmatch(line)
        if found:
            return kind, found["rest"]
    return "paragraph", line
