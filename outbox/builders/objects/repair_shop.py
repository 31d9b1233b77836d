"""A repair shop of ours as others see it: its own words for who reads them, and fields of a profile for all others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from html import escape

from federation.repair_uris import prices_uri
from federation.vocabulary.actors import ProfileField
from federation.vocabulary.collections import Collection
from federation.vocabulary.repair_shops import (
    SHOP_FIELDS,
    ListedShop,
    PriceDocument,
    RepairShopDocument,
    ServedArea,
)
from models.people.actors import Actor
from models.people.opening_hours import Hours
from models.places.places import Commune
from models.repairs.shops.appearing import Appearance
from models.repairs.shops.prices import Price
from models.repairs.shops.shops import RepairShop

SHOWN_PRICES = 8
"""Prices that stand in a field; the page has all."""

DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")

BIKES = {
    "city": "vélos de ville",
    "ebike": "vélos électriques",
    "cargo": "vélos cargos",
    "mtb": "VTT",
    "road": "vélos de route",
    "child": "vélos d’enfants",
    "folding": "vélos pliants",
    "other": "autres vélos",
}

BY_APPOINTMENT = "sur rendez-vous uniquement"
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopParts:
    """What a shop is made of, beside its actor: where it comes by, what it takes, why it appears, if it does, and the
    listing by which one asks for an appointment.
    """

    shop: RepairShop
    communes: Sequence[Commune]
    prices: Sequence[Price]
    appearance: Appearance | None
    appointments: str | None = None


def build_shop(actor: Actor, parts: ShopParts) -> RepairShopDocument:
    """The property; the collective is named only while the shop appears by it."""
    shop, appearance = parts.shop, parts.appearance
    return RepairShopDocument(
        shop_types=tuple(shop.types),
        bike_types=tuple(shop.bike_types),
        interventions=tuple(shop.interventions),
        by_appointment_only=shop.by_appointment,
        areas=tuple(ServedArea(name=one.name, code=one.code) for one in parts.communes),
        words=shop.words,
        prices=prices_uri(actor.uri) if parts.prices else None,
        appointments=parts.appointments,
        collective=appearance.collective_uri if appearance else None,
        charter_version=appearance.charter_version if appearance else None,
    )


def build_shop_fields(hours: Hours, shop: RepairShop, prices: Sequence[Price]) -> tuple[ProfileField, ...]:
    """Hours, prices and bikes as lines of a profile, in French: for servers and apps that know no other word for it."""
    opened = [*_write_week(hours), *([BY_APPOINTMENT] if shop.by_appointment else [])]
    said = [f"{one.label}{NBSP}: {write_price_words(one)}" for one in prices[:SHOWN_PRICES]]
    more = ["…"] if len(prices) > SHOWN_PRICES else []
    bikes = [", ".join(BIKES.get(one, one) for one in shop.bike_types)] if shop.bike_types else []
    lines: Iterable[tuple[str, list[str]]] = zip(SHOP_FIELDS, (opened, [*said, *more], bikes), strict=True)
    return tuple(ProfileField(name=name, value="<br>".join(map(escape, words))) for name, words in lines if words)


def _write_week(hours: Hours) -> list[str]:
    """ "lun., mar. 9 h–12 h, 14 h–18 h": days with the same hours together."""
    by_day = {
        day: ", ".join(f"{_hour(one.opens)}–{_hour(one.closes)}" for one in hours.weekly if one.day == day)
        for day in range(7)
    }
    alike: dict[str, list[str]] = {}
    for day, spans in by_day.items():
        if spans:
            alike.setdefault(spans, []).append(DAYS[day])
    return [f"{', '.join(days)} {spans}" for spans, days in alike.items()]


def _hour(at: time) -> str:
    return f"{at.hour}{NBSP}h" + (f"{NBSP}{at.minute:02}" if at.minute else "")


def write_price_words(price: Price) -> str:
    """ "8 €", "à partir de 12,50 €", "gratuit", "prix libre"."""
    if price.cents is None:
        return "prix libre"
    if price.cents == 0 and price.kind == "fixed":
        return "gratuit"
    euros, cents = divmod(price.cents, 100)
    written = f"{euros},{cents:02}{NBSP}€" if cents else f"{euros}{NBSP}€"
    return f"à partir de {written}" if price.kind == "from" else written


def build_prices(actor: Actor, prices: Iterable[Price]) -> Collection:
    """The collection; the same prices make the same bytes, whenever they are asked for."""
    items = tuple(
        PriceDocument(
            label=one.label,
            amount=None if one.cents is None else Decimal(one.cents) / 100,
            at_least=one.kind == "from",
            note=one.note,
        )
        for one in prices
    )
    return Collection(id=prices_uri(actor.uri), attributed_to=actor.uri, total_items=len(items), items=items)


def build_shop_list(id: str, coop: Actor, listed: Iterable[tuple[str, Appearance]]) -> Collection:
    """The shops that the cooperative lists, by their ids."""
    items = tuple(
        ListedShop(
            actor=uri,
            collective=one.collective_uri,
            charter_version=one.charter_version,
            published=_whole(one.since),
        )
        for uri, one in listed
    )
    return Collection(id=id, attributed_to=coop.uri, total_items=len(items), items=items)


def _whole(at: datetime | None) -> datetime | None:
    """Seconds are enough, and the same moment makes the same bytes."""
    return at.replace(microsecond=0) if at is not None else None
