"""Coast, lakes, rivers and borders for the background of maps, by the cells of a grid (`models/data/README.md`)."""

import json
import zipfile
from dataclasses import dataclass
from math import floor
from pathlib import Path
from typing import Any, Literal

from models.places.geometry import Box

FILE = Path(__file__).parents[1] / "data" / "outlines.zip"

Grain = Literal["fine", "coarse"]

SIZES: dict[Grain, float] = {"fine": 0.5, "coarse": 4.0}
"""Degrees of the side of a cell."""

FINE_UP_TO = 4.0
"""Degrees: a wider part of the earth is drawn coarsely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineCell:
    """What is drawn in one cell, from its south-western corner on; each line is a list of steps in 1/10,000 degrees.

    `land` are the rings of the land in the water; None where there is nothing but land.
    """

    south: float
    west: float
    size: float
    land: list[list[int]] | None
    lakes: list[list[int]]
    rivers: list[list[int]]
    borders: list[list[int]]


def read_outlines(box: Box) -> list[OutlineCell]:
    """The cells of a box in which there is something to draw, read from the file: a few milliseconds."""
    grain: Grain = "fine" if max(box.north - box.south, box.east - box.west) <= FINE_UP_TO else "coarse"
    size = SIZES[grain]
    with zipfile.ZipFile(FILE) as archive:
        names = set(archive.namelist())
        cells = _list_cells(box, size)
        return [
            _read_cell(south, west, size, json.loads(archive.read(name)))
            for south, west in cells
            if (name := f"{grain}/{south:g},{west:g}.json") in names
        ]


def _list_cells(box: Box, size: float) -> list[tuple[float, float]]:
    rows = range(floor(box.south / size), floor(box.north / size) + 1)
    columns = range(floor(box.west / size), floor(box.east / size) + 1)
    return [(row * size, column * size) for row in rows for column in columns]


def _read_cell(south: float, west: float, size: float, parts: list[Any]) -> OutlineCell:
    land, lakes, rivers, borders = parts
    return OutlineCell(south=south, west=west, size=size, land=land, lakes=lakes, rivers=rivers, borders=borders)
