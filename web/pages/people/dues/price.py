"""What yearly dues cost, in words."""

from models.preferences import Preferences
from web.rendering.formats import format_price
from web.rendering.i18n import N_, Say


def tell_price(say: Say, chosen: Preferences, language: str) -> str:
    """The price of a year: "de 10 à 40 € par an, chacun choisit", with what is proposed."""
    least, most, suggested = (
        format_price(euros, "EUR", language) for euros in (chosen.dues_least, chosen.dues_most, chosen.dues_suggested)
    )
    if chosen.dues_least == chosen.dues_most:
        return say(N_("%(most)s par an"), most=most) if chosen.dues_most else say(N_("Gratuite"))
    return say(
        N_("De %(least)s à %(most)s par an, prix libre : nous proposons %(suggested)s"),
        least=least,
        most=most,
        suggested=suggested,
    )
