"""Listings of all who have some: ours, FEP-0837's, Bonfire's."""

from decimal import Decimal

import pytest

from federation.vocabulary.embedded import read_object
from federation.vocabulary.intents import Quantity
from federation.vocabulary.marketplace import Proposal
from tests.payloads import load_json


def read(name: str) -> Proposal:
    document = load_json(name)
    value = read_object(document.get("object", document))
    assert isinstance(value, Proposal)
    return value


@pytest.mark.parametrize(
    ("name", "purpose", "kind", "action"),
    [
        ("create_note_gift_offer", "offer", "GiftOffer", "transfer"),
        ("note_loan_offer", "offer", "LoanOffer", "transferCustody"),
        ("note_sale_offer", "offer", "SaleOffer", "transfer"),
        ("note_barter_offer", "offer", "BarterOffer", "transfer"),
        ("note_service_offer", "offer", "ServiceOffer", "deliverService"),
        ("note_loan_request", "request", "LoanRequest", "transferCustody"),
        ("note_repair_call", "request", "RepairCall", "deliverService"),
    ],
)
def test_every_kind_of_listing_is_known_by_its_kind(name: str, purpose: str, kind: str, action: str) -> None:
    listing = read(f"declic/{name}")

    assert (listing.purpose, listing.kinds, listing.publishes.action) == (purpose, (kind,), action)
    assert listing.status == "Open"


def test_a_sale_says_its_price_and_a_loan_its_deposit() -> None:
    sale, loan = read("declic/note_sale_offer"), read("declic/note_loan_offer")

    assert sale.reciprocal is not None
    assert sale.reciprocal.quantity == Quantity(value=Decimal(25))
    assert sale.free_price is False
    assert loan.publishes.deposit is not None
    assert loan.publishes.deposit.quantity == Quantity(value=Decimal(50))
    assert loan.publishes.max_duration == "P3D"


def test_a_repair_call_says_what_is_wrong() -> None:
    call = read("declic/note_repair_call")

    assert call.repair is not None
    assert (call.repair.bike_type, call.repair.interventions) == ("cargo", ("flat-tyre",))
    assert (call.repair.rideable, call.repair.urgency) == (False, "Today")


def test_a_closed_listing_says_how() -> None:
    closed = read("declic/update_note_repair_call")

    assert (closed.status, closed.closed_reason) == ("Fulfilled", "here")
    assert closed.publishes.available == Quantity(value=Decimal(0))


def test_a_proposal_of_mitra_is_a_listing() -> None:
    proposal = read("mitra/proposal")

    assert proposal.unit_based
    assert proposal.publishes.quantity == Quantity(value=Decimal(1), unit="second")
    assert proposal.note.name == "Pay for subscription"


def test_a_proposal_of_bonfire_is_looked_through_to_its_intent() -> None:
    proposal = read("bonfire/offer")

    assert (proposal.publishes.name, proposal.publishes.action) == ("Guitare", "deliverService")


def test_names_are_understood_with_their_prefix_or_address() -> None:
    document = load_json("declic/note_loan_offer") | {
        "additionalType": ["maid:LoanOffer", {"id": "https://w3id.org/declic/ns#Thanks"}],
        "proposalStatus": "https://w3id.org/declic/ns#Paused",
    }

    listing = read_object(document)

    assert isinstance(listing, Proposal)
    assert (listing.kinds, listing.status) == (("LoanOffer", "Thanks"), "Paused")


def test_what_is_published_may_be_an_address_only() -> None:
    listing = read_object(load_json("declic/note_loan_offer") | {"publishes": "https://a.example/1#primary"})

    assert isinstance(listing, Proposal)
    assert listing.publishes.id == "https://a.example/1#primary"


def test_what_is_published_may_be_nonsense() -> None:
    listing = read_object(load_json("declic/note_loan_offer") | {"publishes": 5, "purpose": ["x"], "repair": "x"})

    assert isinstance(listing, Proposal)
    assert listing.purpose == "offer"
    assert listing.publishes.id is None
