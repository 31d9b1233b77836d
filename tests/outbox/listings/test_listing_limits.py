"""Every field of a draft has a limit, and a refusal for whoever passes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.errors import Invalid
from models.listings.listings import ListingDraft
from models.moments import PARIS
from outbox.listings.listing_limits import require_draft
from web.rendering.error_messages.lookup import SENTENCES

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATEST = datetime(2027, 11, 25, 23, 59, 59, tzinfo=PARIS)
GOOD = ListingDraft(kind="offer", mode="loan", title="Tente")
REPAIR = ListingDraft(kind="repair_call", mode="repair", title="Crevaison")


@pytest.mark.parametrize(
    ("draft", "changes", "field"),
    [
        (GOOD, {"title": ""}, "title"),
        (GOOD, {"title": "\x00 \u202e"}, "title"),
        (GOOD, {"title": "x" * 101}, "title"),
        (GOOD, {"text": "x" * 4001}, "text"),
        (GOOD, {"media_ids": tuple(range(7))}, "media_ids"),
        (GOOD, {"language": "français"}, "language"),
        (GOOD, {"kind": "gift"}, "kind"),
        (GOOD, {"mode": "repair"}, "mode"),
        (REPAIR, {"mode": "loan"}, "mode"),
        (GOOD, {"audience": "direct"}, "audience"),
        (GOOD, {"category": "soucoupe-volante"}, "category"),
        (GOOD, {"condition": "mint"}, "condition"),
        (GOOD, {"quantity": Decimal(0)}, "quantity"),
        (GOOD, {"quantity": Decimal(1000)}, "quantity"),
        (GOOD, {"quantity": Decimal("NaN")}, "quantity"),
        (GOOD, {"unit": "kilogram"}, "quantity"),
        (GOOD, {"price": Decimal("12.505")}, "price"),
        (GOOD, {"price": Decimal(-1)}, "price"),
        (GOOD, {"deposit": Decimal(10) ** 9}, "deposit"),
        (GOOD, {"wants": "x" * 121}, "wants"),
        (GOOD, {"max_duration": "trois jours"}, "max_duration"),
        (GOOD, {"max_duration": "P"}, "max_duration"),
        (GOOD, {"begins_at": AT + timedelta(days=2), "ends_at": AT}, "ends_at"),
        (GOOD, {"expires_at": AT}, "expires_at"),
        (GOOD, {"expires_at": LATEST + timedelta(seconds=1)}, "expires_at"),
        (GOOD, {"expires_at": datetime(2026, 12, 1)}, "expires_at"),
        (GOOD, {"place_name": "x" * 101}, "place_name"),
        (GOOD, {"latitude": 50.0}, "place_name"),
        (GOOD, {"latitude": 150.0, "longitude": 3.0}, "place_name"),
        (GOOD, {"repair": {"bike_type": "city"}}, "repair"),
        (REPAIR, {"repair": {"bike_type": "rocket"}}, "bike_type"),
        (REPAIR, {"repair": {"interventions": ["explosion"]}}, "interventions"),
        (REPAIR, {"repair": {"wheel_size": "x" * 61}}, "wheel_size"),
        (REPAIR, {"repair": {"travel_km": 101}}, "travel_km"),
        (REPAIR, {"repair": {"travel_km": -1}}, "travel_km"),
        (REPAIR, {"repair": {"part": "x" * 61}}, "part"),
        (REPAIR, {"repair": {"reward": "gold"}}, "reward"),
        (REPAIR, {"repair": {"rideable": "peut-être"}}, "rideable"),
        (REPAIR, {"repair": {"urgency": "Hier"}}, "urgency"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(draft: ListingDraft, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        require_draft(replace(draft, **changes), at=AT)

    assert error.value.field == field
    assert error.value.code in SENTENCES


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "x" * 100, "text": "x" * 4000},
        {"max_duration": "P3D"},
        {"max_duration": "PT2H"},
        {"price": Decimal("12.50"), "mode": "sale"},
        {"expires_at": LATEST},
        {"audience": "territories", "category": "outil-electrique", "condition": "good"},
    ],
)
def test_what_is_right_passes(changes: dict[str, Any]) -> None:
    assert require_draft(replace(GOOD, **changes), at=AT) == replace(GOOD, **changes)


def test_texts_are_tidied() -> None:
    draft = require_draft(replace(GOOD, title="  Une \n tente\x00 ", text=" a\r\nb ", wants="  "), at=AT)

    assert (draft.title, draft.text, draft.wants) == ("Une tente", "a\nb", None)
