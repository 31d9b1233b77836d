"""The network as a drawing: territories where they lie, among the communes that come with the software.

No tiles and nobody asked: the page holds the whole drawing, and the list beside it says the same in words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from models.places.geometry import METRES_PER_DEGREE, Box, distance
from models.places.map_labels import Landmark, list_landmarks
from models.store.database import Connection

WIDTH, HEIGHT = 400.0, 420.0

MARGIN = 60.0
"""Around the outermost territories, so that their names have room."""

SMALLEST, FARTHEST = 30_000.0, 1_500_000.0
"""Metres: a map shows at least so much, and nobody who is farther away than this."""

APART = 40.0
"""Marks that are nearer to each other become one, so that each can be hit with a finger."""

CELLS = 36

SIZES = ((50_000, 0), (10_000, 1), (0, 2))
"""Inhabitants from which on a commune is drawn in this size, 0 being the largest."""

NAMED_TOWNS = 7

LETTER, LINE, LONGEST_NAME = 8.0, 18.0, 22
"""How wide a letter is on average, how high a line, how many letters of a name are drawn."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapTerritory:
    """A territory to draw. `anchor` is where the list tells of it; without one it is our own."""

    name: str
    latitude: float
    longitude: float
    listings: int = 0
    accent: str = ""
    anchor: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MapMarker:
    """One circle on the map: a territory, or several that lie too close to be drawn apart."""

    x: float
    y: float
    pins: tuple[MapTerritory, ...]

    @property
    def caption(self) -> str:
        """What stands beside it."""
        more = f" +{len(self.pins) - 1}" if len(self.pins) > 1 else ""
        return _shorten(self.pins[0].name) + more

    @property
    def listings(self) -> int:
        """Of all of them together."""
        return sum(pin.listings for pin in self.pins)

    @property
    def own(self) -> bool:
        """Whether our own territory is here."""
        return not all(pin.anchor for pin in self.pins)

    @property
    def silent(self) -> bool:
        """Whether none of them answers."""
        return all(pin.silent for pin in self.pins)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLabel:
    """A name on the map, centred at `x`."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkMap:
    """What the template draws: dots of communes as one path for each size, names, marks; a bar of `scale` metres."""

    dots: tuple[str, ...]
    towns: tuple[MapLabel, ...]
    marks: tuple[tuple[MapMarker, MapLabel | None], ...]
    scale: int
    bar: float
    beyond: int


@dataclass(frozen=True, slots=True)
class _View:
    """Degrees to points: everything is scaled alike, and a degree of longitude is narrower than one of latitude."""

    box: Box
    per_degree: float
    narrow: float

    def place(self, latitude: float, longitude: float) -> Point:
        return (
            (longitude - self.box.west) * self.narrow * self.per_degree,
            (self.box.north - latitude) * self.per_degree,
        )


Taken = list[tuple[float, float, float, float]]
"""Where something is drawn already, so that no name covers another: left, top, right, bottom."""


def _take(taken: Taken, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether there is room; then it is taken."""
    free = left >= 2 and right <= WIDTH - 2 and top >= 2 and bottom <= HEIGHT - 2
    free = free and not any(
        left < right_of and right > left_of and top < bottom_of and bottom > top_of
        for left_of, top_of, right_of, bottom_of in taken
    )
    if free:
        taken.append((left, top, right, bottom))
    return free


def _find_label(taken: Taken, words: str, x: float, heights: Iterable[float]) -> MapLabel | None:
    """The name at the first of these heights where it fits, moved sideways rather than cut at the edge."""
    half = len(words) * LETTER / 2
    middle = min(max(x, half + 4), WIDTH - half - 4)
    for y in heights:
        if _take(taken, middle - half, y - LINE + 4, middle + half, y + 4):
            return MapLabel(x=round(middle, 1), y=round(y, 1), words=words)
    return None


async def draw_map(conn: Connection, own: MapTerritory | None, pins: Sequence[MapTerritory]) -> NetworkMap | None:
    """The map of these territories around ours; None where none of them has a place."""
    if not pins:
        return None
    middle = own or pins[0]
    near = [pin for pin in pins if _distance(middle, pin) <= FARTHEST]
    shown = [own, *near] if own is not None else near
    view = _frame(shown)
    landmarks = await list_landmarks(conn, view.box, cells=CELLS)
    return place_labels(view, shown, landmarks, beyond=len(pins) - len(near))


def _distance(one: MapTerritory, other: MapTerritory) -> float:
    return distance(one.latitude, one.longitude, other.latitude, other.longitude)


def _frame(pins: Sequence[MapTerritory]) -> _View:
    """The view that holds them all, with a margin, in the shape of the drawing."""
    south, north = min(pin.latitude for pin in pins), max(pin.latitude for pin in pins)
    west, east = min(pin.longitude for pin in pins), max(pin.longitude for pin in pins)
    latitude, longitude = (south + north) / 2, (west + east) / 2
    narrow = max(cos(radians(latitude)), 0.05)
    least = SMALLEST / METRES_PER_DEGREE
    height, width = max(north - south, least), max((east - west) * narrow, least)
    per_degree = min((HEIGHT - 2 * MARGIN) / height, (WIDTH - 2 * MARGIN) / width)
    tall, wide = HEIGHT / per_degree, WIDTH / per_degree / narrow
    box = Box(
        south=latitude - tall / 2, west=longitude - wide / 2, north=latitude + tall / 2, east=longitude + wide / 2
    )
    return _View(box, per_degree, narrow)


def place_labels(
    view: _View, pins: Sequence[MapTerritory], landmarks: Sequence[Landmark], *, beyond: int = 0
) -> NetworkMap:
    """Everything at its place: marks first, then their names, then the towns for which there is room."""
    marks = _gather(view, pins)
    taken: Taken = [(mark.x - 18, mark.y - 18, mark.x + 18, mark.y + 18) for mark in marks]
    scale = _choose_scale(view)
    bar = scale / METRES_PER_DEGREE * view.per_degree
    taken.append((0, HEIGHT - 34, bar + 80, HEIGHT))
    labelled = tuple((mark, _find_label(taken, mark.caption, mark.x, (mark.y + 34, mark.y - 24))) for mark in marks)
    known = {pin.name for pin in pins}
    towns = [town for town in landmarks if town.name not in known]
    placed = ((town, *view.place(town.latitude, town.longitude)) for town in towns)
    names = (_find_label(taken, _shorten(town.name), x, (y - 8, y + 20)) for town, x, y in placed)
    return NetworkMap(
        dots=_dot(view, landmarks),
        towns=tuple(_first(names, NAMED_TOWNS)),
        marks=labelled,
        scale=scale,
        bar=round(bar, 1),
        beyond=beyond,
    )


def _first(labels: Iterable[MapLabel | None], count: int) -> list[MapLabel]:
    found: list[MapLabel] = []
    for label in labels:
        if label is not None:
            found.append(label)
        if len(found) == count:
            break
    return found


def _gather(view: _View, pins: Sequence[MapTerritory]) -> list[MapMarker]:
    """One mark for each group of territories that lie together, around the first of it."""
    groups: list[tuple[Point, list[MapTerritory]]] = []
    for pin in pins:
        x, y = view.place(pin.latitude, pin.longitude)
        near = next((group for at, group in groups if max(abs(at[0] - x), abs(at[1] - y)) < APART), None)
        if near is None:
            groups.append(((x, y), [pin]))
        else:
            near.append(pin)
    return [MapMarker(x=round(x, 1), y=round(y, 1), pins=tuple(group)) for (x, y), group in groups]


def _dot(view: _View, landmarks: Sequence[Landmark]) -> tuple[str, ...]:
    paths: list[list[str]] = [[] for _ in SIZES]
    for town in landmarks:
        size = next(size for people, size in SIZES if town.population >= people)
        x, y = view.place(town.latitude, town.longitude)
        paths[size].append(f"M{x:.0f} {y:.0f}h0")
    return tuple("".join(path) for path in paths)


def _choose_scale(view: _View) -> int:
    """The longest round distance that takes at most a quarter of the width, in metres."""
    longest = WIDTH / 4 / view.per_degree * METRES_PER_DEGREE
    steps = [digit * power for power in (1_000, 10_000, 100_000, 1_000_000) for digit in (1, 2, 5)]
    return max(step for step in steps if step <= longest)


def _shorten(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
