"""A word of a search, and the text of the tsqueries that find it: itself, what else it is called, what serves for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.searches.language.readings import STEM, Reading

_PEOPLE = "plac", "person", "per", "conviv", "couvert", "invit"
"""Stems that count the same: who looks for four people's finds four places."""

_NUMERALS = {
    "2": "deux", "3": "troi", "4": "quatr", "5": "cinq", "6": "six", "7": "sept", "8": "huit", "9": "neuf", "10": "dix",
    "12": "douz", "15": "quinz", "20": "vingt", "30": "trent", "40": "quarant", "50": "cinquant", "60": "soix", "100": "cent",
}  # fmt: skip

_LIGHT = frozenset(
    [
        "lund",
        "mard",
        "mercred",
        "jeud",
        "vendred",
        "samed",
        "dimanch",
        "matin",
        "soir",
        "midi",
        "week",
        "end",
        "weekend",
        "journ",
        "semain",
        "janvi",
        "fevri",
        "mar",
        "avril",
        "mai",
        "juin",
        "juillet",
        "aout",
        "septembr",
        "octobr",
        "novembr",
        "decembr",
        "ete",
        "hiv",
        "printemp",
        "automn",
        "vacanc",
        "noel",
        "grand",
        "petit",
        "gros",
        "bon",
        "neuf",
        "neuv",
        "pas",
        "cher",
        "beau",
        "exterieur",
        "interieur",
        "roug",
        "bleu",
        "vert",
        "jaun",
        "noir",
        "blanc",
        "gris",
        "ros",
        "orang",
        "violet",
        "marron",
        "aid",
        "besoin",
        "person",
    ]
)
"""Stems that say little by themselves: days, seasons, sizes, colours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word, measure or expression of a search. `typed` as it is typed, `taken` as it is looked for.

    `exact`, `near` (with synonyms, kinds and categories) and `wide` (with what it is for) are texts of tsqueries; so is
    `shelf`, the categories that such things stand in. A `light` word says little by itself: a measure, a day, a colour.
    `weight` is what it counts where not all words are found; the first word that is not light says what is looked for.
    `similar` are known words that it may have been meant to be, where it is not known itself.
    """

    typed: str
    taken: str
    exact: str
    near: str
    wide: str
    shelf: str = ""
    light: bool = False
    weight: float = 1.0
    synonyms: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()


def join_all(matches: Sequence[str], unwanted: str = "") -> str:
    """The text of a tsquery that asks for all of them."""
    return " & ".join([*(f"({match})" for match in matches), *([f"!({unwanted})"] if unwanted and matches else [])])


def join_any(matches: Sequence[str]) -> str:
    """The text of a tsquery that asks for one of them."""
    return " | ".join(dict.fromkeys(f"({match})" for match in matches))


def relate(typed: str, taken: str, reading: Reading) -> Word:
    """The word with all that it stands for."""
    own = [_loosen(reading.match), *([reading.joined] if reading.joined else [])]
    of = {
        relation: [match for kind, _, match in reading.relations if kind == relation and match] for relation in _KINDS
    }
    near = [*own, *map(_loosen, [*of["same"], *of["kind"]]), *of["category"]]
    return Word(
        typed=typed,
        taken=taken,
        exact=join_any(own) if reading.match else "",
        near=join_any(near),
        wide=join_any([*near, *map(_loosen, [*of["use"], *of["wider"]])]),
        shelf=join_any(of["shelf"]),
        light=set(STEM.findall(reading.match)) <= _LIGHT,
        weight=0.4 if set(STEM.findall(reading.match)) <= _LIGHT else 1.0,
        synonyms=tuple(other for kind, other, _ in reading.relations if kind in ("same", "kind")),
    )


_KINDS = ("same", "kind", "wider", "use", "category", "shelf")


def _loosen(match: str) -> str:
    """An expression of two words, with up to two others between them: "garde chat" finds "garde de deux chats"."""
    stems = STEM.findall(match)
    if len(stems) != 2 or "<" not in match:
        return match
    first, second = stems
    return " | ".join(f"'{first}' {near} '{second}'" for near in ("<->", "<2>", "<3>"))


def read_measure(text: str, reading: Reading) -> Word:
    """A number with its unit, written in figures or letters; the figures of a size may have more between them."""
    stems = STEM.findall(reading.match)
    figures = [stem for stem in stems if stem.isdecimal()]
    ways = [reading.match]
    if len(figures) > 1:
        ways.append(" & ".join(f"'{figure}'" for figure in figures))
    elif len(stems) == 2 and figures:
        number = " | ".join(f"'{one}'" for one in (figures[0], _NUMERALS.get(figures[0])) if one)
        units = _PEOPLE if stems[1] in _PEOPLE else (stems[1],)
        unit = " | ".join(f"'{one}'" for one in units)
        ways.append(f"({number}) <-> ({unit})")
    near = join_any(ways)
    return Word(typed=text, taken=text, exact=reading.match, near=near, wide=near, light=True, weight=0.4)
