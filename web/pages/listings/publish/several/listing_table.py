"""A table of listings: its French columns and words become what the publish form would have been sent."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from multidict import MultiDict

from models.errors import Invalid
from models.listings import categories
from models.places.places import fold_name
from models.preferences import Subcategory
from web.forms.table_file import find_columns, quote_heads, read_rows
from web.rendering.i18n import Say
from web.rendering.render import N_

MOST_LINES = 100

Column = Literal[
    "title", "text", "kind", "mode", "category", "commune", "postcode", "place", "condition", "quantity", "deposit",
    "price", "duration", "in_return", "unit", "audience", "expires", "photos",
]  # fmt: skip

HEADS: Mapping[Column, tuple[str, ...]] = {
    "title": ("titre", "title", "nom", "objet"),
    "text": ("texte", "description", "text", "en deux phrases"),
    "kind": ("genre", "type", "kind"),
    "mode": ("mode", "comment"),
    "category": ("categorie", "category"),
    "commune": ("commune", "ville"),
    "postcode": ("code postal", "cp"),
    "place": ("lieu", "ou"),
    "condition": ("etat", "condition"),
    "quantity": ("quantite", "combien", "nombre"),
    "deposit": ("caution",),
    "price": ("prix",),
    "duration": ("duree", "duree la plus longue"),
    "in_return": ("contre quoi", "contre", "en echange"),
    "unit": ("unite", "compte"),
    "audience": ("visible par", "public"),
    "expires": ("fin", "date de fin", "s arrete le", "jusqu au"),
    "photos": ("photos", "photo", "images"),
}
"""How each column may be called, folded, the surest first."""

WORDS: Mapping[Column, Mapping[str, str]] = {
    "kind": {
        "offre": "offer", "demande": "request",
        "je propose": "offer", "propose": "offer", "je cherche": "request", "cherche": "request",
    },
    "mode": {
        "prêt": "loan", "don": "gift", "échange": "swap", "vente": "sale", "service": "service", "autre": "other",
        "à prêter": "loan", "à donner": "gift", "à échanger": "swap", "à vendre": "sale", "coup de main": "service",
    },
    "condition": {
        "neuf": "new", "comme neuf": "like-new", "en bon état": "good", "usagé": "used", "à réparer": "to-repair",
        "bon état": "good", "bon": "good", "usé": "used",
    },
    "unit": {"heure": "hour", "service": "one", "à l’heure": "hour", "le service rendu": "one"},
    "audience": {
        "tout le réseau": "network", "mes territoires": "territories", "ma coop": "coop",
        "réseau": "network", "tous": "network", "territoires": "territories", "coop": "coop",
    },
}  # fmt: skip
"""Words of a column, read without accents, and what the form calls them; the first one of each is said."""

TOO_MANY_CELLS = N_("Il y a %(value)s cases, plus que de colonnes : un séparateur de trop ?")
UNKNOWN_WORD = N_("« %(value)s » n’est pas de ceux-ci : %(known)s.")
UNKNOWN_CATEGORY = N_("« %(value)s » n’est pas une catégorie : prenez un nom de la liste du formulaire.")
UNKNOWN_DURATION = N_("« %(value)s » n’est pas une durée : écrivez par exemple « une semaine ».")

NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3}
SPANS = {"jour": "D", "jours": "D", "semaine": "W", "semaines": "W", "mois": "M"}

SEPARATOR = re.compile(r"[|,;\n]")

MODEL = (
    "titre;texte;genre;mode;catégorie;commune;lieu;état;durée;caution;photos\r\n"
    "Tente 4 places;Double toit, un arceau réparé.;offre;prêt;Camping;59160 Lomme;;en bon état;une semaine;50;"
    "tente-1.jpg | tente-2.jpg\r\n"
    "Canapé deux places;;offre;don;;59160 Lomme;;usagé;;;canape.jpg\r\n"
    "Aide pour un déménagement;Un samedi matin, deuxième étage.;demande;service;;59160 Lomme;;;;;\r\n"
)
"""A table to begin with, as a French spreadsheet opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFault:
    """What is wrong in a line, in which column as the table calls it."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    """One listing as the form would have it, and the names of its photos."""

    line: int
    values: MultiDict[str]
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingTable:
    """What could be read, what could not, and how the table calls its columns."""

    lines: tuple[TableLine, ...]
    faults: tuple[TableFault, ...]
    heads: Mapping[Column, str]


def read_table(
    text: str,
    say: Say,
    modes: Collection[str],
    communities: Mapping[str, str],
    own: Iterable[Subcategory] = (),
) -> ListingTable:
    """The listings of a table, in `modes` of the cooperative; `communities` are those of the author, the audience by
    the name, and `own` the sub-categories of the cooperative. Raises Invalid where it is none, has no titles, or is too
    long.
    """
    rows = read_rows(text, most=MOST_LINES, field="table")
    if len(rows) > MOST_LINES + 1:
        raise Invalid("table_too_long", field="table", most=MOST_LINES)
    heads = [" ".join(head.split()) for head in rows[0][1]]
    places = _find_columns(heads)
    named = {column: heads[place] for column, place in sorted(places.items(), key=lambda pair: pair[1])}
    known = _fold_categories(own)
    lines: list[TableLine] = []
    faults: list[TableFault] = []
    for number, cells in rows[1:]:
        got = {column: cells[place].strip() if place < len(cells) else "" for column, place in places.items()}
        reading = _LineReading(number, named, say, (modes, communities, known))
        if any(cell.strip() for cell in cells[len(heads) :]):
            reading.fail("title", TOO_MANY_CELLS, len(cells))
        lines.append(TableLine(line=number, values=_read_values(got, reading), photos=_list_photos(got)))
        faults.extend(reading.faults)
    if not lines:
        raise Invalid("list_empty", field="table")
    return ListingTable(lines=tuple(lines), faults=tuple(faults), heads=named)


class _LineReading:
    """One line being read, and what is wrong in it."""

    def __init__(
        self,
        line: int,
        heads: Mapping[Column, str],
        say: Say,
        choices: tuple[Collection[str], Mapping[str, str], Mapping[str, str]],
    ) -> None:
        self.line, self.heads, self.say = line, heads, say
        self.modes, self.communities, self.categories = choices
        self.faults: list[TableFault] = []

    def fail(self, column: Column, sentence: str, value: object = "", **values: object) -> None:
        said = self.say(sentence, value=value, **values)
        self.faults.append(TableFault(line=self.line, column=self.heads.get(column, column), sentence=said))


def _find_columns(heads: Sequence[str]) -> dict[Column, int]:
    found = find_columns(heads, HEADS)
    if "title" not in found:
        raise Invalid("table_without_title", field="table", heads=quote_heads(heads))
    return found


def _read_values(got: Mapping[Column, str], reading: _LineReading) -> MultiDict[str]:
    """What the form would have been sent; what nobody wrote is as the form has it first."""
    price = got.get("price", "")
    free = fold_name(price).strip() in {"libre", "prix libre"}
    values = {
        "title": got["title"],
        "text": got.get("text", ""),
        "kind": _choose(got, "kind", reading) or "offer",
        "mode": _choose(got, "mode", reading),
        "category": _find_category(got.get("category", ""), reading),
        "place": " ".join(filter(None, (got.get("postcode", ""), got.get("commune", "")))),
        "at": got.get("place", ""),
        "condition": _choose(got, "condition", reading),
        "quantity": got.get("quantity", "") or "1",
        "deposit": got.get("deposit", ""),
        "price": "" if free else price,
        "free_price": "1" if free else "",
        "max_duration": _read_duration(got.get("duration", ""), reading),
        "in_return": got.get("in_return", ""),
        "unit": _choose(got, "unit", reading) or "one",
        "audience": _choose(got, "audience", reading) or "network",
        "expires": got.get("expires", ""),
    }
    return MultiDict(values)


def _choose(got: Mapping[Column, str], column: Column, reading: _LineReading) -> str:
    """What the form calls the word of this column; a code of the form is understood too."""
    typed = got.get(column, "")
    known = _list_known(column, reading)
    folded, words = fold_name(typed), {fold_name(word): code for word, code in known.items()}
    if not typed or folded in words or typed in words.values():
        return words.get(folded, typed)
    reading.fail(column, UNKNOWN_WORD, typed[:60], known=", ".join(_list_words(known)))
    return ""


def _list_known(column: Column, reading: _LineReading) -> dict[str, str]:
    """The words of a column: modes of the cooperative alone, audiences with the communities of the author."""
    if column == "audience":
        return {**reading.communities, **WORDS[column]}
    return {word: code for word, code in WORDS[column].items() if column != "mode" or code in reading.modes}


def _list_words(known: Mapping[str, str]) -> list[str]:
    """One word for each thing that the form knows."""
    seen: dict[str, str] = {}
    for word, code in known.items():
        seen.setdefault(code, word)
    return list(seen.values())


def _find_category(typed: str, reading: _LineReading) -> str:
    if not typed:
        return ""
    wanted, known = fold_name(typed), reading.categories
    found = [slug for slug, name in known.items() if wanted == name or typed == slug]
    found = found or [slug for slug, name in known.items() if name.startswith(f"{wanted} ")]
    if len(found) == 1:
        return found[0]
    reading.fail("category", UNKNOWN_CATEGORY, typed[:60])
    return ""


def _fold_categories(own: Iterable[Subcategory]) -> dict[str, str]:
    """How each is written, by its slug: of two that are written alike the shared one counts."""
    shared = {one.slug: fold_name(one.french) for one in categories.CATEGORIES if one.branch != "repairs"}
    ours = {one.slug: fold_name(one.label) for one in own}
    return shared | {slug: name for slug, name in ours.items() if name not in shared.values()}


def _read_duration(typed: str, reading: _LineReading) -> str:
    """ "une semaine", "3 jours", or as programs write it: "P1W"."""
    if not typed or re.fullmatch(r"P\d{1,3}[DWM]", typed):
        return typed
    count, _, span = fold_name(typed).strip().partition(" ")
    number = NUMBERS.get(count) or (int(count) if count.isdecimal() and len(count) <= 3 else 0)
    if number and span in SPANS:
        return f"P{number}{SPANS[span]}"
    reading.fail("duration", UNKNOWN_DURATION, typed[:60])
    return ""


def _list_photos(got: Mapping[Column, str]) -> tuple[str, ...]:
    names = (name.strip() for name in SEPARATOR.split(got.get("photos", "")))
    return tuple(dict.fromkeys(name for name in names if name))
