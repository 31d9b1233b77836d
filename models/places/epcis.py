"""Federations of communes (EPCI), found as people type them: by name, acronym, commune or postcode."""

import re
from dataclasses import dataclass

from models.places.place_names import shorten_epci
from models.places.places import fold_name, split_postcode
from models.store.database import Connection, fetch_all, fetch_records

SMALL_WORDS = frozenset(("d", "l", "de", "du", "des", "la", "le", "les", "et", "en", "a", "au", "aux", "sur"))

LONGEST_ACRONYM = 8

USUAL_ACRONYMS = {
    "3m": "243400017",  # montpellier3m.fr
    "alm": "244900015",  # angersloiremetropole.fr
    "amp": "200054807",  # ampmetropole.fr
    "ca2c": "200030633",  # caudresis-catesis.fr
    "cab": "246200729",  # agglo-boulonnais.fr
    "capb": "200067106",  # communaute-paysbasque.fr
    "cucm": "247100290",  # creusot-montceau.org
    "cud": "245900428",  # communaute-urbaine-dunkerque.fr
    "ems": "246700488",  # strasbourg.eu
    "gbm": "242500361",  # grandbesancon.fr
    "gpseo": "200059889",  # gpseo.fr
    "lhsm": "200084952",  # lehavreseinemetropole.fr
    "lmcu": "200093201",  # what lillemetropole.fr was called before 2015
    "m2a": "200066009",  # mulhouse-alsace.fr
    "mel": "200093201",  # lillemetropole.fr
    "nca": "200030195",  # nicecotedazur.org
    "pmm": "200027183",  # perpignanmediterraneemetropole.fr
    "sqy": "200058782",  # saint-quentin-en-yvelines.fr
    "tpm": "248300543",  # metropoletpm.fr
}
"""What EPCIs call themselves for short on their own sites, where it is more or less than their initials."""

SIREN = re.compile(r"2\d{8}")

READ = 100
"""So many that have all the words of a name are looked at for those that have no other."""

LABEL = re.compile(r"(.*\S) *\((\d{2,3}|2[ABab])\) *")

SHORT_FORMS = {
    "cc": ("communaute", "communes"),
    "ca": ("communaute", "agglomeration"),
    "cu": ("communaute", "urbaine"),
    "agglo": ("agglomeration",),
}
"""How the first words of their names are shortened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epci:
    """A federation of communes, at the middle of its people; `department` is that of its largest commune."""

    code: str
    name: str
    department: str
    communes: int
    population: int
    latitude: float
    longitude: float

    @property
    def label(self) -> str:
        """As it is offered and typed: "Métropole Européenne de Lille (59)"; some have one name in two departments."""
        return f"{self.name} ({self.department})"


LONG_FORMS = {
    "Communauté de communes": "CC",
    "Communauté d'agglomération": "CA",
    "Communauté urbaine": "CU",
}
"""How the names of most begin, and how that is shortened where there is little room."""


def shorten_name(name: str) -> str:
    """The name for a button: "CA d'Hénin-Carvin"."""
    for long, short in LONG_FORMS.items():
        name = name.replace(long, short, 1)
    return name


def make_acronym(name: str) -> str:
    """What people shorten a name to: "mel" for "Métropole Européenne de Lille"."""
    return "".join(word[0] for word in fold_name(name.partition("(")[0]).split() if word not in SMALL_WORDS)


def _is_called(code: str, name: str, acronym: str) -> bool:
    """Whether it has this acronym: the usual one, that in its official name ("CARENE"), or its initials."""
    if USUAL_ACRONYMS.get(acronym) == code or make_acronym(name) == acronym:
        return True
    return f" {acronym}" == fold_name(name.partition("(")[2])


async def find_epci(conn: Connection, code: str) -> Epci | None:
    """The EPCI with this SIREN code."""
    found = await _list(conn, codes=[code], words=[], limit=1)
    return found[0] if found else None


async def search_epcis(conn: Connection, text: str, limit: int = 10) -> list[Epci]:
    """EPCIs by words of their name, their acronym, or a commune of theirs or its postcode; more people come first.

    "MEL", "métropole de lille", "lille" and "59000" are all understood. Where an acronym fits, that is what was meant,
    unless a commune has that name.
    """
    name, postcode = split_postcode(text[:100])
    if len(name) < 3 and len(postcode) < 5:
        return []
    called = await _list_called(conn, name.strip())
    return await _list(conn, codes=called or None, name=name, words=_list_words(name), postcode=postcode, limit=limit)


async def list_named(conn: Connection, text: str, limit: int = 6) -> list[Epci]:
    """EPCIs that are called so, by their whole name, the one without its form, or an acronym: "MEL", "Hénin-Carvin".

    Several have the same acronym, and two the same name; a department behind it says which: "Métropole Européenne de
    Lille (59)". A SIREN code names one.
    """
    if SIREN.fullmatch(text.strip()):
        return await _list(conn, codes=[text.strip()], words=[], limit=1)
    typed, department = _split_department(text[:100])
    name = fold_name(typed)
    called = await _list_called(conn, name.strip())
    found = await _list(conn, codes=called or None, words=[] if called else _list_words(name), limit=READ)
    named = [one for one in found if called or name in (fold_name(one.name), fold_name(shorten_epci(one.name)))]
    return [one for one in named if department in ("", one.department)][:limit]


def _split_department(text: str) -> tuple[str, str]:
    """What stands before the department of a label, and the department; "" where none is named."""
    found = LABEL.fullmatch(text)
    return (found[1], found[2].upper()) if found else (text, "")


async def list_with_words(conn: Connection, text: str, limit: int = 6) -> list[Epci]:
    """EPCIs whose names have these words, or begin them so: "hénin carvin", "CC Flandre Lys"."""
    return await _list(conn, codes=None, words=_list_words(fold_name(_split_department(text[:100])[0])), limit=limit)


def _list_words(name: str) -> list[str]:
    """The words of a folded name that tell EPCIs apart, the usual short forms written out."""
    words = [word for word in name.split() if word not in SMALL_WORDS]
    return [*SHORT_FORMS.get(words[0], (words[0],)), *words[1:]] if words else []


async def _list_called(conn: Connection, acronym: str) -> list[str]:
    """The codes of EPCIs with this acronym, unless a commune has that name."""
    if (not 3 <= len(acronym) <= LONGEST_ACRONYM and acronym not in USUAL_ACRONYMS) or " " in acronym:
        return []
    rows = await fetch_records(
        conn,
        """
        SELECT DISTINCT epci_code, epci_name FROM commune
        WHERE epci_code IS NOT NULL AND NOT EXISTS (SELECT FROM commune WHERE search_name = ' ' || $1)
        """,
        acronym,
    )
    return [row["epci_code"] for row in rows if _is_called(row["epci_code"], row["epci_name"], acronym)]


async def _list(
    conn: Connection,
    *,
    codes: list[str] | None,
    words: list[str],
    limit: int,
    name: str = "",
    postcode: str = "",
) -> list[Epci]:
    """Those with these codes; else those with all these words, with a commune of this name, or with this postcode."""
    return await fetch_all(
        conn,
        Epci,
        """
        SELECT epci_code AS code, epci_name AS name,
            (array_agg(department ORDER BY population DESC, code))[1] AS department,
            count(*) FILTER (WHERE kind = 'commune')::integer AS communes,
            sum(population) FILTER (WHERE kind = 'commune')::integer AS population,
            sum(latitude * (population + 1)) / sum(population + 1) AS latitude,
            sum(longitude * (population + 1)) / sum(population + 1) AS longitude
        FROM commune
        WHERE epci_code IS NOT NULL AND ($1::text[] IS NULL OR epci_code = ANY($1))
        GROUP BY epci_code, epci_name
        HAVING $1 IS NOT NULL OR bool_or(search_name = $2) OR ($4 <> '' AND bool_or(postcodes @> ARRAY[$4]))
            OR (cardinality($3::text[]) > 0 AND (
                SELECT bool_and(strpos(' ' || translate(fold(epci_name), '-''’', '   '), ' ' || word) > 0)
                FROM unnest($3::text[]) AS word
            ))
        ORDER BY population DESC, code
        LIMIT $5
        """,
        codes,
        name,
        words,
        postcode if len(postcode) == 5 else "",
        limit,
    )
