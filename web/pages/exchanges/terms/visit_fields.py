"""Where an appointment is to be: at the workshop, or at an address in a commune to which the shop comes."""

from dataclasses import replace

from models.exchanges.agreements import Terms
from models.repairs.bookings.visit_places import ADDRESS_LIMIT, VisitArea
from web.forms.form import Form

AT_WORKSHOP, AWAY = "workshop", "away"


def read_visit(form: Form, area: VisitArea | None, terms: Terms) -> tuple[Terms, str]:
    """The terms with the commune as their place, and the address, which is no part of them, each mistake noted."""
    if area is None:
        return terms, ""
    if area.workshop and form.choice("visit", (AT_WORKSHOP, AWAY), missing="Dites où.") != AWAY:
        return replace(terms, place=""), ""
    if terms.place not in area.communes:
        form.fail("place", "Choisissez une commune où l’atelier se déplace : %(communes)s.", communes=area.words)
    missing = "Écrivez l’adresse : l’atelier la lira une fois que vous serez d’accord."
    return terms, " ".join(form.text("address", limit=ADDRESS_LIMIT, missing=missing).split())


def values_of_visit(area: VisitArea | None, terms: Terms, address: str) -> dict[str, str]:
    """The same as they stand in the fields."""
    return {"visit": AWAY if terms.place else AT_WORKSHOP, "address": address} if area is not None else {}
