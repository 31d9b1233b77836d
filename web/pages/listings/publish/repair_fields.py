"""What the publish form asks about a broken bike, and the title that this makes where none was typed."""

from collections.abc import Iterable
from typing import Any

from outbox.listings.listing_limits import BIKES, INTERVENTIONS, TITLE_LIMIT, URGENCIES, WHEEL_LIMIT
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
    }


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
