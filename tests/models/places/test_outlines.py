"""The background of maps: where there is sea, land, a river and a border, finely from near and coarsely from afar."""

import json
import zipfile
from typing import Any

from models.places.geometry import Box, distance
from models.places.outlines import FILE, OutlineCell, read_outlines

FRANCE = Box(south=42, west=-4, north=51, east=8)

BETWEEN_BREST_AND_NEWFOUNDLAND = Box(south=46.1, west=-5.9, north=46.4, east=-5.6)


def around(latitude: float, longitude: float) -> Box:
    return Box(south=latitude - 0.01, west=longitude - 0.01, north=latitude + 0.01, east=longitude + 0.01)


def parts(cell: OutlineCell) -> dict[str, Any]:
    """What is drawn in a cell, by what it is."""
    return dict(zip(("land", "lakes", "rivers", "borders"), json.loads(cell.parts), strict=True))


def trace(cell: OutlineCell, steps: list[int]) -> list[tuple[float, float]]:
    """A line as points in degrees, as browsers draw it."""
    y, x = cell.south * 10_000, cell.west * 10_000
    line = []
    for i in range(0, len(steps), 2):
        y, x = y + steps[i], x + steps[i + 1]
        line.append((y / 10_000, x / 10_000))
    return line


def measure(latitude: float, longitude: float, what: str) -> float:
    """Metres to the nearest corner of such a line."""
    cells = read_outlines(around(latitude, longitude))
    points = [point for cell in cells for line in parts(cell)[what] or () for point in trace(cell, line)]
    return min(distance(latitude, longitude, *point) for point in points)


def test_coast_river_and_border_lie_where_they_lie() -> None:
    assert measure(50.967, 1.843, "land") < 2_000, "the beach of Calais"
    assert measure(48.853, 2.349, "rivers") < 2_000, "the Seine at Notre-Dame"
    assert measure(48.574, 7.802, "borders") < 2_000, "the Rhine at Strasbourg"


def test_there_is_nothing_but_water_in_the_sea_and_nothing_but_land_inland() -> None:
    (sea,) = read_outlines(BETWEEN_BREST_AND_NEWFOUNDLAND)
    (inland,) = read_outlines(around(48.853, 2.349))

    assert parts(sea) == {"land": [], "lakes": [], "rivers": [], "borders": []}
    assert parts(inland)["land"] is None and parts(inland)["rivers"]


def test_a_country_is_drawn_coarsely_and_islands_far_away_are_there() -> None:
    country = read_outlines(FRANCE)

    assert {cell.size for cell in country} == {4.0}
    assert sum(len(line) for cell in country for line in parts(cell)["land"] or ()) < 12_000
    assert all(
        parts(read_outlines(around(*island))[0])["land"]
        for island in ((14.6, -61.08), (-20.88, 55.44), (-12.78, 45.22))
    )


def test_the_whole_world_is_unpacked_once() -> None:
    world = Box(south=-85, west=-180, north=85, east=180)
    first = read_outlines(world)

    with zipfile.ZipFile(FILE) as archive:
        assert len(first) == sum(name.startswith("coarse/") for name in archive.namelist())
    assert all(again.parts is cell.parts for again, cell in zip(read_outlines(world), first, strict=True))


def test_beyond_what_was_drawn_there_is_nothing() -> None:
    assert read_outlines(around(64.1, -21.9)) == []


def test_the_file_is_small() -> None:
    with zipfile.ZipFile(FILE) as archive:
        assert 700 < len(archive.namelist()) < 1_100
    assert FILE.stat().st_size < 500_000
