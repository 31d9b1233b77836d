"""Where each commune is: the place of its name that fits its neighbours, else their middle; for `communes.py`."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from deploy.build.gazetteer import Gazetteer, Match, Position, kilometres, middle

LONELY_KM = 12
"""Further than this from all communes of the same postcode or EPCI, a place may well be another of its name."""

APART_KM = 20
"""Further than this from those of the same postcode, it contradicts them."""

PART_KM = 15
"""Further than this from its commune, a place is not the part of it that has its name."""

FAR_FLUNG = frozenset({"973", "987", "988"})
"""Departments and territories whose communes lie too far apart for these rules."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file; the fields are its columns."""

    code: str
    name: str
    postcodes: tuple[str, ...]
    department: str
    region: str
    epci_code: str = ""
    epci_name: str = ""
    population: int = 0
    latitude: float | None = None
    longitude: float | None = None
    precision: str = ""
    parent_code: str = ""
    kind: str = "commune"

    def at(self, position: Position, precision: str) -> "Row":
        """The same, placed."""
        return replace(self, latitude=position[0], longitude=position[1], precision=precision)

    @property
    def position(self) -> Position:
        """Where it was placed."""
        assert self.latitude is not None and self.longitude is not None
        return self.latitude, self.longitude


Rows = dict[str, Row]


@dataclass(frozen=True, slots=True)
class Choice:
    """A commune and the place chosen for it."""

    row: Row
    match: Match

    @property
    def position(self) -> Position:
        """Where the place is."""
        return self.match.point.position

    @property
    def growth(self) -> float:
        """How many times the commune's people the gazetteer counts there; 0 where either does not tell."""
        return self.match.point.population / self.row.population if self.row.population else 0


Share = Callable[[Row], tuple[str, ...]]

SHARED: tuple[tuple[str, Share], ...] = (
    ("postcode", lambda row: row.postcodes),
    ("epci", lambda row: (row.epci_code,) if row.epci_code else ()),
    ("department", lambda row: (row.department,)),
)
"""What communes share with their neighbours, the closest bond first."""


class Map:
    """Chosen places by what their communes share."""

    def __init__(self, choices: dict[str, Choice]) -> None:
        self._groups: dict[tuple[str, str], dict[str, Position]] = defaultdict(dict)
        for choice in choices.values():
            for bond, share in SHARED:
                for key in share(choice.row):
                    self._groups[bond, key][choice.row.code] = choice.position

    def list_near(self, row: Row, bond: str) -> list[Position]:
        """The places of others that share this with `row`."""
        share = dict(SHARED)[bond]
        found = {code: position for key in share(row) for code, position in self._groups.get((bond, key), {}).items()}
        return [position for code, position in sorted(found.items()) if code != row.code]


def place_communes(rows: Rows, gazetteer: Gazetteer) -> None:
    """Give each commune the place of its name; the others the middle of those that they share something with."""
    communes = [row for row in rows.values() if not row.parent_code]
    choices = remove_strangers(choose_places(rows, gazetteer))
    known = Map(choices)
    for row in communes:
        if row.code in choices:
            choice = choices[row.code]
            rows[row.code] = row.at(choice.position, "namesake" if choice.match.doubt else "exact")
            continue
        for bond, _ in SHARED:
            near = known.list_near(row, bond) or (
                gazetteer.list_positions(row.department) if bond == "department" else []
            )
            if near:
                rows[row.code] = row.at(middle(near), bond)
                break


def choose_places(rows: Rows, gazetteer: Gazetteer) -> dict[str, Choice]:
    """For each commune the least doubtful place of its name; among equals the nearest to its neighbours."""
    communes = [row for row in rows.values() if not row.parent_code]
    matches = {row.code: list_matches(row, rows, gazetteer) for row in communes}
    certain = Map({row.code: Choice(row, matches[row.code][0]) for row in communes if is_certain(matches[row.code])})
    choices = {}
    for row in communes:
        near = certain.list_near(row, "postcode") or certain.list_near(row, "epci")
        if matches[row.code]:
            best = min(matches[row.code], key=lambda match: (match.doubt, distance_to(match.point.position, near) or 0))
            choices[row.code] = Choice(row, best)
    return choices


def list_matches(row: Row, rows: Rows, gazetteer: Gazetteer) -> list[Match]:
    """Places of a commune's name; of a new commune's also those of the former one where its town hall is."""
    found = gazetteer.list_matches(row.name, row.department)
    if found or f"{row.code}D" not in rows:
        return found
    return [replace(m, doubt=1) for m in gazetteer.list_matches(rows[f"{row.code}D"].name, row.department)]


def is_certain(matches: list[Match]) -> bool:
    """Whether the first place is the only one of that very name."""
    return bool(matches) and matches[0].doubt == 0


def distance_to(position: Position, others: list[Position]) -> float | None:
    """Kilometres to the nearest of others; None when there are none."""
    return min((kilometres(position, other) for other in others), default=None)


def remove_strangers(choices: dict[str, Choice]) -> dict[str, Choice]:
    """Leave out places that fit neither their neighbours nor the commune's size, the strangest first."""
    left = dict(choices)
    while True:
        known = Map(left)
        strangers = [
            (strangeness, code) for code, choice in left.items() if (strangeness := measure_strangeness(choice, known))
        ]
        if not strangers:
            return left
        # A wrong place also makes its neighbours look strange, so the worst of each neighbourhood goes first.
        worst: dict[str, tuple[float, str]] = {}
        for item in strangers:
            key = left[item[1]].row.department
            worst[key] = max(worst.get(key, item), item)
        for _, code in worst.values():
            del left[code]


def measure_strangeness(choice: Choice, known: Map) -> float:
    """0 for a place that may be the commune; else how far it lies from where it should."""
    if choice.row.department in FAR_FLUNG:
        return 0
    mates, fellows = known.list_near(choice.row, "postcode"), known.list_near(choice.row, "epci")
    to_mate, to_fellow = distance_to(choice.position, mates), distance_to(choice.position, fellows)
    near = min((distance for distance in (to_mate, to_fellow) if distance is not None), default=0)
    contradicted = to_mate is not None and to_mate > APART_KM
    doubtful = choice.match.doubt > 0
    too_large = choice.growth > 1.7
    if contradicted and doubtful and too_large:
        return 1000 + near
    if near > LONELY_KM and contradicted:
        wrong = doubtful or len(mates) >= 3 or not 0.8 < choice.growth < 1.25
    else:
        wrong = near > LONELY_KM and (too_large or (near > APART_KM and not choice.growth))
    return (to_mate or 0) + (to_fellow or 0) if wrong else 0


def place_parts(rows: Rows, gazetteer: Gazetteer) -> None:
    """Give parts of communes the place of their name near their commune; else their postcode's, else the commune's."""
    named = {row.code: row for row in rows.values() if row.precision in {"exact", "namesake"}}
    taken = {row.position: code for code, row in named.items()}
    by_postcode: dict[str, list[Position]] = defaultdict(list)
    for row in named.values():
        for postcode in row.postcodes:
            by_postcode[postcode].append(row.position)
    for part in [row for row in rows.values() if row.parent_code]:
        parent = rows[part.parent_code]
        near = [
            (match.doubt, kilometres(match.point.position, parent.position), number, match)
            for number, match in enumerate(gazetteer.list_matches(name_in_gazetteer(part), part.department))
            if taken.get(match.point.position, part.code) in {part.code, part.parent_code}
        ]
        near = [item for item in near if item[1] <= PART_KM]
        own = [] if part.postcodes[:1] == parent.postcodes[:1] else by_postcode[part.postcodes[0]]
        own = [place for place in own if place != parent.position]
        if near:
            match = min(near)[3]
            placed = part.at(match.point.position, "namesake" if match.doubt else "exact")
            rows[part.code] = replace(placed, population=part.population or match.point.population)
        elif own:
            rows[part.code] = part.at(middle(own), "postcode")
        else:
            rows[part.code] = part.at(parent.position, "parent")


def name_in_gazetteer(part: Row) -> str:
    """ "Paris 2e Arrondissement" is known there as "Paris 02"."""
    city, _, number = part.name.removesuffix(" Arrondissement").rpartition(" ")
    return f"{city} {int(number.rstrip('er')):02d}" if part.kind == "district" else part.name
