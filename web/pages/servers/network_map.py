"""The network as a drawing: territories where they lie, among the communes that come with the software.

No tiles and nobody asked: the page holds the whole drawing, and the list beside it says the same in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from models.places.geometry import METRES_PER_DEGREE, distance
from models.places.map_labels import Landmark, list_landmarks
from models.store.database import Connection
from web.pages.servers.map_view import MapLabel, MapView, Point, Taken, make_view, shorten

WIDTH, HEIGHT = 400.0, 420.0

MARGIN = 60.0
"""Around the outermost territories, so that their names have room."""

SMALLEST, FARTHEST = 30_000.0, 1_500_000.0
"""Metres: a map shows at least so much, and nobody who is farther away than this."""

APART = 40.0
"""Marks that are nearer to each other become one, so that each can be hit with a finger."""

CELLS = 36

NAMED_TOWNS = 7


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
        return shorten(self.pins[0].name) + more

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
class NetworkMap:
    """What the template draws: dots of communes as one path for each size, names, marks; a bar of `scale` metres."""

    dots: tuple[str, ...]
    towns: tuple[MapLabel, ...]
    marks: tuple[tuple[MapMarker, MapLabel | None], ...]
    scale: int
    bar: float
    beyond: int


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


def _frame(pins: Sequence[MapTerritory]) -> MapView:
    """The view that holds them all, with a margin, in the shape of the drawing."""
    south, north = min(pin.latitude for pin in pins), max(pin.latitude for pin in pins)
    west, east = min(pin.longitude for pin in pins), max(pin.longitude for pin in pins)
    latitude, longitude = (south + north) / 2, (west + east) / 2
    least = SMALLEST / METRES_PER_DEGREE
    height, width = max(north - south, least), max((east - west) * max(cos(radians(latitude)), 0.05), least)
    per_degree = min((HEIGHT - 2 * MARGIN) / height, (WIDTH - 2 * MARGIN) / width)
    return make_view((latitude, longitude), per_degree, WIDTH, HEIGHT)


def place_labels(
    view: MapView, pins: Sequence[MapTerritory], landmarks: Sequence[Landmark], *, beyond: int = 0
) -> NetworkMap:
    """Everything at its place: marks first, then their names, then the towns for which there is room."""
    marks = _gather(view, pins)
    taken: Taken = [(mark.x - 18, mark.y - 18, mark.x + 18, mark.y + 18) for mark in marks]
    scale = view.choose_scale()
    bar = view.measure(scale)
    taken.append((0, HEIGHT - 34, bar + 80, HEIGHT))
    labelled = tuple((mark, view.find_label(taken, mark.caption, mark.x, (mark.y + 34, mark.y - 24))) for mark in marks)
    known = {pin.name for pin in pins}
    return NetworkMap(
        dots=view.dot(landmarks),
        towns=view.name_towns(taken, (town for town in landmarks if town.name not in known), NAMED_TOWNS),
        marks=labelled,
        scale=scale,
        bar=round(bar, 1),
        beyond=beyond,
    )


def _gather(view: MapView, pins: Sequence[MapTerritory]) -> list[MapMarker]:
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
