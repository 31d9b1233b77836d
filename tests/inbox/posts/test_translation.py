"""From what others wrote to what is stored: our own listings come back whole, others' are understood."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from federation.documents.serialize import to_json
from federation.texts.html_cleaner import link_hashtag
from federation.vocabulary.embedded import Postlike, is_postlike, read_object
from inbox.posts.contents import read_attachments
from inbox.posts.translation import read_audience, read_details, read_new_post
from models.listings.listings import ListingDetails, has_calendar
from outbox.builders.objects.proposal import CURRENCIES, build_proposal
from tests.outbox.sample_people import ALICE, BOB, SITE, listing, picture
from tests.payloads import load_json


def read(document: dict[str, Any]) -> Postlike:
    """An object as it is received."""
    found = read_object(document.get("object", document) if "actor" in document else document)
    assert is_postlike(found)
    return found


def details_of(name: str) -> ListingDetails:
    """The listing in one of the payloads."""
    found = read_details(read(load_json(name)))
    assert found is not None
    return found


REPAIR = {
    "bike_type": "cargo",
    "interventions": ["flat-tyre"],
    "wheel_size": "47-622",
    "rideable": False,
    "reach": "8km",
    "urgency": "Today",
    "travel_km": 3,
    "part": "chambre à air",
    "reward": "free-price",
}


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "gift"},
        {"mode": "loan", "deposit": Decimal(50), "max_duration": "P3D", "currency": "EUR"},
        {"mode": "sale", "price": Decimal("12.5"), "currency": "EUR"},
        {"mode": "sale", "free_price": True, "currency": "EUR"},
        {"mode": "swap", "wants": "une binette ou un plantoir"},
        {"mode": "service", "unit": "hour", "unit_based": True, "wants": "une heure de jardin"},
        {"kind": "request", "mode": "loan"},
        {"kind": "repair_call", "mode": "repair", "category": "velo-reparation", "repair": REPAIR},
        {"mode": "loan", "status": "fulfilled", "closed_reason": "elsewhere"},
        {"mode": "loan", "status": "paused"},
        {"mode": "loan", "description": "<p>Un.</p><p>Deux.</p>", "quantity": Decimal(3)},
        {"mode": "loan", "post": {"language": "en"}, "place_name": None, "latitude": None, "longitude": None},
        {
            "mode": "loan",
            "begins_at": datetime(2026, 12, 1, 8, tzinfo=UTC),
            "ends_at": datetime(2026, 12, 2, 8, tzinfo=UTC),
        },
    ],
)
def test_a_listing_of_ours_comes_back_as_it_was(changes: dict[str, Any]) -> None:
    ours = listing(**({"kind": "offer"} | changes))

    theirs = read_details(read(to_json(build_proposal(SITE, ALICE, ours))))

    assert theirs is not None
    expected = ours.details
    # A commune's code is known to its own server; currencies only matter with an amount of money asked for.
    same: dict[str, Any] = {
        "commune_code": None,
        "available_quantity": theirs.available_quantity,
        "category_uri": theirs.category_uri,
        "calendar_uri": f"{ours.uri}/unavailabilities" if has_calendar(expected) else None,
    }
    same |= {"currency": theirs.currency, "reciprocal": theirs.reciprocal}
    if expected.place_name is None:
        same |= {"postcode": None, "radius": None}
    assert theirs == replace(expected, **same)


def test_hashtags_in_the_text_stay_there() -> None:
    text = f"<p>Voir {link_hashtag(f'{SITE.url}/tags/velo', 'Vélo')}</p>"
    ours = listing(mode="loan", description=text)

    theirs = read_details(read(to_json(build_proposal(SITE, ALICE, ours))))

    assert theirs is not None and "Vélo" in theirs.description and "📍" not in theirs.description


def test_a_long_text_of_a_gift_comes_whole() -> None:
    ours = listing(mode="gift", description=f"<p>{'mot ' * 400}</p>")

    theirs = read_details(read(to_json(build_proposal(SITE, ALICE, ours))))

    assert theirs is not None and len(theirs.description) > 1500


def test_something_of_flohmarkt_is_an_offer() -> None:
    details = details_of("flohmarkt/create_item")

    assert (details.kind, details.mode, details.title) == ("offer", "sale", "Table basse")
    assert (details.price, details.currency, details.description) == (Decimal(10), "EUR", "En chêne")
    assert (details.latitude, details.longitude) == (50.6, 3.0)


def test_a_proposal_of_mitra_is_a_service_for_money() -> None:
    details = details_of("mitra/proposal")

    assert (details.kind, details.mode, details.title) == ("offer", "service", "Pay for subscription")
    assert (details.price, details.unit_based, details.unit) == (Decimal(20000), True, "second")


def test_a_proposal_of_bonfire_is_understood_through_its_wrapping() -> None:
    details = details_of("bonfire/offer")

    assert (details.kind, details.mode, details.title) == ("offer", "service", "Guitare")


def test_an_event_of_mobilizon_is_something_at_a_time_and_a_place() -> None:
    details = details_of("mobilizon/create_event")

    assert (details.kind, details.mode, details.title) == ("offer", "other", "Atelier vélo")
    assert details.begins_at == datetime(2026, 12, 5, 13, tzinfo=UTC)
    assert details.expires_at == datetime(2026, 12, 5, 16, tzinfo=UTC)
    assert details.place_name


def test_a_cancelled_event_is_cancelled() -> None:
    document = load_json("mobilizon/create_event")
    document["object"]["ical:status"] = "CANCELLED"

    details = read_details(read(document))

    assert details is not None and details.status == "cancelled"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"proposalStatus": "Stolen"}, {"status": "open"}),
        ({"closedReason": "because"}, {"closed_reason": None}),
        ({"territory": "https://evil.test/users/coop"}, {"territory_uri": None}),
        ({"additionalType": "RentOffer"}, {"kind": "offer"}),
        ({"additionalType": ["https://mutual-aid.app/ns/core#LoanOffer"]}, {"mode": "loan"}),
        ({"publishes": {"type": "Intent", "name": "x" * 400}}, {"title": "x" * 200}),
        ({"publishes": {"type": "Intent", "name": "Tente <3 places"}}, {"title": "Tente <3 places"}),
    ],
)
def test_strange_values_are_read_with_care(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    document = to_json(build_proposal(SITE, ALICE, listing())) | changes

    details = read_details(read(document))

    assert details is not None
    assert {name: getattr(details, name) for name in expected} == expected


def test_what_a_listing_is_stored_as() -> None:
    document = to_json(build_proposal(SITE, ALICE, listing(), [picture()]))
    read_back = read(document)

    new = read_new_post(ALICE, read_back, {})

    assert (new.kind, new.local, new.audience) == ("listing", False, "network")
    assert {tag.tag for tag in new.tags} >= {"offre", "lomme"}
    assert new.raw is not None and new.raw["publishes"]["name"] == "Vélo enfant 16 pouces"
    [photo] = read_attachments(read_back)
    assert (photo.description, photo.width) == ("Petit vélo rouge contre un mur", 1200)


@pytest.mark.parametrize(
    "name",
    [
        "mastodon/create_note",
        "mastodon/question",
        "gotosocial/create_note",
        "misskey/create_note",
        "pleroma/create_note",
        "snac2/create_note",
        "fedify/create_note",
        "peertube/create_video",
        "lemmy/announce_page",
    ],
)
def test_what_all_others_publish_has_content_and_an_address(name: str) -> None:
    document = load_json(name)
    while isinstance(document.get("object"), dict):
        document = document["object"]
    found = read_object(document)
    assert is_postlike(found)

    new = read_new_post(BOB, found, {})

    assert new.content and new.url.startswith("https://") and new.published_at is not None
    assert orjson.dumps(new.raw)


@pytest.mark.parametrize(
    ("to", "cc", "audience"),
    [
        (["https://www.w3.org/ns/activitystreams#Public"], [], "network"),
        ([], ["as:Public"], "unlisted"),
        ([f"{BOB.uri}/followers"], [], "followers"),
        ([ALICE.uri], [], "direct"),
        ([], [], "direct"),
    ],
)
def test_the_audience(to: list[str], cc: list[str], audience: str) -> None:
    note = read({"id": f"{BOB.uri}/notes/1", "type": "Note", "attributedTo": BOB.uri, "to": to, "cc": cc})

    assert read_audience(note if not hasattr(note, "note") else note.note, BOB) == audience


def test_a_page_on_another_server_is_not_believed() -> None:
    note = read({"id": f"{BOB.uri}/notes/1", "type": "Note", "attributedTo": BOB.uri, "url": "https://evil.test/login"})

    assert read_new_post(BOB, note, {}).url == f"{BOB.uri}/notes/1"


@pytest.mark.parametrize(
    ("action", "reciprocal", "mode"),
    [
        ("transferCustody", "hope", "loan"),
        ("deliverService", "money", "service"),
        ("vf:transfer", "money", "sale"),
        ("transfer", "hope", "swap"),
        ("transfer", None, "gift"),
        ("consume", None, "other"),
    ],
)
def test_a_listing_of_no_kind_is_known_by_what_is_done_and_what_is_asked_for(
    action: str, reciprocal: str | None, mode: str
) -> None:
    document = to_json(build_proposal(SITE, ALICE, listing(mode="gift")))
    document["publishes"]["action"] = action
    asked = {"hope": {"name": "une binette"}, "money": {"resourceConformsTo": CURRENCIES["EUR"]}}
    if reciprocal is not None:
        document["reciprocal"] = {"type": "Intent", "action": "transfer", **asked[reciprocal]}

    details = read_details(read({key: value for key, value in document.items() if key != "additionalType"}))

    assert details is not None and details.mode == mode


def test_what_people_typed_between_quotes_stays_as_they_typed_it() -> None:
    event = load_json("mobilizon/create_event")["object"] | {
        "name": 'L\'atelier "vélo" & Cie',
        "location": {"type": "Place", "name": 'Salle "L\'Escale"'},
    }

    content = read_new_post(BOB, read(event), {}).content

    assert '<strong>L\'atelier "vélo" &amp; Cie</strong>' in content
    assert '<p>📍 Salle "L\'Escale"</p>' in content
