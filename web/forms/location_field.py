"""Where a member lives, told without coordinates: from the middle of her commune, by a map's link or her browser."""

from collections.abc import Sequence

from models.places.geometry import distance as measure
from models.places.geometry import find_bearing, move
from models.places.places import Commune
from web.forms.form import Form
from web.forms.position_field import read_position
from web.rendering.formats import format_distance, format_of
from web.rendering.i18n import Say
from web.rendering.render import N_

Point = tuple[float, float]

KEPT, FROM_CENTRE, ON_MAP, UNTOLD = "garder", "centre", "carte", "rien"

DISTANCES = (0, 500, 1000, 1500, 2000, 3000, 4000, 5000)
"""Metres from the middle of the commune."""

DIRECTIONS = {
    "n": N_("au nord"),
    "ne": N_("au nord-est"),
    "e": N_("à l’est"),
    "se": N_("au sud-est"),
    "s": N_("au sud"),
    "so": N_("au sud-ouest"),
    "o": N_("à l’ouest"),
    "no": N_("au nord-ouest"),
}
"""Clockwise from the north."""


def list_location_choices(*, known: bool, place: bool) -> Sequence[str]:
    """How it may be told; a place gives an exact point, which words do not."""
    ways = (KEPT, FROM_CENTRE, ON_MAP, UNTOLD)
    return [way for way in ways if (known or way != KEPT) and not (place and way == FROM_CENTRE)]


def read_home(form: Form, commune: Commune | None, kept: Point | None) -> Point | None:
    """The point in degrees; `kept` is what was told before. What was found by the browser stands in `position`."""
    missing = ON_MAP if form.typed("position").strip() else UNTOLD
    match form.choice("home", (KEPT, FROM_CENTRE, ON_MAP, UNTOLD), default=missing):
        case "garder":
            return kept
        case "centre":
            return _read_from_centre(form, commune)
        case "carte":
            found = read_position(form)
            if found is None and form.ok:
                form.fail("position", "Collez le lien d’une carte, ou choisissez une autre façon de dire où.")
            return found
    return None


def _read_from_centre(form: Form, commune: Commune | None) -> Point | None:
    far = form.choice("distance", tuple(str(one) for one in DISTANCES), default="0")
    way = form.choice("direction", tuple(DIRECTIONS), default="n")
    if commune is None:
        form.fail("commune", "Dites dans quelle commune.")
        return None
    bearing = 45 * list(DIRECTIONS).index(way)
    return move(commune.latitude, commune.longitude, float(far), bearing)


def describe_home(say: Say, language: str, point: Point, commune: Commune | None) -> str:
    """What is kept, in words: "à 1,5 km au nord-ouest du centre de Lomme"."""
    if commune is None:
        return say(N_("un point à 500 m près"))
    far = measure(commune.latitude, commune.longitude, *point)
    if far < DISTANCES[1]:
        return say(N_("près du centre %(commune)s"), commune=format_of(commune.name, language))
    bearing = find_bearing((commune.latitude, commune.longitude), point)
    way = list(DIRECTIONS.values())[round(bearing / 45) % 8]
    of = format_of(commune.name, language)
    sentence = N_("à %(distance)s environ, %(way)s du centre %(commune)s")
    return say(sentence, distance=format_distance(far, language), way=say(way), commune=of)
