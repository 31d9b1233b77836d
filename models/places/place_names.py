"""Names of places in French sentences: "à Lille", "du Mans", "dans le Pays de Mormal"; what an EPCI is for short.

What a name alone does not tell stands in `models/data/place_names.tsv`, which was looked through.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

from models.texts import decompose

FILE = Path(__file__).parents[1] / "data" / "place_names.tsv"

ASPIRATED = "h"
"""How a name is listed before which "de" and "que" keep their vowel: "de Hem"."""

TERRITORY = "sur le territoire de"

FORM_OF_EPCI = re.compile(
    r"(?:(?i:communauté (?:d['’]agglomération|de communes|urbaine))|CA|CC|CU)\s+"
    r"(?:de la |de l['’]|de |du |des |d['’])?(?P<name>.+)"
)
"""The article is written small; a capital one belongs to a town: "de La Rochelle"."""

ADDED = re.compile(r"""(?:\([^()]*\)|''[^']*''|(?<=.)"[^"]*")$""")
"""An acronym or a second name behind that of an EPCI: "Est Lyonnais (CCEL)"."""

BRAND = re.compile(r".* (?:communaute|metropole|agglomeration|agglo|interco|intercom'?|plus)|.*-metropole")
"""How a name ends that an EPCI gave itself, which stays as it is: "à Loudéac Communauté"."""

ARTICLE = re.compile(r"(?P<article>les? |la |l['’] ?)(?P<bare>.+)", re.IGNORECASE)

VOWELS = tuple("aeiouy")

CONTRACTED = (
    ("Le ", {"à": "au ", "de": "du "}),
    ("Les ", {"à": "aux ", "de": "des "}),
    ("Aux ", {"à": "aux ", "de": "des "}),
)

OFFICES = ("communaute", "agglomeration", "agglo", "metropole", "eurometropole", "interco", "intercom")
"""What is no name, and has an article, at its beginning."""

OF = {"le": "du ", "la": "de la ", "l’": "de l’", "les": "des ", "au": "du ", "aux": "des "}
"""What "de" becomes with the article that a listed way of saying "in" ends with."""


def shorten_epci(name: str) -> str:
    """What people call an EPCI: "Hénin-Carvin" for "Communauté d'agglomération d'Hénin-Carvin"."""
    found = FORM_OF_EPCI.fullmatch(name)
    short = ADDED.sub("", found["name"] if found else name).strip('" ')
    short = _read_file()["short"].get(_fold(short), short)
    return short[:1].upper() + short[1:]


def compose_in(name: str) -> str:
    """Where something is: "à Lille", "au Mans", "aux Sables-d'Olonne", "dans la Métropole Européenne de Lille".

    Of several with commas between them: "à Lille, Lomme et Hellemmes", "à Lens et au Mans".
    """
    return _compose_each(name, "à", _compose_in_one)


def compose_of(name: str) -> str:
    """Whose something is, or near what: "de Lille", "d’Arras", "du Mans", "des Sables-d'Olonne", "du Pays Basque".

    Of several: "de Lille et Lomme", "de Lens et d’Arras".
    """
    return _compose_each(name, "de", _compose_of_one)


def _compose_each(name: str, word: Literal["à", "de"], write: Callable[[str], str]) -> str:
    """The word once where it is the same before each of several, else before each."""
    listed = name.removesuffix("…").rstrip()
    parts = [part for part in listed.split(", ") if part]
    if len(parts) < 2 or _fold(name) in _read_file()["names"]:
        return write(name)
    composed = [write(part) for part in parts]
    if composed == [f"{word} {part}" for part in parts]:
        composed[1:] = parts[1:]
    if listed != name:
        return f"{', '.join(composed)}{name.removeprefix(listed)}"
    return f"{', '.join(composed[:-1])} et {composed[-1]}"


def _compose_in_one(name: str) -> str:
    how, bare = _find_way(name)
    if how is None:
        return _contract("à", name)
    if "|" in how:
        return how.partition("|")[0]
    if how == TERRITORY:
        return f"sur le territoire {_contract('de', name)}"
    return f"{how}{bare}" if how.endswith("’") else f"{how} {bare}"


def _compose_of_one(name: str) -> str:
    how, bare = _find_way(name)
    if how and "|" in how:
        return how.partition("|")[2]
    of = OF.get((how or "").rpartition(" ")[2])
    return of + bare if of else _contract("de", name)


def _contract(word: Literal["à", "de"], name: str) -> str:
    """ "à" or "de" before the name of a town: one with its "Le" or "Les", "de" without its vowel before another."""
    for article, contracted in CONTRACTED:
        if name.startswith(article):
            return contracted[word] + name.removeprefix(article)
    return f"d’{name}" if word == "de" and _is_elided(name) else f"{word} {name}"


def _is_elided(name: str) -> bool:
    """Whether "de" loses its vowel before it: before vowels and most h."""
    folded = _fold(name)
    if not folded.startswith("h"):
        return folded.startswith(VOWELS)
    ways = _read_file()["names"]
    return ASPIRATED not in (ways.get(folded), ways.get(re.split(r"[ ,-]", folded)[0]))


def _find_way(name: str) -> tuple[str | None, str]:
    """How "in" is said before this name, and what of it follows; None for a town: "à", and the name as it is."""
    found = ARTICLE.fullmatch(name)
    bare = found["bare"] if found else name
    how = _look_up(name, bare)
    if how is None and found and found["article"][0].islower():
        how = "dans " + found["article"].strip().lower().replace("'", "’")
    if how in (None, ASPIRATED, "à"):
        return None, name
    return _elide(how, bare), bare


def _look_up(name: str, bare: str) -> str | None:
    """What is listed for the name, with its article or without it, or for its first word."""
    ways, words = _read_file()["names"], _read_file()["words"]
    folded = _fold(bare)
    listed = ways.get(_fold(name)) or ways.get(folded)
    if listed:
        return listed
    first, _, rest = folded.partition(" ")
    if first not in OFFICES and BRAND.fullmatch(folded):
        return "à"
    return words.get(first) if rest else None


def _elide(how: str, bare: str) -> str:
    """ "la Agglomération" is no French."""
    start, _, article = how.rpartition(" ")
    return f"{start} l’" if article in ("le", "la") and _is_elided(bare) else how


def _fold(name: str) -> str:
    """A name as it is compared: without accents, its ligatures and apostrophes made plain."""
    plain = decompose(name.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "'"))
    return "".join(char for char in plain if not unicodedata.combining(char))


@cache
def _read_file() -> dict[str, dict[str, str]]:
    """Ways by whole `names`, by the first of several `words`, and what is `short` for a name."""
    tables: dict[str, dict[str, str]] = {"names": {}, "words": {}, "short": {}}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        kind, name, way = line.split("\t")
        tables[kind][_fold(name)] = way
    return tables
