"""Where things are: the communes of France and their federations (EPCI), found as people type them."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from models.places.geometry import CELL, blur
from models.store.database import Connection, fetch_all, fetch_column, fetch_one
from models.texts import decompose

INSEE_LENGTH = 5
"""Characters of the code of a commune."""

MOST_OF_A_POSTCODE = 100
"""More than share any postcode: 62 share 14140."""

NAMESAKES = 20
"""More communes than bear one name: the most that do are 13, called Saint-Sauveur."""

Precision = Literal["exact", "namesake", "parent", "postcode", "epci", "department"]

CommuneKind = Literal["commune", "delegated", "associated", "district"]

RADII: dict[Precision, int] = {
    "exact": 2_000,
    "namesake": 3_000,
    "parent": 4_000,
    "postcode": 8_000,
    "epci": 16_000,
    "department": 50_000,
}
"""Metres around a commune's position within which nine of ten really lie (measured on those placed exactly)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place as others may see it: a commune, a blurred circle, or the exact address of an organization.

    `latitude` and `longitude` in degrees (WGS 84), `radius` in metres.
    """

    name: str
    postcode: str | None = None
    commune_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: int | None = None


def place_fields(place: Place | None) -> dict[str, Any]:
    """The place as listings, drafts and profiles have it among their own fields; all None for nowhere."""
    return {
        "place_name": place.name if place else None,
        "postcode": place.postcode if place else None,
        "commune_code": place.commune_code if place else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "radius": place.radius if place else None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """A commune, or a part of one that people name as theirs (Lomme is one). Its own postcodes come first."""

    code: str
    name: str
    postcodes: list[str]
    department: str
    region: str
    epci_code: str | None
    epci_name: str | None
    population: int
    latitude: float
    longitude: float
    precision: Precision
    parent_code: str | None
    kind: CommuneKind

    @property
    def label(self) -> str:
        """As it is offered and typed: "Lomme (59160)"."""
        return f"{self.name} ({self.postcodes[0]})" if self.postcodes else self.name

    @property
    def place(self) -> Place:
        """The commune as the place of a listing or a person."""
        return Place(
            name=self.name,
            postcode=self.postcodes[0] if self.postcodes else None,
            commune_code=self.code,
            latitude=self.latitude,
            longitude=self.longitude,
            radius=RADII[self.precision],
        )


def fold_name(text: str) -> str:
    """A name as it is compared: "St-Étienne" and "saint etienne" both become " saint etienne".

    A space stands before each word, so that the start of any word can be found.
    """
    plain = decompose(text.lower().replace("œ", "oe").replace("æ", "ae"))
    words = re.findall(r"[a-z0-9]+", "".join(char for char in plain if not unicodedata.combining(char)))
    return "".join(" " + {"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def split_postcode(text: str) -> tuple[str, str]:
    """The folded name and the (start of a) postcode in what somebody typed: "59160 Lomme", "Lomme (59160)"."""
    words = fold_name(text).split()
    digits = [word for word in words if word.isdecimal() and 2 <= len(word) <= 5]
    return "".join(f" {word}" for word in words if word not in digits[:1]), digits[0] if digits else ""


async def find_commune(conn: Connection, code: str) -> Commune | None:
    """The commune with this INSEE code."""
    return await fetch_one(
        conn,
        Commune,
        """
        SELECT code, name, postcodes, department, region, epci_code, epci_name, population, latitude, longitude,
            precision, parent_code, kind
        FROM commune WHERE code = $1
        """,
        code,
    )


async def search_communes(conn: Connection, text: str, limit: int = 10, *, mistyped: bool = True) -> list[Commune]:
    """Communes by the start of any word, by postcode or by both, the likeliest first.

    "lomm", "st etienne", "59160", "59160 Lomme" and "Lomme (59160)" are all understood. Whose own postcode it
    is comes before whose commune has it, then whole names, then the more people. What nobody matches is taken
    for a typing error where it may be `mistyped`. One letter finds nothing.
    """
    name, postcode = split_postcode(text[:100])
    found = await _search_begun(conn, name, postcode, limit)
    return found or (await _search_similar(conn, name, limit) if mistyped and len(name) > 3 else [])


async def _search_begun(conn: Connection, name: str, postcode: str, limit: int) -> list[Commune]:
    """Those whose name, or postcode, begins so; those of the name alone where no postcode goes with it."""
    if len(name) + len(postcode) < 2 or (name and len(name) < 3 and not postcode):
        return []
    found = await _search(conn, name, postcode, limit)
    return await _search(conn, name, "", limit) if not found and name and postcode else found


async def list_communes_named(conn: Connection, text: str) -> list[Commune]:
    """The communes that somebody named in full: "Lomme", "59160 Lomme", a postcode; those with more people first.

    Several where they bear one name and no postcode tells them apart: "Saint-Denis". A postcode alone names one.
    """
    name, postcode = split_postcode(text[:100])
    if not name:
        return await _search(conn, "", postcode, 1) if len(postcode) == 5 else []
    found = await _search(conn, name, postcode, NAMESAKES)
    return [one for one in found if fold_name(one.name) == name]


async def list_with_postcode(conn: Connection, postcode: str) -> list[Commune]:
    """Communes with this postcode, first those whose own it is."""
    return await _search(conn, "", postcode, MOST_OF_A_POSTCODE) if len(postcode) == 5 else []


async def find_commune_named(conn: Connection, text: str) -> Commune | None:
    """The one commune that somebody named in full; None where nothing fits, or several do."""
    named = await list_communes_named(conn, text)
    return named[0] if len(named) == 1 else None


async def _search(conn: Connection, name: str, postcode: str, limit: int) -> list[Commune]:
    return await fetch_all(
        conn,
        Commune,
        """
        SELECT code, name, postcodes, department, region, epci_code, epci_name, population, latitude, longitude,
            precision, parent_code, kind
        FROM commune
        WHERE ($1 = '' OR search_name LIKE '%' || $1 || '%')
            AND ($2 = '' OR length($2) = 5 OR EXISTS (SELECT FROM unnest(postcodes) p WHERE starts_with(p, $2)))
            AND (length($2) < 5 OR postcodes @> ARRAY[$2])
        ORDER BY search_name = $1 DESC, starts_with(postcodes[1], $2) DESC, starts_with(search_name, $1) DESC,
            population DESC, code
        LIMIT $3
        """,
        name,
        postcode,
        limit,
    )


async def _search_similar(conn: Connection, name: str, limit: int) -> list[Commune]:
    return await fetch_all(
        conn,
        Commune,
        """
        SELECT code, name, postcodes, department, region, epci_code, epci_name, population, latitude, longitude,
            precision, parent_code, kind
        FROM commune
        WHERE search_name % $1
        ORDER BY similarity(search_name, $1) DESC, population DESC, code
        LIMIT $2
        """,
        name,
        limit,
    )


async def list_communes(conn: Connection, codes: list[str]) -> list[Commune]:
    """These communes, by name."""
    return await fetch_all(
        conn,
        Commune,
        """
        SELECT code, name, postcodes, department, region, epci_code, epci_name, population, latitude, longitude,
            precision, parent_code, kind
        FROM commune WHERE code = ANY($1)
        ORDER BY search_name
        """,
        codes,
    )


async def list_codes(conn: Connection, code: str) -> list[str]:
    """The INSEE codes of a commune and of its parts: Lomme is found in Lille."""
    return await fetch_column(conn, "SELECT code FROM commune WHERE code = $1 OR parent_code = $1 ORDER BY code", code)


async def find_main_commune(conn: Connection, epci_code: str) -> Commune | None:
    """The commune of an EPCI with the most people."""
    communes = await list_by_epci(conn, epci_code)
    return max(communes, key=lambda commune: commune.population, default=None)


async def list_by_epci(conn: Connection, epci_code: str) -> list[Commune]:
    """The communes of an EPCI, by name; their parts left out."""
    return await fetch_all(
        conn,
        Commune,
        """
        SELECT code, name, postcodes, department, region, epci_code, epci_name, population, latitude, longitude,
            precision, parent_code, kind
        FROM commune WHERE epci_code = $1 AND kind = 'commune'
        ORDER BY search_name
        """,
        epci_code,
    )


def blurred_place(commune: Commune, latitude: float, longitude: float) -> Place:
    """A point of somebody in this commune, as others may see it."""
    centre = blur(latitude, longitude)
    return Place(
        name=commune.name,
        postcode=commune.postcodes[0] if commune.postcodes else None,
        commune_code=commune.code,
        latitude=centre[0],
        longitude=centre[1],
        radius=CELL,
    )
