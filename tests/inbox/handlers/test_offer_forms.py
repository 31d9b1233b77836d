"""Terms as others write them: what FEP-0837 allows is understood, what it forbids is refused with a reason."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from inbox.errors import Ignored
from inbox.processing.dispatch import apply
from models.exchanges import exchange_messages
from models.listings.listings import Listing
from models.store.database import Connection, fetch_value
from outbox.exchanges.agreements.agreements import accept
from outbox.exchanges.agreements.endings import cancel
from tests.factories import HERE, make_member, make_remote_actor
from tests.inbox.handlers.activities import by
from tests.inbox.handlers.test_offer import START, find, meet, offer, terms
from tests.outbox.sent_activities import list_sent

OM2 = "http://www.ontology-of-units-of-measure.org/resource/om-2/"
Make = Callable[[Listing], Any]


def much(unit: Any, number: Any) -> dict[str, Any]:
    """So many of a unit."""
    return {"resourceQuantity": {"hasUnit": unit, "hasNumericalValue": number}}


@pytest.mark.parametrize(
    "make",
    [
        lambda one: [terms(one)],
        lambda one: terms(one) | {"type": ["Agreement"]},
        lambda one: terms(one) | {"type": "vf:Agreement"},
        lambda one: terms(one) | {"type": "ValueFlows:Agreement"},
        lambda one: terms(one) | {"type": "https://w3id.org/valueflows/ont/vf#Agreement"},
        lambda one: terms(one) | {"stipulates": [terms(one)["stipulates"]]},
        lambda one: terms(one, satisfies={"type": "Intent", "id": f"{one.uri}#primary"}),
        *(lambda one, number=number: terms(one, **much("one", number)) for number in (1, 1.0, "1.0", ["1"], " 1 ")),
        lambda one: terms(one, **much("one", {"@value": "1", "@type": "xsd:decimal"})),
        *(
            lambda one, unit=unit: terms(one, **much(unit, "1"))
            for unit in ("om2:one", f"{OM2}one", {"id": f"{OM2}one"})
        ),
        lambda one: terms(one, resourceQuantity=None),
        lambda one: terms(one) | {"stipulatesReciprocal": {"type": "Commitment", "note": "un gâteau"}},
    ],
)
async def test_every_way_of_writing_one_tent_is_read(conn: Connection, make: Make) -> None:
    alice, bob, listing = await meet(conn)

    await offer(conn, bob, alice, make(listing))

    kept = await find(conn, listing, bob)
    assert kept is not None
    assert (kept.quantity, kept.unit, kept.begins_at) == (Decimal(1), "one", START.replace(second=0))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        *(
            (much("one", number), "combien")
            for number in ("NaN", "Infinity", "-1", -1, "1e400", 10**18, True, "١", "1_0")
        ),
        (much("one", None), "combien"),
        *((much("one", number), "quantité") for number in ("0", "2", "0.0000001")),
        *((much(unit, "1"), "unité") for unit in ("hour", "om2:hour", {"id": f"{OM2}kilogram"}, {}, 5)),
        ({"hasEnd": START.isoformat()}, "après le début"),
        ({"hasEnd": (START + timedelta(days=3650)).isoformat()}, "plus d’un an"),
        ({"hasBeginning": "8999-01-01T00:00:00Z", "hasEnd": "8999-01-02T00:00:00Z"}, "plus de deux ans"),
        ({"hasBeginning": "9999-12-31T23:59:59Z"}, "à partir de quand"),
        ({"hasBeginning": "demain"}, "à partir de quand"),
        ({"note": "x" * 1500}, "trop longue"),
    ],
)
async def test_what_cannot_be_meant_is_refused_at_once(conn: Connection, changes: dict[str, Any], reason: str) -> None:
    alice, bob, listing = await meet(conn)

    await offer(conn, bob, alice, terms(listing, **changes))

    assert await find(conn, listing, bob) is None
    [told] = await list_sent(conn)
    assert told.type == "Reject" and reason in told.activity["content"]


SOLD = {"mode": "sale", "price": Decimal(30), "currency": "EUR"}
SWAPPED = {"mode": "swap", "wants": "six pots de confiture"}


def returned(listing: Listing, **changes: Any) -> dict[str, Any]:
    """Terms without dates, with something in return."""
    back = {"type": "Commitment", "satisfies": f"{listing.uri}#reciprocal"} | changes
    return terms(listing, hasBeginning=None, hasEnd=None) | {"stipulatesReciprocal": back}


@pytest.mark.parametrize(
    ("details", "back", "amount"),
    [
        (SOLD, much("one", "30"), 30),
        (SOLD, much("om2:one", 30), 30),
        ({"mode": "sale", "free_price": True, "currency": "EUR"}, much("one", "7.5"), Decimal("7.5")),
        ({"mode": "sale", "free_price": True, "currency": "EUR"}, {}, None),
        (SWAPPED, much("one", "1"), None),
        (SWAPPED, {"note": "des mûres"}, None),
    ],
)
async def test_what_is_given_in_return_is_what_the_listing_asks_for(
    conn: Connection, details: dict[str, Any], back: dict[str, Any], amount: Decimal | None
) -> None:
    alice, bob, listing = await meet(conn, **details)

    await offer(conn, bob, alice, returned(listing, **back))

    kept = await find(conn, listing, bob)
    assert kept is not None and kept.amount == amount


@pytest.mark.parametrize(
    ("details", "back"),
    [
        (SOLD, much("one", "29")),
        (SOLD, much("kilogram", "30")),
        (SOLD, {}),
        (SOLD, {**much("one", "30"), "satisfies": "https://evil.test/items/1#reciprocal"}),
        (SOLD, {**much("one", "30"), "provider": "https://lomme.test/users/alice"}),
        (SWAPPED, much("one", "2")),
        (SWAPPED, much("hour", "1")),
        ({"mode": "gift"}, much("one", "30")),
    ],
)
async def test_anything_else_in_return_is_refused(
    conn: Connection, details: dict[str, Any], back: dict[str, Any]
) -> None:
    alice, bob, listing = await meet(conn, **details)

    await offer(conn, bob, alice, returned(listing, **back))

    assert await find(conn, listing, bob) is None
    [told] = await list_sent(conn)
    assert told.type == "Reject"


async def test_terms_for_no_part_of_the_listing_are_refused(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)

    for satisfies in (listing.uri, f"{listing.uri}#reciprocal", f"{listing.uri}#x"):
        await offer(conn, bob, alice, terms(listing, satisfies=satisfies))

    assert [told.type for told in await list_sent(conn)] == ["Reject"] * 3


async def test_the_words_may_stand_in_a_map_of_languages(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)

    await offer(conn, bob, alice, terms(listing), contentMap={"fr": "<p>Bonjour</p>"})

    assert await fetch_value(conn, "SELECT details->>'text' FROM exchange_event") == "Bonjour"


async def test_who_asks_by_offer_is_answered_by_accept_whatever_her_profile_says(conn: Connection) -> None:
    """Mitra names no capability on its actors; FEP-0837 has it wait for an Accept of its Offer."""
    alice, _, listing = await meet(conn)
    mira = await make_remote_actor(conn, "mira", "henin.test")
    activity = by(mira, "Offer", terms(listing), to=[alice.uri])
    await apply(conn, HERE, mira, activity)
    kept = await find(conn, listing, mira)
    assert kept is not None

    agreed = await accept(conn, HERE, alice, kept)
    await cancel(conn, HERE, alice, agreed)

    told = [(one.type, one.activity["object"]) for one in await list_sent(conn)]
    assert [type for type, _ in told] == ["Update", "Accept", "Update"]
    assert told[1][1] == activity.id
    assert await exchange_messages.find_last_message(conn, kept.exchange_id, alice.id) is None


async def test_another_member_here_is_not_who_is_asked(conn: Connection) -> None:
    _, bob, listing = await meet(conn)
    carol = await make_member(conn, "carol")

    with pytest.raises(Ignored):
        await offer(conn, bob, carol, terms(listing))
