"""A form's field for a point on the map: the address of a map, or the two numbers that a browser found."""

import re

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
