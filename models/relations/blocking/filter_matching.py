"""Texts held against filters: words are found whatever their case and accents."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.relations.blocking.filters import Filter, Keyword
from models.texts import decompose

LOOKED_AT = 20_000
"""So many characters of what a post says are held against filters."""

_NO_LETTER = re.compile(r"\W")

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A filter that holds for a post, the words that it found there, and whether it names the post itself."""

    filter: Filter
    keywords: tuple[str, ...]
    named: bool


def find_matches(filters: Sequence[Filter], post_id: int, texts: Iterable[str]) -> list[Match]:
    """Those of these filters that hold for a post that says this."""
    text = fold("\n".join(texts)[:LOOKED_AT])
    found: list[Match] = []
    for filter in filters:
        words = tuple(keyword.keyword for keyword in filter.keywords if _contains(text, keyword))
        named = any(one.post_id == post_id for one in filter.posts)
        if words or named:
            found.append(Match(filter=filter, keywords=words, named=named))
    return found


def fold(text: str) -> str:
    """A text without case and accents, and with single spaces."""
    plain = decompose(text).casefold().translate(_LIGATURES)
    marks = {ord(one): None for one in set(plain) if unicodedata.combining(one)}  # few, however long the text is
    return " ".join((plain.translate(marks) if marks else plain).split())


def _contains(text: str, keyword: Keyword) -> bool:
    """Whether the folded text has these words; as a whole, no letter or digit goes on at either end."""
    wanted = fold(keyword.keyword)
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        if not keyword.whole_word or not (_goes_on(text, start) or _goes_on(text, end)):
            return True
        start = text.find(wanted, _next_beginning(text, start))
    return False


def _next_beginning(text: str, place: int) -> int:
    """Where after this place whole words may begin: not within the word that stands here, however long it is."""
    if not _is_letter(text[place]):
        return place + 1
    ending = _NO_LETTER.search(text, place + 1)
    return ending.start() if ending else len(text)


def _goes_on(text: str, place: int) -> bool:
    """Whether one word stands on both sides of this place."""
    return 0 < place < len(text) and _is_letter(text[place - 1]) and _is_letter(text[place])


def _is_letter(one: str) -> bool:
    return one.isalnum() or one == "_"
