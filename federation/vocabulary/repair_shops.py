"""Repair shops: what an Organization says of its work, its posted prices, and which shops a cooperative lists."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from federation.errors import Malformed
from federation.json.fields import (
    Json,
    amount,
    compact,
    flag,
    localized,
    many,
    moment,
    one,
    optional,
    require_uri,
    text,
    texts,
    types,
    uri,
    write_amount,
    write_moment,
)
from federation.vocabulary.communities import read_version

MAX_KINDS = 30
MAX_KIND = 40
MAX_AREAS = 200
MAX_WORDS = 500

EURO = "EUR"

SHOP_FIELDS = ("Horaires", "Prix", "Vélos")
"""The fields in which servers that do not know `repairShop` show the most important of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedArea:
    """A commune to which a shop comes: its name, and its INSEE code."""

    name: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairShopDocument:
    """What a shop says. `prices` is the collection of what it takes, `appointments` the listing by which one asks for
    one, `collective` the community whose charter it said yes to, in this version.
    """

    shop_types: tuple[str, ...] = ()
    bike_types: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    by_appointment_only: bool = False
    areas: tuple[ServedArea, ...] = ()
    words: str = ""
    prices: str | None = None
    appointments: str | None = None
    collective: str | None = None
    charter_version: int | None = None


def read_repair_shop(document: Json) -> RepairShopDocument | None:
    """Of an actor that is one; None for any other."""
    return one(document.get("repairShop"), _read_shop) if "Organization" in types(document) else None


def _read_shop(document: Json) -> RepairShopDocument | None:
    if "RepairShop" not in types(document):
        return None
    return RepairShopDocument(
        shop_types=texts(document.get("shopTypes"), MAX_KINDS, MAX_KIND),
        bike_types=texts(document.get("bikeTypes"), MAX_KINDS, MAX_KIND),
        interventions=texts(document.get("interventions"), MAX_KINDS, MAX_KIND),
        by_appointment_only=flag(document.get("byAppointmentOnly")) or False,
        areas=many(document.get("areaServed"), _read_area, MAX_AREAS),
        words=localized(document, "summary", MAX_WORDS) or "",
        prices=uri(document.get("prices")),
        appointments=uri(document.get("appointments")),
        collective=uri(document.get("collective")),
        charter_version=read_version(document),
    )


def _read_area(document: Json) -> ServedArea | None:
    code = text(document.get("identifier"), 10)
    return ServedArea(name=localized(document, "name", 200) or "", code=code) if code else None


def write_repair_shop(value: RepairShopDocument | None) -> Json:
    """What an Organization of ours adds to its document."""
    return {"repairShop": optional(value, _write_shop)}


def _write_shop(value: RepairShopDocument) -> Json:
    return compact(
        {
            "type": "RepairShop",
            "shopTypes": list(value.shop_types),
            "bikeTypes": list(value.bike_types),
            "interventions": list(value.interventions),
            "byAppointmentOnly": value.by_appointment_only,
            "areaServed": [{"type": "Place", "name": one.name, "identifier": one.code} for one in value.areas] or None,
            "summary": value.words or None,
            "prices": value.prices,
            "appointments": value.appointments,
            "collective": value.collective,
            "charterVersion": value.charter_version,
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDocument:
    """A line of a price list. Without an amount one gives what one wants; `at_least` says that it may be more."""

    label: str
    amount: Decimal | None = None
    at_least: bool = False
    note: str = ""


def read_price(document: Json) -> PriceDocument | None:
    """A line in euros, or for which one gives what one wants; None for anything else."""
    label = localized(document, "name", 200)
    if not label or "RepairPrice" not in types(document):
        return None
    note = localized(document, "summary", 200) or ""
    if flag(document.get("freePrice")):
        return PriceDocument(label=label, note=note)
    least, exact = amount(document.get("minPrice")), amount(document.get("price"))
    told = exact if exact is not None else least
    if told is None or text(document.get("priceCurrency"), 3) != EURO:
        return None
    return PriceDocument(label=label, amount=told, at_least=exact is None, note=note)


def write_price(value: PriceDocument) -> Json:
    """A line of ours."""
    written: Json = {"type": "RepairPrice", "name": value.label, "summary": value.note or None}
    if value.amount is None:
        return compact(written | {"freePrice": True})
    key: Literal["minPrice", "price"] = "minPrice" if value.at_least else "price"
    return compact(written | {key: write_amount(value.amount), "priceCurrency": EURO})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedShop:
    """A line of a cooperative's list: which shop, and by which charter it came to stand there, since when."""

    actor: str
    collective: str | None = None
    charter_version: int | None = None
    published: datetime | None = None


def read_listed_shop(document: Json) -> ListedShop | None:
    """A line; None for anything else."""
    try:
        actor = require_uri(document, "actor")
    except Malformed:
        return None
    if "ListedShop" not in types(document):
        return None
    return ListedShop(
        actor=actor,
        collective=uri(document.get("collective")),
        charter_version=read_version(document),
        published=moment(document.get("published")),
    )


def write_listed_shop(value: ListedShop) -> Json:
    """A line of ours."""
    return compact(
        {
            "type": "ListedShop",
            "actor": value.actor,
            "collective": value.collective,
            "charterVersion": value.charter_version,
            "published": optional(value.published, write_moment),
        }
    )
