"""A word of a search, and the texts of tsqueries that find it: itself, what else it is called, what serves for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.searches.language.readings import STEM, Reading

_UNITS = (
    ("plac", "person", "per", "conviv", "couvert", "invit"),
    ("pouc", "po"),
    ("v", "volt"),
    ("kg", "kilo", "kilogramm"),
    ("w", "watt"),
)
"""Stems that count the same: who looks for four people's finds four places."""

_UNHEARD = frozenset({"metr", "litr"})
"""What others write as m and l, single letters that no index keeps."""

_NUMERALS = {
    "2": "deux", "3": "troi", "4": "quatr", "5": "cinq", "6": "six", "7": "sept", "8": "huit", "9": "neuf", "10": "dix",
    "12": "douz", "15": "quinz", "20": "vingt", "30": "trent", "40": "quarant", "50": "cinquant", "60": "soix",
    "100": "cent",
}  # fmt: skip

LIGHT_WEIGHT = 0.4
"""What a word counts that says little by itself."""

_LIGHT = {
    *(
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
    ),
    *("journ", "semain", "janvi", "fevri", "mar", "avril", "mai", "juin", "juillet", "aout", "septembr", "octobr"),
    *("novembr", "decembr", "ete", "hiv", "printemp", "automn", "vacanc", "noel"),
    *(
        "grand",
        "petit",
        "gros",
        "bon",
        "neuf",
        "neuv",
        "cher",
        "beau",
        "exterieur",
        "interieur",
        "person",
        "besoin",
        "aid",
    ),
    *("roug", "bleu", "vert", "jaun", "noir", "blanc", "gris", "ros", "orang", "violet", "marron"),
}
"""Stems that say little by themselves: days, seasons, sizes, colours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word, measure or expression of a search. `typed` as it is typed, `taken` as it is looked for.

    `exact`, `near` (with synonyms, kinds and categories) and `wide` (with what it is for) are texts of tsqueries, the
    last two by the names that listings have (`t=`, `u=`, `s=`); `spelt` is `near` in all the words there are for it,
    `rated` is `near` with the word itself, which counts more; `shelf` are the categories of such things. A `light` word
    says little by itself: a measure, a day, a colour. `weight` is what it counts where not all words are found; the
    first word that is not light says what is looked for. `similar` are known words that it may have been meant to be,
    where it is not known itself. `listings` is how many had the word itself, spelt so, when they were counted last; 0
    where that is not known.
    """

    typed: str
    taken: str
    exact: str
    near: str
    wide: str
    spelt: str
    rated: str
    shelf: str = ""
    light: bool = False
    weight: float = 1.0
    synonyms: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    listings: int = 0


def join_all(matches: Sequence[str], unwanted: str = "") -> str:
    """The text of a tsquery that asks for all of them."""
    return " & ".join([*(f"({match})" for match in matches), *([f"!({unwanted})"] if unwanted and matches else [])])


def join_any(matches: Sequence[str]) -> str:
    """The text of a tsquery that asks for one of them."""
    return " | ".join(dict.fromkeys(f"({match})" for match in matches))


_RELATIONS = ("same", "category", "kind", "use", "wider", "shelf")

MOST_RELATED = 40
"""Words of each relation that are looked for."""


def relate(typed: str, taken: str, reading: Reading) -> Word:
    """The word with all that it stands for."""
    own = [_loosen(reading.match), *filter(None, [reading.joined])]
    others = _list_others(reading)
    spelt = [*own, *_list_matches(others, "same", "kind", "category")]
    near, wider = spelt, _list_matches(others, "use", "wider")
    if reading.things:
        near = [*_name("t", reading.things), *filter(None, [reading.joined])]
        wider = [*_name("u", reading.things), *_name("s", [thing for kind, *_, thing in others if kind == "wider"])]
    light = set(STEM.findall(reading.match)) <= _LIGHT
    return Word(
        typed=typed,
        taken=taken,
        exact=join_any(own) if reading.match else "",
        near=join_any(near),
        wide=join_any([*near, *wider]),
        spelt=join_any(spelt),
        rated=join_any([*own, *near]),
        shelf=join_any(_list_matches(others, "shelf")),
        light=light,
        weight=LIGHT_WEIGHT if light else 1.0,
        synonyms=tuple(other for kind, other, *_ in others if kind in ("same", "kind")),
        listings=reading.listings,
    )


def _list_matches(relations: Sequence[tuple[str, str, str, str]], *kinds: str) -> list[str]:
    """What finds those that are related so, the nearest relation first."""
    return [match for kind in kinds for relation, _, match, _ in relations if relation == kind]


def _name(letter: str, things: Iterable[str]) -> list[str]:
    """What finds listings that are called so, see `name_things`."""
    quoted = (thing.replace("\\", "\\\\").replace("'", "''") for thing in things)
    return [f"'{letter}={thing}'" for thing in quoted]


def name_any(letter: str, values: Iterable[str]) -> list[str]:
    """What finds listings that have one of these so (`k=`, `m=`, `c=`), as one part of a tsquery; none of no value."""
    named = _name(letter, values)
    return [join_any(named)] if named else []


def _list_others(reading: Reading) -> list[tuple[str, str, str, str]]:
    """What it is related to, the nearest first, and at most so many of each relation; what finds nothing more is none.

    "Vélo de course" finds nothing beside "vélo", which may be what was typed or another word for it.
    """
    single = [set(STEM.findall(reading.match))]
    others: list[tuple[str, str, str, str]] = []
    for kind in _RELATIONS:
        related = sorted((one for one in reading.relations if one[0] == kind), key=lambda one: (" " in one[1], one[1]))
        for one in related[:MOST_RELATED]:
            stems = set(STEM.findall(one[2]))
            if not any(known <= stems for known in single):
                others.append(one)
                single += [stems] if len(stems) == 1 else []
    return others


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
    figures = [f"'{stem}'" for stem in stems if stem.isdecimal()]
    units = [stem for stem in stems if not stem.isdecimal()]
    exact = " | ".join(figures) or reading.match
    near = reading.match
    if len(figures) > 1:
        near = join_any([near, " & ".join(figures)])
    elif figures and units:
        near = join_any([near, *_list_ways(figures[0].strip("'"), units[0])])
    return Word(
        typed=text,
        taken=text,
        exact=exact,
        near=near,
        wide=near,
        spelt=near,
        rated=near,
        light=True,
        weight=LIGHT_WEIGHT,
    )


def _list_ways(figure: str, unit: str) -> list[str]:
    """Other ways to write a figure with its unit."""
    number = " | ".join(f"'{one}'" for one in (figure, _NUMERALS.get(figure)) if one)
    any_unit = " | ".join(f"'{one}'" for one in _list_units(unit))
    return [f"({number}) <-> ({any_unit})", *([f"'{figure}'"] if unit in _UNHEARD else [])]


def _list_units(stem: str) -> tuple[str, ...]:
    return next((units for units in _UNITS if stem in units), (stem,))
