"""Which terms fit a listing: amounts, units, texts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.errors import Invalid
from models.exchanges.agreements import Terms
from models.listings.listings import ListingDetails
from outbox.exchanges.agreements.terms import require_possible, require_terms

NOW = datetime(2026, 8, 3, 10, tzinfo=UTC)

TERMS = Terms(begins_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=3))

ONE = ListingDetails(kind="offer", mode="loan", title="Tente", description="")

MANY = replace(ONE, unit_based=True, quantity=Decimal(5))

DEAR = replace(MANY, price=Decimal("2.50"), currency="EUR")

FREE = replace(DEAR, free_price=True)


def judge(check: Any, details: ListingDetails, changes: dict[str, Any]) -> str:
    """The code of the refusal, or nothing."""
    try:
        check(details, replace(TERMS, **changes), at=NOW)
    except Invalid as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("details", "changes", "refusal"),
    [
        (ONE, {}, ""),
        (ONE, {"quantity": Decimal(2)}, "quantity_mismatch"),
        (ONE, {"unit": "hour"}, "unit_mismatch"),
        (MANY, {"quantity": Decimal(3)}, ""),
        (MANY, {"quantity": Decimal(0)}, "quantity_invalid"),
        (MANY, {"quantity": Decimal(-1)}, "quantity_invalid"),
        (MANY, {"quantity": Decimal("1.5")}, "quantity_invalid"),
        (ONE, {"amount": Decimal(1)}, "amount_mismatch"),
        (DEAR, {"quantity": Decimal(2), "amount": Decimal(5)}, ""),
        (DEAR, {"quantity": Decimal(2), "amount": Decimal("2.50")}, "amount_mismatch"),
        (DEAR, {"quantity": Decimal(2)}, "amount_mismatch"),
        (FREE, {}, ""),
        (FREE, {"amount": Decimal(0)}, ""),
        (FREE, {"amount": Decimal(-1)}, "amount_invalid"),
        (ONE, {"begins_at": None, "ends_at": None}, "start_missing"),
        (ONE, {"ends_at": None}, "end_missing"),
        (replace(ONE, mode="gift"), {"begins_at": None, "ends_at": None}, ""),
        (replace(ONE, mode="gift"), {"begins_at": None}, "start_missing_too"),
        (replace(ONE, mode="gift"), {"ends_at": None}, ""),
    ],
)
def test_terms_fit_the_listing_or_are_refused(details: ListingDetails, changes: dict[str, Any], refusal: str) -> None:
    assert judge(require_terms, details, changes) == refusal


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"quantity": Decimal(7), "unit": "hour", "amount": Decimal(9)}, ""),
        ({"quantity": Decimal(0)}, "quantity_invalid"),
        ({"ends_at": TERMS.begins_at}, "end_before_start"),
        ({"begins_at": None, "ends_at": None}, "start_missing"),
        ({"ends_at": None}, "end_missing"),
    ],
)
def test_of_another_servers_terms_only_what_cannot_be_is_refused(changes: dict[str, Any], refusal: str) -> None:
    assert judge(require_possible, ONE, changes) == refusal
