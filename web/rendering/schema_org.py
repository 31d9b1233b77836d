"""A listing in the words of schema.org (JSON-LD in the page), which search engines read: an offer, or a demand."""

from typing import Any

from federation.json.fields import compact, write_moment
from models.listings.listings import ListingDetails

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
