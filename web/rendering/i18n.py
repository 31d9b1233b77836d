"""The reader's language: which one, and the catalogue of its sentences (the msgid is the French sentence)."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any, Protocol

FOLDER = Path(__file__).parents[1] / "locales"

DOMAIN = "messages"

COOKIE = "declic_lang"

COOKIE_LIFETIME = timedelta(days=365)
"""So long a browser remembers which language was chosen."""

LOCALES = {"en": "en_GB"}
"""Where dates and prices follow a country and not only a language: ours are read in Europe."""

LANGUAGE_NAMES = (("fr", "Français"), ("en", "English"))
"""Each language as its speakers call it."""


def N_(sentence: str) -> str:
    """Mark a French sentence for the catalogue where it stands apart from what translates it."""
    return sentence


PART = re.compile(r'(msgid|msgid_plural|msgstr|msgstr\[(\d)\])? ?"(.*)"')
"""One line of a .po file that says something: what it is, and a piece of it (GNU gettext, "The Format of PO Files")."""

ESCAPED = re.compile(r"\\(.)")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}

PLURAL = re.compile(r"plural=(.*?);?\n")


class Catalogue:
    """The sentences of one language, by the French one; whatever it does not hold is said in French."""

    def __init__(self, sentences: dict[str, tuple[str, ...]]) -> None:
        """`sentences` are those of a file: each in as many forms as the language has, the file's own head under ""."""
        found = PLURAL.search("".join(sentences.pop("", ())))
        self._choose: Callable[[int], int] = c2py(found[1] if found else "n != 1")
        self._sentences = {one: forms for one, forms in sentences.items() if any(forms) and forms != (one,)}

    def ugettext(self, sentence: str) -> str:
        """The sentence in this language."""
        return self._sentences.get(sentence, (sentence,))[0]

    def ungettext(self, one: str, many: str, count: int) -> str:
        """The form for so many."""
        forms = self._sentences.get(one, ())
        chosen = self._choose(count)
        return forms[chosen] if chosen < len(forms) else (one if chosen == 0 else many)


def load_catalogue(language: str, folder: Path = FOLDER) -> Catalogue:
    """The sentences of one language, read from its .po file: no build step, nothing else to install.

    Read here because what Babel keeps of each sentence, for editors, is some ten times what readers need.
    """
    with (folder / language / "LC_MESSAGES" / f"{DOMAIN}.po").open(encoding="utf-8") as lines:
        return Catalogue(dict(_read_entries(lines)))


@cache
def find_catalogue(language: str) -> Catalogue:
    """The same, read when the first reader of this language comes, which takes some 30 ms, and kept: a megabyte."""
    return load_catalogue(language)


def _read_entries(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    entry: dict[str, str] = {}
    part = ""
    for line in lines:
        found = PART.fullmatch(line.rstrip("\n"))
        if found is None:  # an empty line, or a comment
            continue
        if found[1] == "msgid" and entry:
            yield _close(entry)
            entry = {}
        part = found[1] or part
        entry[part] = entry.get(part, "") + ESCAPED.sub(lambda one: ESCAPES.get(one[1], one[1]), found[3])
    if entry:
        yield _close(entry)


def _close(entry: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """The sentence and its forms, in their order."""
    return entry["msgid"], tuple(text for part, text in sorted(entry.items()) if part.startswith("msgstr"))


def choose_language(
    languages: tuple[str, ...], *, account: str | None, cookie: str | None, accepted: str | None
) -> str:
    """The first of the reader's wishes that we speak: her account, her cookie, her browser; else our first language."""
    chosen = next((wish for wish in (account, cookie) if wish in languages), None)
    return chosen or next((wish for wish in _read_accept_language(accepted or "") if wish in languages), languages[0])


def _read_accept_language(header: str) -> Iterable[str]:
    """Primary subtags by weight (RFC 9110 §12.5.4); what cannot be read weighs nothing."""
    weighed: list[tuple[float, str]] = []
    for part in header[:200].split(","):
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((float(weight) if weight else 1.0, tag.strip().split("-")[0].lower()))
        except ValueError:
            continue
    return (tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0)


class Say(Protocol):
    """A sentence in the reader's language, with its values set in."""

    def __call__(self, sentence: str, /, **values: Any) -> str: ...
