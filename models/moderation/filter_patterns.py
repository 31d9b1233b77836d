"""What filters look for, and texts held against all of it at once, in one pass over their words.

A line is one or more words, found as whole words whatever their case, accents and plural. `*` in a word stands for any
letters, `…` (or `...`) between two words for at most GAP others. No regular expression of anybody's: what a line may
say is so little that the time is that of the words of the text, whatever lines and text there are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.errors import Invalid
from models.relations.blocking.filter_matching import fold

GAP = 10
"""Words that may stand in place of `…`."""

LEAST_LETTERS = 3
"""Letters in a row that a word with `*` has at least: fewer would be in nearly every word."""

MOST_WORDS = 12
LONGEST_LINE = 120
MOST_LINES = 100
"""Bounds for one filter."""

LONGEST_TEXT = 100_000
LONGEST_WORD = 60
"""Characters of a text, and of a word in it, that are looked at."""

SHOWN = 80
"""Characters of what was found that the team is shown."""

_PATTERN = re.compile(r"\.{3,}|[\w*]+")
_WORD = re.compile(r"\w+")
_PLURALS = ("eux", "oux", "eaux")


@dataclass(frozen=True, slots=True)
class Step:
    """One word of a line, folded, and how many others may stand between it and the one before."""

    word: str
    gap: int


@dataclass(frozen=True, slots=True)
class FoundWords:
    """What a filter found: `words` as they stand in the text, folded."""

    filter_id: int
    words: str


@dataclass(frozen=True, slots=True)
class Matcher:
    """All lines of all filters. `steps` and `globs` lead from a word to (line, step), the last step of a line first."""

    owners: tuple[int, ...]
    lines: tuple[tuple[Step, ...], ...]
    steps: dict[str, list[tuple[int, int]]]
    globs: dict[str, list[tuple[str, int, int]]]


def read_lines(typed: str) -> tuple[str, ...]:
    """The lines of a filter as they were typed, each once, without empty ones. Raises Invalid for a bad one."""
    lines = tuple(dict.fromkeys(" ".join(line.split()) for line in typed.splitlines() if line.strip()))
    if not lines:
        raise Invalid("filter_empty", field="patterns")
    if len(lines) > MOST_LINES:
        raise Invalid("too_many_filter_lines", most=MOST_LINES, field="patterns")
    for line in lines:
        read_line(line)
    return lines


def read_line(line: str) -> tuple[Step, ...]:
    """The words of a line. Raises Invalid."""
    shown = line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
    steps = _read_steps(_PATTERN.findall(fold(line)), shown)
    if not steps:
        raise Invalid("filter_line_incomplete", line=shown, field="patterns")
    if len(line) > LONGEST_LINE or len(steps) > MOST_WORDS:
        raise Invalid("filter_line_too_long", line=shown, most=LONGEST_LINE, field="patterns")
    return tuple(steps)


def _read_steps(parts: list[str], shown: str) -> list[Step]:
    """The words of a line from its parts; none where it begins or ends with a gap, or has nothing else."""
    steps: list[Step] = []
    gap = 0
    for part in parts:
        if part.startswith("."):
            if not steps:
                return []
            gap = GAP
        else:
            steps.append(Step(_read_word(part, shown), gap))
            gap = 0
    return [] if gap else steps


def _read_word(word: str, line: str) -> str:
    if "*" not in word:
        return make_singular(word)
    if max(len(part) for part in word.split("*")) < LEAST_LETTERS:
        raise Invalid("filter_star_too_wide", line=line, least=LEAST_LETTERS, field="patterns")
    return re.sub(r"\*+", "*", word)


def make_singular(word: str) -> str:
    """A French word without the mark of its plural, as far as its end tells; as our search does (`fold_plurals`)."""
    if len(word) > 3 and (word[-1] == "s" or word.endswith(_PLURALS)):
        return word[:-1]
    return word


@lru_cache(maxsize=4)
def build_matcher(filters: tuple[tuple[int, tuple[str, ...]], ...]) -> Matcher:
    """All that these filters look for, by their ids."""
    owners: list[int] = []
    lines: list[tuple[Step, ...]] = []
    for filter_id, patterns in filters:
        for pattern in patterns:
            owners.append(filter_id)
            lines.append(read_line(pattern))
    steps: dict[str, list[tuple[int, int]]] = {}
    globs: dict[str, list[tuple[str, int, int]]] = {}
    for number, line in enumerate(lines):
        for place in range(len(line) - 1, -1, -1):
            word = line[place].word
            if "*" in word:
                globs.setdefault(_name_glob(word), []).append((word, number, place))
            else:
                steps.setdefault(word, []).append((number, place))
    return Matcher(owners=tuple(owners), lines=tuple(lines), steps=steps, globs=globs)


def _name_glob(word: str) -> str:
    """Letters that every word has for which this one stands."""
    return max(word.split("*"), key=len)[:LEAST_LETTERS]


def find_matches(matcher: Matcher, texts: Iterable[str]) -> list[FoundWords]:
    """What each filter found first; nothing of those that found nothing. No line goes on from one text to the next."""
    found: dict[int, str] = {}
    room = LONGEST_TEXT
    known: dict[str, Sequence[tuple[int, int]]] = {}
    for text in texts:
        _search(matcher, fold(text[:room]), known, found)
        room = max(0, room - len(text))
    return [FoundWords(filter_id, words) for filter_id, words in found.items()]


def _search(matcher: Matcher, text: str, known: dict[str, Sequence[tuple[int, int]]], found: dict[int, str]) -> None:
    """One pass: of each line is kept how far it came last (the later the better), and where that began."""
    reached: dict[tuple[int, int], tuple[int, int]] = {}
    for position, one in enumerate(_WORD.finditer(text)):
        word = one[0][:LONGEST_WORD]
        if word not in known:
            known[word] = _list_steps(matcher, word)
        for number, place in known[word]:
            start = _go_on(matcher.lines[number], (number, place), position, one.start(), reached)
            if start is not None and place == len(matcher.lines[number]) - 1:
                found.setdefault(matcher.owners[number], text[start : one.end()][:SHOWN])


def _go_on(
    line: tuple[Step, ...],
    step: tuple[int, int],
    position: int,
    start: int,
    reached: dict[tuple[int, int], tuple[int, int]],
) -> int | None:
    """Where the words begin that lead up to this step, which stands here; None where they do not."""
    number, place = step
    if place:
        before = reached.get((number, place - 1))
        if before is None or position - before[0] - 1 > line[place].gap:
            return None
        start = before[1]
    reached[step] = (position, start)
    return start


def _list_steps(matcher: Matcher, word: str) -> Sequence[tuple[int, int]]:
    """Which steps of which lines this word can be; the last ones of a line first, so that it counts for one alone."""
    plain = matcher.steps.get(make_singular(word), ())
    names = {word[at : at + LEAST_LETTERS] for at in range(len(word) - LEAST_LETTERS + 1)}
    globs = {one for name in names & matcher.globs.keys() for one in matcher.globs[name]}
    fitting = [(number, place) for glob, number, place in globs if _fits(glob, word)]
    return sorted((*plain, *fitting), key=lambda step: (step[0], -step[1])) if fitting else plain


def _fits(glob: str, word: str) -> bool:
    """Whether a word with `*` stands for this one: its parts in their order, each where it comes first."""
    first, *middle, last = glob.split("*")
    end = len(word) - len(last)
    if not word.startswith(first) or not word.endswith(last) or end < len(first):
        return False
    at = len(first)
    for part in middle:
        at = word.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
