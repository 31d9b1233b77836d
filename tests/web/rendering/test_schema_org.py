"""Listings in the words of schema.org."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from models.listings.listings import ListingDetails
from web.rendering.schema_org import describe_listing

LOAN = ListingDetails(kind="offer", mode="loan", title="Tente", place_name="Lomme", postcode="59160")


def describe(details: ListingDetails) -> dict[str, object]:
    return describe_listing(details, url="https://a.test/annonces/1", description="", image="", author="Maryse")


def test_offer_says_what_where_and_by_whom() -> None:
    described = describe(LOAN)

    assert described["@type"] == "Offer"
    assert described["price"] == "0"
    assert described["availability"] == "https://schema.org/InStock"
    assert described["itemOffered"] == {"@type": "Product", "name": "Tente", "description": "Tente"}
    assert described["offeredBy"] == {"@type": "Person", "name": "Maryse"}


@pytest.mark.parametrize(
    ("change", "type", "price", "item"),
    [
        ({"mode": "sale", "price": Decimal("12.50")}, "Offer", "12.50", "Product"),
        ({"mode": "sale", "free_price": True}, "Offer", None, "Product"),
        ({"mode": "service"}, "Offer", None, "Service"),
        ({"kind": "request"}, "Demand", None, "Product"),
        ({"kind": "repair_call", "mode": "repair"}, "Demand", None, "Service"),
    ],
)
def test_kinds_and_modes(change: dict[str, Any], type: str, price: str | None, item: str) -> None:
    described = describe(replace(LOAN, **change))

    assert (described["@type"], described.get("price"), described["itemOffered"]["@type"]) == (type, price, item)  # type: ignore[index]  # a value of JSON-LD that is an object


def test_position_is_never_told() -> None:
    assert "50.6" not in str(describe(replace(LOAN, latitude=50.64, longitude=2.98, radius=500)))
