"""A listing on the wire, against the JSON that was agreed upon."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from federation.documents.parse import read_fetched
from federation.documents.serialize import serialize, to_json
from federation.vocabulary.marketplace import Proposal
from models.listings.listings import Listing
from outbox.builders.objects.proposal import build_proposal, build_proposal_twin
from tests.outbox.sample_people import ALICE, AT, LATER, PUBLIC, SITE, listing, picture

ID = "https://lomme.example/users/alice/items/0b9c6f2e-3f0e-4c1c-9a55-6a1f0b7f1a01"
PAGE = "https://lomme.example/annonces/0b9c6f2e-3f0e-4c1c-9a55-6a1f0b7f1a01"
TAGS = "https://lomme.example/tags"
CONTENT = (
    "<p><strong>🎁 Don\u00a0: Vélo enfant 16 pouces</strong></p><p>Freins refaits, à venir chercher.</p>"
    f'<p>📍 Lomme · bon état · <a href="{PAGE}">voir et répondre</a></p>'
    f'<p><a href="{TAGS}/offre" class="mention hashtag" rel="tag">#<span>Offre</span></a> '
    f'<a href="{TAGS}/v%C3%A9lo" class="mention hashtag" rel="tag">#<span>Vélo</span></a> '
    f'<a href="{TAGS}/lomme" class="mention hashtag" rel="tag">#<span>Lomme</span></a> '
    f'<a href="{TAGS}/offrelomme" class="mention hashtag" rel="tag">#<span>OffreLomme</span></a></p>'
)


def build(value: Listing) -> dict[str, Any]:
    written = to_json(build_proposal(SITE, ALICE, value))
    del written["@context"]
    return written


def test_a_gift_is_exactly_this() -> None:
    written = to_json(build_proposal(SITE, ALICE, listing(), [picture()]))

    context = written.pop("@context")
    assert context[0] == "https://www.w3.org/ns/activitystreams"
    assert context[1]["GiftOffer"] == "maid:GiftOffer"
    assert written == {
        "id": ID,
        "type": "Note",
        "attributedTo": "https://lomme.example/users/alice",
        "published": "2026-11-24T09:00:00Z",
        "endTime": "2026-12-24T09:00:00Z",
        "url": PAGE,
        "to": [PUBLIC],
        "cc": ["https://lomme.example/users/alice/followers", "https://lomme.example/users/offres"],
        "audience": "https://lomme.example/users/offres",
        "content": CONTENT,
        "contentMap": {"fr": CONTENT},
        "attachment": [
            {
                "type": "Document",
                "mediaType": "image/jpeg",
                "url": "https://lomme.example/media/8f1c.jpg",
                "name": "Petit vélo rouge contre un mur",
                "width": 1200,
                "height": 900,
                "blurhash": "LIIE|gRj00WB-;j[t7j[4nWBj[Rj",
            }
        ],
        "tag": [
            {"type": "Hashtag", "name": "#Offre", "href": f"{TAGS}/offre"},
            {"type": "Hashtag", "name": "#Vélo", "href": f"{TAGS}/v%C3%A9lo"},
            {"type": "Hashtag", "name": "#Lomme", "href": f"{TAGS}/lomme"},
            {"type": "Hashtag", "name": "#OffreLomme", "href": f"{TAGS}/offrelomme"},
        ],
        "location": {
            "type": "Place",
            "name": "Lomme",
            "latitude": 50.645,
            "longitude": 2.987,
            "radius": 500,
            "units": "m",
            "address": {
                "type": "PostalAddress",
                "postalCode": "59160",
                "addressLocality": "Lomme",
                "addressCountry": "FR",
            },
        },
        "sensitive": False,
        "interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}},
        "context": f"{ID}/context",
        "replies": f"{ID}/replies",
        "likes": f"{ID}/likes",
        "shares": f"{ID}/shares",
        "additionalType": ["GiftOffer"],
        "proposalStatus": "Open",
        "territory": "https://lomme.example/users/coop",
        "purpose": "offer",
        "publishes": {
            "type": "Intent",
            "id": f"{ID}#primary",
            "name": "Vélo enfant 16 pouces",
            "action": "transfer",
            "resourceConformsTo": "https://w3id.org/declic/cat#velo-enfant",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
            "availableQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
        },
        "unitBased": False,
        "itemCondition": "good",
        "flohmarkt:data": {
            "name": "Vélo enfant 16 pouces",
            "description": "Freins refaits, à venir chercher.",
            "price": "0",
            "currency": "EUR",
            "original_id": "0b9c6f2e-3f0e-4c1c-9a55-6a1f0b7f1a01",
            "coordinates": {"lat": 50.645, "lng": 2.987},
        },
    }


@pytest.mark.parametrize(
    ("kind", "mode", "type", "action", "purpose"),
    [
        ("offer", "gift", ["GiftOffer"], "transfer", "offer"),
        ("offer", "loan", ["LoanOffer"], "transferCustody", "offer"),
        ("offer", "swap", ["BarterOffer"], "transfer", "offer"),
        ("offer", "sale", ["SaleOffer"], "transfer", "offer"),
        ("offer", "service", ["ServiceOffer"], "deliverService", "offer"),
        ("offer", "other", None, "transfer", "offer"),
        ("request", "gift", ["GiftRequest"], "transfer", "request"),
        ("request", "loan", ["LoanRequest"], "transferCustody", "request"),
        ("request", "swap", ["BarterRequest"], "transfer", "request"),
        ("request", "sale", ["PurchaseRequest"], "transfer", "request"),
        ("request", "service", ["ServiceRequest"], "deliverService", "request"),
        ("repair_call", "repair", ["RepairCall"], "deliverService", "request"),
    ],
)
def test_every_kind_says_what_it_is(kind: str, mode: str, type: object, action: str, purpose: str) -> None:
    written = build(listing(kind, mode))

    assert (written.get("additionalType"), written["publishes"]["action"], written["purpose"]) == (
        type,
        action,
        purpose,
    )
    assert ("flohmarkt:data" in written) == (kind == "offer" and mode in ("gift", "sale"))
    assert ("reciprocal" in written) is False


def test_every_listing_is_read_back_as_it_was_built() -> None:
    for kind, mode in [("offer", "loan"), ("offer", "sale"), ("request", "service"), ("repair_call", "repair")]:
        built = build_proposal(SITE, ALICE, listing(kind, mode, price=Decimal("12.50")), [picture()])

        assert read_fetched(to_json(built)) == built


def test_a_loan_says_its_deposit_and_how_long() -> None:
    written = build(listing("offer", "loan", deposit=Decimal(50), max_duration="P3D", currency="EUR"))

    assert written["publishes"]["maxDuration"] == "P3D"
    assert written["publishes"]["deposit"] == {
        "resourceConformsTo": "https://www.wikidata.org/wiki/Q4916",
        "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "50"},
    }
    assert "caution 50\u00a0€" in written["content"]


def test_a_sale_says_its_price() -> None:
    written = build(listing("offer", "sale", price=Decimal("12.50"), currency="EUR"))

    assert written["reciprocal"] == {
        "type": "Intent",
        "id": f"{ID}#reciprocal",
        "action": "transfer",
        "resourceConformsTo": "https://www.wikidata.org/wiki/Q4916",
        "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "12.5"},
    }
    assert written["freePrice"] is False
    assert written["flohmarkt:data"]["price"] == "12.5"
    assert "💶 Vente\u00a0: Vélo enfant 16 pouces, 12,50\u00a0€" in written["content"]


def test_a_free_price_has_no_number() -> None:
    written = build(listing("offer", "sale", free_price=True))

    assert written["reciprocal"]["resourceQuantity"] == {"hasUnit": "one"}
    assert written["freePrice"] is True
    assert "prix libre" in written["content"]


def test_a_swap_says_what_is_hoped_for() -> None:
    written = build(listing("offer", "swap", wants="Un outil de jardin"))

    assert written["reciprocal"]["name"] == "Un outil de jardin"
    assert "contre Un outil de jardin" in written["content"]


def test_an_hour_is_given_for_an_hour() -> None:
    written = build(listing("offer", "service", wants="1 h", unit="hour", unit_based=True, quantity=Decimal(6)))

    assert written["unitBased"] is True
    assert written["publishes"]["minimumQuantity"] == {"hasUnit": "hour", "hasNumericalValue": "1"}
    assert written["publishes"]["availableQuantity"] == {"hasUnit": "hour", "hasNumericalValue": "6"}
    assert written["reciprocal"]["resourceConformsTo"] == "https://w3id.org/declic/cat#heure-temps"


def test_a_repair_call_says_what_is_wrong_and_when() -> None:
    repair = {
        "bike_type": "cargo",
        "interventions": ["flat-tyre"],
        "wheel_size": None,
        "rideable": False,
        "urgency": "Today",
    }
    written = build(
        listing(
            "repair_call",
            "repair",
            category=None,
            repair=repair,
            begins_at=datetime(2026, 11, 24, 16, tzinfo=UTC),
            ends_at=datetime(2026, 11, 24, 19, tzinfo=UTC),
        )
    )

    assert written["repair"] == {
        "type": "RepairDetails",
        "bikeType": "cargo",
        "intervention": ["flat-tyre"],
        "rideable": False,
        "urgency": "Today",
    }
    assert written["publishes"]["resourceConformsTo"] == "https://w3id.org/declic/cat#velo-reparation"
    assert written["publishes"]["hasBeginning"] == "2026-11-24T16:00:00Z"
    assert [tag["name"] for tag in written["tag"]] == ["#DépannageVélo", "#Lomme", "#DépannageVéloLomme"]


@pytest.mark.parametrize(
    ("status", "reason", "wire", "visible", "left"),
    [
        ("fulfilled", "here", "Fulfilled", "✅ Pourvu — 🎁 Don", "0"),
        ("fulfilled", "elsewhere", "Fulfilled", "✅ Pourvu — 🎁 Don", "0"),
        ("cancelled", None, "Cancelled", "❌ Annulé — 🎁 Don", "1"),
        ("paused", None, "Paused", "⏸️ En pause — 🎁 Don", "1"),
        ("expired", None, "Expired", "⌛ Expiré — 🎁 Don", "1"),
        ("reserved", None, "Reserved", "🤝 Réservé — 🎁 Don", "1"),
    ],
)
def test_a_state_is_said_on_the_wire_and_to_people(
    status: str, reason: str | None, wire: str, visible: str, left: str
) -> None:
    written = build(listing(status=status, closed_reason=reason, post={"updated_at": LATER}))

    assert (written["proposalStatus"], written.get("closedReason")) == (wire, reason)
    assert written["content"].startswith(f"<p><strong>{visible}")
    assert written["publishes"]["availableQuantity"]["hasNumericalValue"] == left
    assert written["updated"] == "2026-11-24T17:41:00Z"


def test_what_was_stored_is_what_is_sent() -> None:
    assert build(listing(post={"content": "<p>Tel quel</p>"}))["content"] == "<p>Tel quel</p>"


def test_a_listing_for_territories_is_neither_public_nor_passed_on() -> None:
    written = build(listing(post={"to_uris": [f"{ALICE.uri}/followers"], "cc_uris": []}))

    assert written["to"] == ["https://lomme.example/users/alice/followers"]
    assert "audience" not in written
    assert "interactionPolicy" not in written


def test_a_listing_without_a_place_says_none() -> None:
    written = build(listing(place_name=None, latitude=None, longitude=None, radius=None, postcode=None))

    assert "location" not in written
    assert "coordinates" not in written["flohmarkt:data"]
    assert "📍" not in written["content"]


def test_a_warning_folds_a_listing_only_when_it_is_meant() -> None:
    assert "summary" not in build(listing(post={"warning": "x", "sensitive": False}))
    assert build(listing(post={"warning": "x", "sensitive": True}))["summary"] == "x"


def test_the_twin_is_exactly_this() -> None:
    value = listing("offer", "sale", price=Decimal(25), currency="EUR")

    written = to_json(build_proposal_twin(SITE, ALICE, value))

    del written["@context"]
    assert written == {
        "id": f"{ID}/proposal",
        "type": "Proposal",
        "name": "Vélo enfant 16 pouces, 25\u00a0€",
        "attributedTo": "https://lomme.example/users/alice",
        "purpose": "offer",
        "content": "<p>Freins refaits, à venir chercher.</p>",
        "published": "2026-11-24T09:00:00Z",
        "to": PUBLIC,
        "location": build(value)["location"],
        "publishes": build(value)["publishes"],
        "reciprocal": build(value)["reciprocal"],
        "unitBased": False,
        "url": PAGE,
    }


def test_bytes_are_the_same_wherever_they_are_built() -> None:
    first = build_proposal(SITE, ALICE, listing(), [picture()])
    second = build_proposal(SITE, replace(ALICE), listing(), [picture()])

    assert isinstance(first, Proposal)
    assert serialize(first) == serialize(second)
    assert first.note.published == AT
