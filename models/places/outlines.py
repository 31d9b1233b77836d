"""Coast, lakes, rivers and borders for the background of maps, by the cells of a grid (`models/data/README.md`)."""

import json
import zipfile
from dataclasses import dataclass
from functools import cache
from math import floor
from pathlib import Path
from typing import Literal

from models.places.geometry import Box

FILE = Path(__file__).parents[1] / "data" / "outlines.zip"

Grain = Literal["fine", "coarse"]

SIZES: dict[Grain, float] = {"fine": 0.5, "coarse": 4.0}
"""Degrees of the side of a cell."""

FINE_UP_TO = 4.0
"""Degrees: a wider part of the earth is drawn coarsely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineCell:
    """One cell, from its south-western corner on, and what is drawn in it as JSON: `[land, lakes, rivers, borders]`.

    Each is a list of lines, and each line a list of steps in 1/10,000 degrees. `land` are the rings of the land in the
    water; null where there is nothing but land.
    """

    south: float
    west: float
    size: float
    parts: str

    def read(self) -> "OutlineLines":
        """What is drawn, as values."""
        land, lakes, rivers, borders = json.loads(self.parts)
        return OutlineLines(land=land, lakes=lakes, rivers=rivers, borders=borders)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineLines:
    """The lines of one cell, as `OutlineCell` says."""

    land: list[list[int]] | None
    lakes: list[list[int]]
    rivers: list[list[int]]
    borders: list[list[int]]


def read_outlines(box: Box) -> list[OutlineCell]:
    """The cells of a box in which there is something to draw, from the south-west on."""
    grain: Grain = "fine" if max(box.north - box.south, box.east - box.west) <= FINE_UP_TO else "coarse"
    size = SIZES[grain]
    rows = range(floor(box.south / size), floor(box.north / size) + 1)
    columns = range(floor(box.west / size), floor(box.east / size) + 1)
    drawn = _read_grain(grain)
    cells = [(row * size, column * size) for row in rows for column in columns]
    return [OutlineCell(south=at[0], west=at[1], size=size, parts=drawn[at]) for at in cells if at in drawn]


@cache
def _read_grain(grain: Grain) -> dict[tuple[float, float], str]:
    """All cells of a grain by their corners, unpacked once: half a megabyte that a process keeps from then on."""
    with zipfile.ZipFile(FILE) as archive:
        names = [name for name in archive.namelist() if name.startswith(f"{grain}/")]
        return {_read_corner(name): archive.read(name).decode() for name in names}


def _read_corner(name: str) -> tuple[float, float]:
    south, west = Path(name).stem.split(",")
    return float(south), float(west)
