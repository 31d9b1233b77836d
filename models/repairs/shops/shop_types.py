"""The kinds of shops that are shipped, as codes that servers share; beside them a cooperative writes its own words."""

from collections.abc import Iterable

SHOP_TYPES = ("association", "self-repair", "artisan", "itinerant", "store", "company", "school")

BIKE_TYPES = ("city", "ebike", "cargo", "mtb", "road", "child", "folding", "other")
"""The codes of `repair.bikeType` of a call."""

INTERVENTIONS = ("flat-tyre", "brakes", "chain", "gears", "wheel", "electric", "lights", "diagnosis", "other")
"""The codes of `repair.intervention` of a call."""

OWN_TYPE_LIMIT = 40
MOST_OWN_TYPES = 12
"""Kinds that a cooperative adds to the shipped ones."""

MOST_TYPES = 10
"""Kinds of one shop, its own cooperative's words among them."""


def tidy_types(types: Iterable[str]) -> list[str]:
    """Each once, on one line, in their order; no more than are kept."""
    tidied = (" ".join(one.split())[:OWN_TYPE_LIMIT] for one in types)
    return list(dict.fromkeys(one for one in tidied if one))[:MOST_TYPES]
