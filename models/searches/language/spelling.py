"""Which known word a misspelt one was meant to be: by letters that changed places, by sound, by trigrams."""

import re
from dataclasses import dataclass
from math import log10

from models.places.places import fold_name
from models.store.database import Connection, fetch_all

SHORTEST = 4
"""Shorter words are taken as they are: too many others are one letter away."""

LONGEST = 30

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"eaux?|aux?", "o"),
        (r"ph", "f"),
        (r"qu|ck|q|c(?=[^eiyh]|$)|k", "k"),
        (r"(?<=[aeiouy])s(?=[aeiouy])", "z"),
        (r"sc(?=[eiy])|c(?=[eiy])|ss|ti(?=on)", "s"),
        (r"g(?=[eiy])", "j"),
        (r"gu(?=[eiy])", "g"),
        (r"ai|ei|er$|ez$|et$", "e"),
        (r"[ae][nm](?=[^aeiouynm]|$)", "an"),
        (r"[iy][nm](?=[^aeiouynm]|$)", "in"),
        (r"om(?=[^aeiouynm]|$)", "on"),
        (r"oeu|eu", "e"),
        (r"ou", "u"),
        (r"ill|y", "i"),
        (r"h", ""),
        (r"(.)\1+", r"\1"),
        (r"(?<=.)(?:es|e|s|t|d|x|z|p)$", ""),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A known word that looks or sounds like what was typed."""

    word: str
    shown: str
    listings: int
    sound: str


def fold_word(word: str) -> str:
    """A word in small letters without accents and hyphens."""
    return fold_name(word).replace(" ", "").replace("-", "").replace("'", "")


def sort_letters(word: str) -> str:
    """The letters in the order of the alphabet: the same for "tnete" and "tente"."""
    return "".join(sorted(word))


def write_sound(word: str) -> str:
    """How a French word is said, roughly: the same for "perseuse" and "perceuse". Takes it without accents."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


async def list_similar_words(conn: Connection, typed: str, limit: int = 3) -> list[Candidate]:
    """Known words that `typed` may have been meant to be, the likeliest first; none for a short or endless one."""
    word = fold_word(typed)
    if not SHORTEST <= len(word) <= LONGEST:
        return []
    sound = write_sound(word)
    found = await fetch_all(
        conn,
        Candidate,
        """
        SELECT word, shown, listings, sound FROM known_word
        WHERE letters = $2 OR lower(sound) % $3 OR lower(word) % $1 OR lower(word) LIKE $1 || '%'
        """,
        word,
        sort_letters(word),
        sound,
    )
    judged = sorted((cost, one.word, one) for one in found if (cost := _judge(word, sound, one)) is not None)
    return [one for _, _, one in judged[:limit]]


def _judge(word: str, sound: str, other: Candidate) -> float | None:
    """How far apart the two are, what many listings have being nearer; None for too far."""
    alike = sound == other.sound
    most = max(1, min(3, len(word) // 3))
    ways = ((word, other.word, 0), (sound, other.sound, 0 if alike else 1))
    changes = min(
        (count_changes(one, two) + more for one, two, more in ways if abs(len(one) - len(two)) + more <= most),
        default=most + 1,
    )
    if changes > most:
        return None
    return changes - 0.3 * alike + 0.3 * (word[0] != other.word[0]) - 0.15 * log10(1 + other.listings)


def count_changes(one: str, other: str) -> int:
    """How many letters are to be added, taken off, replaced or swapped with a neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (a != b))
            if i > 1 < j and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
