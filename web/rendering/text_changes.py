"""What changed between two versions, line by line, in a time that grows as the texts do."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A line that came or went."""

    kind: Literal["added", "removed"]
    text: str


def list_changes(before: str, after: str) -> list[TextChange]:
    """Lines that went and lines that came, in the order of the text; empty lines aside.

    Lines that stand once in either text are what holds them together; between these what is alike at the beginning
    and at the end stayed.
    """
    old, new = ([line for line in (line.strip() for line in text.splitlines()) if line] for text in (before, after))
    changes: list[TextChange] = []
    old_from = new_from = 0
    for old_to, new_to in [*_list_anchors(old, new), (len(old), len(new))]:
        went, came = _trim(old[old_from:old_to], new[new_from:new_to])
        changes += [TextChange(kind="removed", text=line) for line in went]
        changes += [TextChange(kind="added", text=line) for line in came]
        old_from, new_from = old_to + 1, new_to + 1
    return changes


def _trim(old: Sequence[str], new: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    first = _count_alike(zip(old, new, strict=False))
    old, new = old[first:], new[first:]
    last = _count_alike(zip(reversed(old), reversed(new), strict=False))
    return old[: len(old) - last], new[: len(new) - last]


def _count_alike(pairs: Iterator[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


def _list_anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Where lines that stand once in both texts follow one another in both: the longest row of them."""
    pairs = _list_pairs(old, new)
    tops: list[int] = []  # for each length of a row the smallest place in `new` that ends one
    ends: list[int] = []  # the pair that does
    earlier: list[int] = []  # for each pair the one before it in its row
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        earlier.append(ends[length - 1] if length else -1)
        tops[length : length + 1], ends[length : length + 1] = [place], [index]
    row: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        row.append(pairs[index])
        index = earlier[index]
    return row[::-1]


def _list_pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Where each line stands in both texts that stands once in either."""
    there = _map_single(new)
    return [(place, there[line]) for line, place in _map_single(old).items() if line in there]


def _map_single(lines: Sequence[str]) -> dict[str, int]:
    counts = Counter(lines)
    return {line: place for place, line in enumerate(lines) if counts[line] == 1}
