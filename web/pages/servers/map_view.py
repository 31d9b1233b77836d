"""A drawn map: degrees to points, communes as dots, names where there is room, a bar that says how far is how far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from models.places.geometry import METRES_PER_DEGREE, Box
from models.places.map_labels import Landmark

SIZES = ((50_000, 0), (10_000, 1), (0, 2))
"""Inhabitants from which on a commune is drawn in this size, 0 being the largest."""

LETTER, LINE, LONGEST_NAME = 8.0, 18.0, 22
"""How wide a letter is on average, how high a line, how many letters of a name are drawn."""

Point = tuple[float, float]

Taken = list[tuple[float, float, float, float]]
"""Where something is drawn already, so that no name covers another: left, top, right, bottom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLabel:
    """A name on the map, centred at `x`."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """Degrees to points: everything is scaled alike, and a degree of longitude is narrower than one of latitude."""

    box: Box
    per_degree: float
    narrow: float
    width: float
    height: float

    def place(self, latitude: float, longitude: float) -> Point:
        """Where something stands in the drawing."""
        return (
            (longitude - self.box.west) * self.narrow * self.per_degree,
            (self.box.north - latitude) * self.per_degree,
        )

    def measure(self, metres: float) -> float:
        """How long so many metres are drawn."""
        return metres / METRES_PER_DEGREE * self.per_degree

    def take(self, taken: Taken, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether there is room; then it is taken."""
        free = left >= 2 and right <= self.width - 2 and top >= 2 and bottom <= self.height - 2
        free = free and not any(
            left < right_of and right > left_of and top < bottom_of and bottom > top_of
            for left_of, top_of, right_of, bottom_of in taken
        )
        if free:
            taken.append((left, top, right, bottom))
        return free

    def find_label(self, taken: Taken, words: str, x: float, heights: Iterable[float]) -> MapLabel | None:
        """The name at the first of these heights where it fits, moved sideways rather than cut at the edge."""
        half = len(words) * LETTER / 2
        middle = min(max(x, half + 4), self.width - half - 4)
        for y in heights:
            if self.take(taken, middle - half, y - LINE + 4, middle + half, y + 4):
                return MapLabel(x=round(middle, 1), y=round(y, 1), words=words)
        return None

    def name_towns(self, taken: Taken, towns: Iterable[Landmark], most: int) -> tuple[MapLabel, ...]:
        """The first of these for which there is room."""
        found: list[MapLabel] = []
        for town in towns:
            x, y = self.place(town.latitude, town.longitude)
            label = self.find_label(taken, shorten(town.name), x, (y - 8, y + 20))
            if label is not None:
                found.append(label)
            if len(found) == most:
                break
        return tuple(found)

    def dot(self, landmarks: Sequence[Landmark]) -> tuple[str, ...]:
        """The communes as one path for each size."""
        paths: list[list[str]] = [[] for _ in SIZES]
        for town in landmarks:
            size = next(size for people, size in SIZES if town.population >= people)
            x, y = self.place(town.latitude, town.longitude)
            paths[size].append(f"M{x:.0f} {y:.0f}h0")
        return tuple("".join(path) for path in paths)

    def choose_scale(self) -> int:
        """The longest round distance that takes at most a quarter of the width, in metres."""
        longest = self.width / 4 / self.per_degree * METRES_PER_DEGREE
        steps = [digit * power for power in (1_000, 10_000, 100_000, 1_000_000) for digit in (1, 2, 5)]
        return max((step for step in steps if step <= longest), default=steps[0])


def make_view(middle: Point, per_degree: float, width: float, height: float) -> MapView:
    """The view around a place (latitude and longitude) in a drawing of this size."""
    latitude, longitude = middle
    narrow = max(cos(radians(latitude)), 0.05)
    tall, wide = height / per_degree, width / per_degree / narrow
    box = Box(
        south=latitude - tall / 2, west=longitude - wide / 2, north=latitude + tall / 2, east=longitude + wide / 2
    )
    return MapView(box=box, per_degree=per_degree, narrow=narrow, width=width, height=height)


def shorten(name: str) -> str:
    """As much of a name as is drawn."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
