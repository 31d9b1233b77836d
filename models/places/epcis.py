"""Federations of communes (EPCI), found as people type them: by name, acronym, commune or postcode."""

from dataclasses import dataclass

from models.places.places import fold_name, split_postcode
from models.store.database import Connection, fetch_all, fetch_records

SMALL_WORDS = frozenset(("d", "l", "de", "du", "des", "la", "le", "les", "et", "en", "a", "au", "aux", "sur"))

LONGEST_ACRONYM = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Epci:
    """A federation of communes, at the middle of its people."""

    code: str
    name: str
    communes: int
    population: int
    latitude: float
    longitude: float


def make_acronym(name: str) -> str:
    """What people shorten a name to: "mel" for "Métropole Européenne de Lille"."""
    return "".join(word[0] for word in fold_name(name).split() if word not in SMALL_WORDS)


async def find_epci(conn: Connection, code: str) -> Epci | None:
    """The EPCI with this SIREN code."""
    found = await _list(conn, codes=[code], name="", postcode="", limit=1)
    return found[0] if found else None


async def search_epcis(conn: Connection, text: str, limit: int = 10) -> list[Epci]:
    """EPCIs by words of their name, their acronym, or a commune of theirs or its postcode; more people come first.

    "MEL", "métropole de lille", "lille" and "59000" are all understood. Where an acronym fits, that is what was meant,
    unless a commune has that name.
    """
    name, postcode = split_postcode(text[:100])
    if len(name) < 3 and len(postcode) < 5:
        return []
    called = await _list_called(conn, name.strip()) if " " not in name.strip() and len(name) <= LONGEST_ACRONYM else []
    return await _list(conn, codes=called or None, name=name, postcode=postcode, limit=limit)


async def _list_called(conn: Connection, acronym: str) -> list[str]:
    """The codes of EPCIs with this acronym, unless a commune has that name."""
    rows = await fetch_records(
        conn,
        """
        SELECT DISTINCT epci_code, epci_name FROM commune
        WHERE epci_code IS NOT NULL AND NOT EXISTS (SELECT FROM commune WHERE search_name = ' ' || $1)
        """,
        acronym,
    )
    return [row["epci_code"] for row in rows if make_acronym(row["epci_name"]) == acronym]


async def _list(conn: Connection, *, codes: list[str] | None, name: str, postcode: str, limit: int) -> list[Epci]:
    return await fetch_all(
        conn,
        Epci,
        """
        SELECT epci_code AS code, epci_name AS name, count(*) FILTER (WHERE kind = 'commune')::integer AS communes,
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
        [word for word in name.split() if word not in SMALL_WORDS],
        postcode if len(postcode) == 5 else "",
        limit,
    )
