"""What the publish form asks about a broken bike, and the title that this makes where none was typed."""

from collections.abc import Iterable
from typing import Any

from outbox.listings.listing_limits import (
    BIKES,
    INTERVENTIONS,
    PART_LIMIT,
    REWARDS,
    TITLE_LIMIT,
    URGENCIES,
    WHEEL_LIMIT,
)
from web.forms.form import Form
from web.rendering.i18n import Say
from web.rendering.render import N_

BROKEN = {
    "flat-tyre": N_("Pneu à plat"),
    "brakes": N_("Freins à revoir"),
    "chain": N_("Chaîne à revoir"),
    "gears": N_("Vitesses à revoir"),
    "wheel": N_("Roue voilée"),
    "electric": N_("Panne électrique"),
    "lights": N_("Lumières en panne"),
}
"""What is wrong, as a title says it; the first one ticked counts."""

KINDS = {
    "city": N_("vélo de ville"),
    "ebike": N_("vélo électrique"),
    "cargo": N_("vélo cargo"),
    "mtb": N_("VTT"),
    "road": N_("vélo de route"),
    "child": N_("vélo d’enfant"),
    "folding": N_("vélo pliant"),
}


TRAVEL = {
    "0": N_("Je ne peux pas bouger"),
    "1": N_("1 km, à pied"),
    "3": N_("3 km"),
    "5": N_("5 km"),
    "10": N_("10 km"),
    "30": N_("30 km"),
}
"""How far somebody may go for help, in kilometres, as the form says it."""

GIVEN = {
    "": N_("À voir ensemble"),
    "free-price": N_("Un prix libre"),
    "gift": N_("Rien : je cherche un coup de main"),
    "points": N_("Des points"),
}
"""What the caller gives for it, in words."""


def read_repair(form: Form) -> dict[str, Any]:
    """What is wrong with which bike."""
    rideable = form.choice("rideable", ("", "oui", "non"))
    interventions = list(form.many("interventions", INTERVENTIONS))
    if not interventions:
        form.fail("interventions", "Dites ce qui ne va pas, ou « Je ne sais pas ».")
    return {
        "bike_type": form.choice("bike_type", or_none(BIKES)) or None,
        "interventions": interventions,
        "wheel_size": form.text("wheel_size", limit=WHEEL_LIMIT) or None,
        "rideable": {"oui": True, "non": False}.get(rideable),
        "urgency": form.choice("urgency", or_none(URGENCIES)) or None,
        **_read_help(form),
    }


def _read_help(form: Form) -> dict[str, Any]:
    """How far she can go, which part it takes, and what she gives for it; what she leaves open is not said."""
    travel = form.choice("travel_km", ("", *TRAVEL))
    told = {
        "travel_km": int(travel) if travel else None,
        "part": form.text("part", limit=PART_LIMIT) or None,
        "reward": form.choice("reward", or_none(REWARDS)) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def read_call_title(form: Form, say: Say) -> str:
    """The title typed, else what is wrong and which bike: "Pneu à plat, vélo cargo"."""
    title = form.text("title", limit=TITLE_LIMIT)
    if title:
        return title
    ticked = form.many("interventions", INTERVENTIONS)
    wrong = next((BROKEN[one] for one in ticked if one in BROKEN), N_("En panne"))
    bike = KINDS.get(form.typed("bike_type"), N_("vélo"))
    return f"{say(wrong)}, {say(bike)}"


def or_none(codes: Iterable[str | None]) -> tuple[str, ...]:
    """Codes as a form sends them: nothing chosen is an empty text."""
    return tuple(code or "" for code in codes)
