"""Hashtags: made from words, found in text, folded so that `#OffreHéninBeaumont` and `#offreheninbeaumont` are one."""

import re
import unicodedata

from models.texts import decompose

MAX_LENGTH = 100

PATTERN = re.compile(r"(?<![\w#＃&/])[#＃](?=\w*[^\W\d_])(\w{1,100})(?!\w)")
"""A hashtag in running text: word characters, among them a letter; not inside a word, an address or an entity."""

_SEPARATORS = "_·・\u200c"
"""What stands between the words of a hashtag where no space may: Mastodon takes these too."""

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_WORDS = re.compile(r"\w+")
_BETWEEN = re.compile(r"\W+")


def fold(name: str) -> str:
    """The form in which hashtags are compared: no case, no accents, nothing but letters, digits and underscores."""
    plain = decompose(name).casefold().translate(_LIGATURES)
    return _BETWEEN.sub("", decompose(plain))


def read_name(written: str) -> str | None:
    """The name that somebody elsewhere gives to a hashtag, without its #; None for what can be none.

    It has letters, digits, marks and what separates words, among them a letter, as in running text.
    """
    name = unicodedata.normalize("NFC", written[: 4 * MAX_LENGTH].strip().lstrip("#＃"))
    if not 0 < len(name) <= MAX_LENGTH or not any(one.isalpha() for one in name):
        return None
    return name if all(one in _SEPARATORS or unicodedata.category(one)[0] in "LMN" for one in name) else None


def make_name(*words: str) -> str:
    """One hashtag, without its #, from words: spaces, hyphens, apostrophes go, each part begins with a capital.

    `make_name("Offre", "Hénin-Beaumont")` is `OffreHéninBeaumont`; `make_name("L'Isle-d'Abeau")` is `LIsleDAbeau`.
    """
    parts = [part for word in words for part in _WORDS.findall(unicodedata.normalize("NFC", word))]
    return "".join(part[0].upper() + part[1:] for part in parts)[:MAX_LENGTH]


def find_names(text: str) -> tuple[str, ...]:
    """The hashtags in plain text, without their #, in order, each once whatever its case and accents."""
    found: dict[str, str] = {}
    for name in PATTERN.findall(text):
        found.setdefault(fold(name), name)
    return tuple(found.values())
