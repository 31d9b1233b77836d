"""A form's field for a point on the map (the address of a map, or what a browser found), and for a part of the map."""

import re
from math import isfinite

from models.places.geometry import Box
from web.forms.form import Form

POINT = re.compile(r"([-+]?\d{1,2}[.,]\d{1,15})\s*[\s,;/]\s*([-+]?\d{1,3}[.,]\d{1,15})")
"""A latitude and a longitude: "50,6436 2,9873", "50.6436, 2.9873", also inside the address of a map."""


def read_position(form: Form) -> tuple[float, float] | None:
    """The point in degrees that was typed or found by the browser; None when nothing was."""
    typed = form.text("position", limit=500)
    if not typed:
        return None
    found = POINT.search(typed)
    if found is not None:
        latitude, longitude = (float(one.replace(",", ".")) for one in found.groups())
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    form.fail("position", "Ce lien ne dit aucun lieu. Ouvrez la carte à cet endroit, puis copiez son adresse entière.")
    return None


def read_bounds(form: Form, name: str = "bounds") -> Box | None:
    """The box in degrees that was asked for; None, with a sentence about it in `form.errors`, when it is none."""
    typed = form.typed(name)[:200].strip()
    if not typed:
        return None
    try:
        south, west, north, east = (float(one) for one in typed.split(","))
    except ValueError:
        south = west = north = east = float("nan")
    sides = (south, west, north, east)
    if all(map(isfinite, sides)) and -90 <= south < north <= 90 and -180 <= west < east <= 180:
        return Box(south=south, west=west, north=north, east=east)
    form.fail(
        name,
        "Cette zone n’est pas une partie de la carte : donnez sud, ouest, nord et est en degrés, avec des virgules.",
    )
    return None


def write_bounds(box: Box) -> str:
    """The box as addresses have it, to the metre."""
    return ",".join(f"{side:.5f}" for side in (box.south, box.west, box.north, box.east))
