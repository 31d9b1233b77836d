"""What kinds of shops, repairs and the people of a shop are called, and what a price says."""

from collections.abc import Iterable
from decimal import Decimal

from models.repairs.shops.prices import Price
from models.repairs.shops.staff import StaffRole
from web.rendering.formats import format_price
from web.rendering.i18n import Say
from web.rendering.render import N_

TYPE_WORDS = {
    "association": N_("Association"),
    "self-repair": N_("Atelier où l’on répare soi-même"),
    "artisan": N_("Artisan"),
    "itinerant": N_("Vient chez vous"),
    "store": N_("Magasin de vélos"),
    "company": N_("Entreprise d’insertion ou coopérative"),
    "school": N_("École, centre social"),
}

REPAIR_WORDS = {
    "flat-tyre": (N_("Pneus et chambres à air"), "bike-tyre"),
    "brakes": (N_("Freins"), "bike-brake"),
    "chain": (N_("Chaîne, pédalier"), "bike-chain"),
    "gears": (N_("Vitesses"), "bike-chain"),
    "wheel": (N_("Roues voilées, rayons cassés"), "bike-wheel"),
    "electric": (N_("Moteur et partie électrique"), "bike"),
    "lights": (N_("Éclairage"), "bike-light"),
    "diagnosis": (N_("Dire ce qui ne va pas"), "bike-unknown"),
    "other": (N_("Autre chose"), "repair"),
}
"""What a shop repairs, and its drawing."""

ROLE_WORDS: dict[StaffRole, str] = {
    "manager": N_("gère l’atelier"),
    "employee": N_("y travaille"),
    "volunteer": N_("y est bénévole"),
}


def name_types(say: Say, types: Iterable[str]) -> list[str]:
    """The kinds in words; a cooperative's own words stand as they are."""
    return [say(TYPE_WORDS[one]) if one in TYPE_WORDS else one for one in types]


def name_repairs(say: Say, interventions: Iterable[str]) -> list[tuple[str, str]]:
    """What is repaired, each with its drawing; what another server calls otherwise stands as it is."""
    words = (REPAIR_WORDS.get(one, (one, "repair")) for one in interventions)
    return [(say(name), mark) for name, mark in words]


def tell_price(say: Say, language: str, price: Price) -> str:
    """ "8 €", "à partir de 12,50 €", "gratuit", "prix libre"."""
    if price.cents is None:
        return say(N_("prix libre"))
    if price.cents == 0 and price.kind == "fixed":
        return say(N_("gratuit"))
    amount = format_price(Decimal(price.cents) / 100, "EUR", language)
    return say(N_("à partir de %(price)s"), price=amount) if price.kind == "from" else amount


def type_amount(price: Price) -> str:
    """An amount as it is typed: "8", "12,50"."""
    if price.cents is None:
        return ""
    euros, cents = divmod(price.cents, 100)
    return f"{euros},{cents:02}" if cents else str(euros)
