"""A listing in the words of schema.org (JSON-LD in the page), which search engines read: an offer, or a demand."""

from typing import Any

from federation.json.fields import compact, write_moment
from models.listings.listings import ListingDetails

AVAILABILITY = {"open": "InStock", "reserved": "LimitedAvailability"}

FREE_MODES = frozenset({"gift", "loan", "swap"})
"""What costs no money: a price of 0 is said."""

CONDITIONS = {"new": "NewCondition", "like-new": "UsedCondition", "good": "UsedCondition", "used": "UsedCondition"}


def describe_listing(
    details: ListingDetails, *, url: str, description: str, image: str, author: str, currency: str = "EUR"
) -> dict[str, Any]:
    """The listing as Offer or Demand of a Product or Service; a place is told as its commune only."""
    kind = "Service" if details.mode in ("service", "repair") else "Product"
    price = "0" if details.mode in FREE_MODES else f"{details.price:f}" if details.price is not None else None
    return compact(
        {
            "@context": "https://schema.org",
            "@type": "Offer" if details.kind == "offer" else "Demand",
            "url": url,
            "name": details.title,
            "availability": f"https://schema.org/{AVAILABILITY.get(details.status, 'SoldOut')}",
            "availabilityStarts": write_moment(details.begins_at) if details.begins_at else None,
            "availabilityEnds": write_moment(details.expires_at) if details.expires_at else None,
            "businessFunction": _find_function(details),
            "price": price if details.kind == "offer" else None,
            "priceCurrency": (details.currency or currency) if price is not None and details.kind == "offer" else None,
            "areaServed": compact(
                {
                    "@type": "Place",
                    "name": details.place_name,
                    "address": compact(
                        {
                            "@type": "PostalAddress",
                            "addressLocality": details.place_name,
                            "postalCode": details.postcode,
                            "addressCountry": "FR",
                        }
                    ),
                }
            )
            if details.place_name
            else None,
            "offeredBy": {"@type": "Person", "name": author} if details.kind == "offer" else None,
            "itemOffered": compact(
                {
                    "@type": kind,
                    "name": details.title,
                    "description": description or details.title,
                    "image": image or None,
                    "itemCondition": f"https://schema.org/{CONDITIONS[details.condition]}"
                    if details.condition in CONDITIONS and kind == "Product"
                    else None,
                }
            ),
        }
    )


def _find_function(details: ListingDetails) -> str | None:
    """Of GoodRelations: what is lent is leased out, what is done is a service."""
    names = {"sale": "Sell", "loan": "LeaseOut", "service": "ProvideService"}
    name = names.get(details.mode)
    return f"http://purl.org/goodrelations/v1#{name}" if name else None
