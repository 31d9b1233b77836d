"""Where a listing is, as others may know it: a small drawing on the page itself, on the background of our own maps.

Nobody is asked for it and no script draws it; "Où" says the same in words.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from models.places.geometry import METRES_PER_DEGREE
from models.places.map_labels import list_landmarks
from models.places.outlines import OutlineCell, OutlineLines, read_outlines
from models.places.places import Place
from models.store.database import Connection
from web.pages.servers.map_view import MapLabel, MapView, Point, Taken, make_view

WIDTH, HEIGHT = 400.0, 200.0

ACROSS = 16_000.0
"""Metres that the drawing shows from west to east; more where the circle would not fit."""

ROOM = 0.4
"""The circle's radius is at most so much of the height."""

CELLS = 14
"""Of so many rows and columns each shows its largest commune."""

NAMED_TOWNS = 5

MARK = 17.0
"""Points around the middle that no name covers."""

KEPT = 256
"""Places whose background is kept in memory: those of members and communes are few."""

Edge = tuple[int, float, int]
"""An edge of the drawing: along which axis, where, and on which side of it one is inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """The background as paths of SVG, cut at the edges of the drawing; `wet` where it is water but for `land`."""

    wet: str
    land: str
    lakes: str
    rivers: str
    borders: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDrawing:
    """What the template draws: `radius` in points is how well the place is known, None for an address."""

    outlines: Outlines
    dots: tuple[str, ...]
    towns: tuple[MapLabel, ...]
    radius: float | None
    scale: int
    bar: float
    width: float = WIDTH
    height: float = HEIGHT


async def draw_place(conn: Connection, place: Place | None) -> PlaceDrawing | None:
    """The surroundings of a place with its circle in the middle; None where it is not known."""
    if place is None or place.latitude is None or place.longitude is None:
        return None
    across = max(ACROSS, (place.radius or 0) / ROOM * WIDTH / HEIGHT)
    view = make_view((place.latitude, place.longitude), WIDTH / across * METRES_PER_DEGREE, WIDTH, HEIGHT)
    landmarks = await list_landmarks(conn, view.box, cells=CELLS, parts=True)
    scale = view.choose_scale()
    bar, radius = view.measure(scale), view.measure(place.radius) if place.radius else None
    half = max(radius or 0, MARK)
    taken: Taken = [
        (WIDTH / 2 - half, HEIGHT / 2 - half, WIDTH / 2 + half, HEIGHT / 2 + half),
        (0, HEIGHT - 34, bar + 80, HEIGHT),
    ]
    return PlaceDrawing(
        outlines=_draw_outlines(view),
        dots=view.dot(landmarks),
        towns=view.name_towns(taken, landmarks, NAMED_TOWNS),
        radius=round(radius, 1) if radius else None,
        scale=scale,
        bar=round(bar, 1),
    )


@lru_cache(maxsize=KEPT)
def _draw_outlines(view: MapView) -> Outlines:
    cells = [(cell, cell.read()) for cell in read_outlines(view.box)]
    return Outlines(
        wet=_draw_rings(view, [_square(cell) for cell, lines in cells if lines.land is not None]),
        land=_draw_rings(view, _list_lines(cells, lambda lines: lines.land or ())),
        lakes=_draw_rings(view, _list_lines(cells, lambda lines: lines.lakes)),
        rivers=_draw_lines(view, _list_lines(cells, lambda lines: lines.rivers)),
        borders=_draw_lines(view, _list_lines(cells, lambda lines: lines.borders)),
    )


def _list_lines(
    cells: Iterable[tuple[OutlineCell, OutlineLines]], read: Callable[[OutlineLines], Sequence[Sequence[int]]]
) -> Iterator[list[Point]]:
    return (_trace(cell, line) for cell, lines in cells for line in read(lines))


def _square(cell: OutlineCell) -> list[Point]:
    south, west, north, east = cell.south, cell.west, cell.south + cell.size, cell.west + cell.size
    return [(south, west), (south, east), (north, east), (north, west)]


def _trace(cell: OutlineCell, steps: Sequence[int]) -> list[Point]:
    """A line that is written as steps from the corner of its cell, in degrees."""
    latitude, longitude = round(cell.south * 10_000), round(cell.west * 10_000)
    points = []
    for north, east in zip(steps[::2], steps[1::2], strict=True):
        latitude, longitude = latitude + north, longitude + east
        points.append((latitude / 10_000, longitude / 10_000))
    return points


def _draw_rings(view: MapView, rings: Iterable[list[Point]]) -> str:
    """Each ring cut at the four edges (Sutherland and Hodgman), as far as it is in the drawing."""
    edges: tuple[Edge, ...] = ((0, 0.0, 1), (0, view.width, -1), (1, 0.0, 1), (1, view.height, -1))
    paths = []
    for ring in rings:
        points = [view.place(*point) for point in ring]
        for edge in edges:
            points = list(_cut(points, edge))
        paths.append(_write(points) + "z" if len(points) > 2 else "")
    return "".join(paths)


def _cut(points: Sequence[Point], edge: Edge) -> Iterator[Point]:
    axis, at, side = edge
    for before, point in zip([*points[-1:], *points[:-1]], points, strict=True):
        inside = [(one[axis] - at) * side >= 0 for one in (before, point)]
        if inside[0] != inside[1]:
            share = (at - before[axis]) / (point[axis] - before[axis])
            yield before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])
        if inside[1]:
            yield point


def _draw_lines(view: MapView, lines: Iterable[list[Point]]) -> str:
    """The pieces of lines that may be in the drawing."""
    return "".join(_write(piece) for line in lines for piece in _list_pieces(view, [view.place(*one) for one in line]))


def _list_pieces(view: MapView, points: Sequence[Point]) -> Iterator[list[Point]]:
    piece: list[Point] = []
    for start, end in pairwise(points):
        if _may_cross(view, start, end):
            piece = [*piece, end] if piece else [start, end]
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _may_cross(view: MapView, start: Point, end: Point) -> bool:
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return right >= 0 and left <= view.width and bottom >= 0 and top <= view.height


def _write(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
