"""What Rustine Libre calls things, in our codes. Pure."""

from collections.abc import Iterable, Sequence

from models.places.places import fold_name

BIKES = (
    ("electrique", "ebike"),
    ("vae", "ebike"),
    ("cargo", "cargo"),
    ("biporteur", "cargo"),
    ("triporteur", "cargo"),
    ("vtt", "mtb"),
    ("route", "road"),
    ("course", "road"),
    ("enfant", "child"),
    ("pliant", "folding"),
    ("classique", "city"),
    ("ville", "city"),
)
"""The first word that stands in what a cooperative called a kind of bike says which it is."""

TYPES = (
    ("auto reparation", "self-repair"),
    ("itinerant", "itinerant"),
    ("association", "association"),
    ("artisan", "artisan"),
    ("magasin", "store"),
    ("insertion", "company"),
)

ORGANS = (
    ("frein", "brakes"),
    ("crevaison", "flat-tyre"),
    ("pneu", "flat-tyre"),
    ("chambre", "flat-tyre"),
    ("chaine", "chain"),
    ("pedalier", "chain"),
    ("transmission", "chain"),
    ("vitesse", "gears"),
    ("derailleur", "gears"),
    ("roue", "wheel"),
    ("rayon", "wheel"),
    ("voile", "wheel"),
    ("electri", "electric"),
    ("batterie", "electric"),
    ("moteur", "electric"),
    ("lumiere", "lights"),
    ("eclairage", "lights"),
    ("diagnostic", "diagnosis"),
    ("revision", "diagnosis"),
    ("entretien", "diagnosis"),
)


def find_bike_type(said: str) -> str:
    """ "Vélo électrique" is an ebike; what we have no word for, another one."""
    return _find(BIKES, said) or "other"


def list_bike_types(said: Iterable[str]) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(find_bike_type(one) for one in said))


def find_type(said: str, own_types: Sequence[str]) -> str | None:
    """The kind of a shop: one of the cooperative's own words first. None for what may be several of ours."""
    folded = fold_name(said)
    own = next((one for one in own_types if fold_name(one) == folded), None)
    return own or _find(TYPES, said)


def find_organ(said: str) -> str:
    """What was repaired, by the first word that names a part of a bike."""
    return _find(ORGANS, said) or "other"


def list_organs(labels: Iterable[str]) -> list[str]:
    """What a shop repairs, by what stands on its list of prices."""
    return [one for one in dict.fromkeys(find_organ(label) for label in labels) if one != "other"]


def _find(words: Sequence[tuple[str, str]], said: str) -> str | None:
    folded = fold_name(said)
    return next((code for word, code in words if word in folded), None)
