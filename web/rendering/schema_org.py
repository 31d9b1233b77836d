"""Listings and repair shops in the words of schema.org (JSON-LD in the page), which search engines read."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from federation.json.fields import compact, write_moment
from federation.vocabulary.hours import write_hours
from models.listings.listings import ListingDetails
from models.people.actors import Actor
from models.people.opening_hours import read_hours
from models.repairs.shops.prices import Price
from models.settings import Site

AVAILABILITY = {"open": "InStock", "reserved": "LimitedAvailability"}

FREE_MODES = frozenset({"gift", "loan", "swap"})
"""What costs no money: a price of 0 is said."""

FUNCTIONS = {
    mode: f"http://purl.org/goodrelations/v1#{name}"
    for mode, name in {"sale": "Sell", "loan": "LeaseOut", "service": "ProvideService"}.items()
}
"""Of GoodRelations: what is lent is leased out, what is done is a service."""

CONDITIONS = {"new": "NewCondition", "like-new": "UsedCondition", "good": "UsedCondition", "used": "UsedCondition"}


def describe_listing(details: ListingDetails, *, url: str, description: str, image: str, author: str) -> dict[str, Any]:
    """The listing as Offer or Demand of a Product or Service; a place is told as its commune only."""
    offered = details.kind == "offer"
    return compact(
        {
            "@context": "https://schema.org",
            "@type": "Offer" if offered else "Demand",
            "url": url,
            "name": details.title,
            "availability": f"https://schema.org/{AVAILABILITY.get(details.status, 'SoldOut')}",
            "availabilityStarts": write_moment(details.begins_at) if details.begins_at else None,
            "availabilityEnds": write_moment(details.expires_at) if details.expires_at else None,
            "businessFunction": FUNCTIONS.get(details.mode),
            **(_describe_price(details) if offered else {}),
            "areaServed": _describe_place(details) if details.place_name else None,
            "offeredBy": {"@type": "Person", "name": author} if offered else None,
            "itemOffered": _describe_item(details, description=description, image=image),
        }
    )


def _describe_price(details: ListingDetails) -> dict[str, str]:
    if details.mode in FREE_MODES:
        return {"price": "0", "priceCurrency": "EUR"}
    if details.price is None:
        return {}
    return {"price": f"{details.price:f}", "priceCurrency": details.currency or "EUR"}


def _describe_place(details: ListingDetails) -> dict[str, Any]:
    address = {
        "@type": "PostalAddress",
        "addressLocality": details.place_name,
        "postalCode": details.postcode,
        "addressCountry": "FR",
    }
    return {"@type": "Place", "name": details.place_name, "address": compact(address)}


def _describe_item(details: ListingDetails, *, description: str, image: str) -> dict[str, Any]:
    service = details.mode in ("service", "repair")
    condition = CONDITIONS.get(details.condition or "")
    return compact(
        {
            "@type": "Service" if service else "Product",
            "name": details.title,
            "description": description or details.title,
            "image": image or None,
            "itemCondition": f"https://schema.org/{condition}" if condition and not service else None,
        }
    )


def describe_shop(actor: Actor, path: str, site: Site, types: Iterable[str], prices: Iterable[Price]) -> dict[str, Any]:
    """A repair shop as LocalBusiness, with its hours and what it takes; its street only where it tells one."""
    address = {
        "@type": "PostalAddress",
        "streetAddress": actor.street,
        "addressLocality": actor.place_name,
        "postalCode": actor.postcode,
        "addressCountry": "FR",
    }
    hours = _as_schema(write_hours(read_hours(actor.hours)))
    return compact(
        {
            "@context": "https://schema.org",
            "@type": "LocalBusiness",
            "@id": actor.uri,
            "name": actor.display_name,
            "description": ", ".join(types) or None,
            "url": f"{site.url}{path}",
            "address": compact(address) if actor.place_name else None,
            **hours,
            "makesOffer": [_describe_repair(one) for one in prices] or None,
        }
    )


def _describe_repair(price: Price) -> dict[str, Any]:
    offered: dict[str, Any] = {"@type": "Offer", "itemOffered": {"@type": "Service", "name": price.label}}
    if price.cents is None:
        return offered
    amount = f"{Decimal(price.cents) / 100:f}"
    if price.kind == "from":
        least = {"@type": "PriceSpecification", "minPrice": amount, "priceCurrency": "EUR"}
        return offered | {"priceSpecification": least}
    return offered | {"price": amount, "priceCurrency": "EUR"}


def _as_schema(document: Any) -> Any:
    """The same words with the `@type` that JSON-LD without our context wants."""
    if isinstance(document, list):
        return [_as_schema(one) for one in document]
    if isinstance(document, dict):
        return {("@type" if key == "type" else key): _as_schema(value) for key, value in document.items()}
    return document
