"""Whether somebody's words say yes or no to terms, and nothing else: whole answers out of a closed list (pure).

Nobody is bound by words that say more: a condition, a question, another day or a word that is not known here makes it a
message, which a person reads. The time is linear in the length, and long texts are no answers.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from federation.texts.html_cleaner import to_text
from models.people.actors import Actor
from outbox.exchanges.plain_language.answer_words import (
    BEFORE_NAMES,
    COMING,
    COURTESY,
    DEAR,
    DONE,
    NO,
    NO_NAMES,
    NOT_COMING,
    WITH_NO,
    WITH_YES,
    YES,
)

LONGEST = 4_000
"""Characters of HTML: an answer with the names of those it is for, as every server writes them, is far shorter."""

MOST_WORDS = 24

_QUOTED = re.compile(r"<(?:del|s|strike|blockquote|pre|code)[\s>]", re.IGNORECASE)
"""Struck out, or somebody else's words."""

_STRUCK = re.compile("[\u0334-\u0338]")
"""The same letter by letter, where an app has no other way."""

_HESITATES = re.compile(r"\.\s?\.|…")
_DROPPED = re.compile("\u200d[\u2640\u2642]|[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]")
"""How an emoji is drawn: its colour, the sex of who is shown."""

_TOKEN = re.compile(
    r"(?P<mention>@[\w.-]*\w(?:@[\w.-]*\w)?)|(?P<picture>:\w+:)"
    r"|(?P<glad>[:;=]-?[)Dp](?!\w)|\^\^|<3)|(?P<sad>[:=]-?\()"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<gap>[\s,.!;:‐‑–—«»“”„\"'’ʼ‘`′*_·•¡-])"
    r"|(?P<other>.)",
    re.DOTALL,
)

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Of the two: `handles` as they are mentioned, `names` as phrases of folded words, `own` those of who writes."""

    handles: frozenset[str] = frozenset()
    names: frozenset[Phrase] = frozenset()
    own: frozenset[Phrase] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """One word as it is compared, and whether it was written like a name."""

    text: str
    capital: bool = False


def _phrases(*tables: str) -> frozenset[Phrase]:
    """The phrases of these tables."""
    lines = (line for table in tables for line in table.strip().split("\n"))
    return frozenset(tuple(one.split()) for line in lines for one in line.split(" | "))


_COURTESY = _phrases(COURTESY)
_YES, _NO = _phrases(YES), _phrases(NO)
_DONE = _phrases(DONE)
_COMING, _NOT_COMING = _phrases(COMING), _phrases(NOT_COMING)
_BESIDE_YES, _BESIDE_NO = _COURTESY | _phrases(WITH_YES), _COURTESY | _phrases(WITH_NO)
_ALL = _YES | _NO | _BESIDE_YES | _BESIDE_NO | _DONE
_NO_NAMES = frozenset(NO_NAMES.split()) | {word for phrase in _ALL for word in phrase}
_LONGEST_PHRASE = max(len(phrase) for phrase in _ALL)


def names_of(author: Actor, other: Actor) -> Names:
    """How whoever writes signs, and calls the other one; what changes an answer is nobody's name."""
    own, others = _list_names(author), _list_names(other)
    handles = {name for one in (author, other) for name in (one.username, f"{one.username}@{one.host}")}
    return Names(handles=frozenset(name.casefold() for name in handles), names=own | others, own=own)


def _list_names(actor: Actor) -> frozenset[Phrase]:
    """The whole name, and each word of it."""
    found: set[Phrase] = {(_fold(actor.username).casefold(),)}
    words = tuple(re.findall(r"[^\W\d_]+", _fold(actor.display_name[:200]).casefold()))
    found |= {words, *((word,) for word in words)}
    return frozenset(name for name in found if name and all(_is_name(word) for word in name))


def _is_name(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and word not in _NO_NAMES


def read_answer(content: str, names: Names) -> bool | None:
    """Whether a note says yes or no and nothing else; None for everything that a person has to read."""
    words = read_words(content, names)
    if not words:
        return None
    if _is_made_of(words, names, core=_NO, beside=_BESIDE_NO):
        return False
    hesitates = _HESITATES.search(to_text(content)) is not None
    return True if not hesitates and _is_made_of(words, names, core=_YES, beside=_BESIDE_YES) else None


def read_coming(content: str, names: Names) -> bool | None:
    """Whether an answer to a meeting says that she comes, or does not, and nothing else; a bare yes or no too."""
    words = read_words(content, names)
    if not words:
        return None
    if _is_made_of(words, names, core=_NOT_COMING | _NO, beside=_BESIDE_NO):
        return False
    hesitates = _HESITATES.search(to_text(content)) is not None
    return True if not hesitates and _is_made_of(words, names, core=_COMING | _YES, beside=_BESIDE_YES) else None


def read_done(content: str, names: Names, *, asked: bool) -> bool:
    """Whether a note says that it was done and nothing else; a bare yes says so where that was `asked`."""
    words = read_words(content, names)
    if not words or _HESITATES.search(to_text(content)) is not None:
        return False
    core = _DONE | _YES if asked else _DONE
    return _is_made_of(words, names, core=core, beside=_BESIDE_YES | _YES)


def is_courtesy(content: str, names: Names) -> bool:
    """Whether a note has nothing to answer: it thanks, or greets."""
    words = read_words(content, names)
    return bool(words) and _is_made_of(words or [], names, core=_COURTESY, beside=frozenset())


def read_words(content: str, names: Names) -> list[_Word] | None:
    """The words of a note, folded, without mentions of the two; None where no word could make it an answer."""
    if len(content) > LONGEST or _QUOTED.search(content):
        return None
    text = to_text(content)
    return None if _STRUCK.search(text) else _list_words(_fold(text), names.handles, names.names)


def _fold(text: str) -> str:
    """Without accents, other widths of the same letters, what nobody sees, and colours of emoji."""
    text = _DROPPED.sub("", text)
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    return "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf"))


def _list_words(text: str, handles: Collection[str], names: Collection[Phrase] = ()) -> list[_Word] | None:
    found: list[_Word] = []
    for match in _TOKEN.finditer(text):
        kind, said = match.lastgroup, match[0]
        if kind == "mention":
            word = _read_mention(said, handles, names)
            if word is None:
                return None
            found += word
        elif kind == "picture" or (kind == "other" and (said,) not in _ALONE):
            return None
        elif kind != "gap":
            found.append(_read_word(kind, said))
        if len(found) > MOST_WORDS:
            return None
    return found


_ALONE = frozenset(phrase for phrase in _YES | _NO | _BESIDE_YES | _BESIDE_NO if not phrase[0].isascii())
"""Emoji."""


def _read_mention(said: str, handles: Collection[str], names: Collection[Phrase]) -> list[_Word] | None:
    """Nothing for a handle of one of the two, a name for what some servers write instead; None for anybody else."""
    handle = said[1:].strip()
    if handle.casefold() in handles:
        return []
    word = _read_word("word", handle)
    return [word] if any(name[0] == word.text for name in names) else None


def _read_word(kind: str | None, said: str) -> _Word:
    if kind in ("glad", "sad"):
        return _Word(text=":)" if kind == "glad" else ":(")
    capital = said[:1].isupper() and not said[1:].isupper()
    return _Word(text=re.sub(r"(.)\1{2,}", r"\1", said.casefold()), capital=capital)


def _is_made_of(words: list[_Word], names: Names, *, core: Collection[Phrase], beside: Collection[Phrase]) -> bool:
    """Whether these words are phrases of the two lists, one after the other, at least one of them of the core."""
    reached: dict[int, bool] = {0: False}
    for start in range(len(words)):
        if start not in reached:
            continue
        for end in range(start + 1, min(start + _LONGEST_PHRASE, len(words)) + 1):
            phrase = tuple(word.text for word in words[start:end])
            if phrase in core:
                reached[end] = True
            elif phrase in beside or _names_somebody(words, start, end, names):
                reached[end] = reached.get(end, False) or reached[start]
    return reached.get(len(words), False)


def _names_somebody(words: list[_Word], start: int, end: int, names: Names) -> bool:
    """Whether one of the two is called by her name there."""
    if words[start].text in DEAR:
        start += 1
    phrase = tuple(word.text for word in words[start:end])
    if phrase not in names.names:
        return False
    before = words[start - 1].text if start else ""
    signed = end == len(words) and phrase in names.own
    return signed or before in BEFORE_NAMES or all(word.capital for word in words[start:end])
