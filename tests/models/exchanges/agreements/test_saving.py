"""Agreements written and read back, each value in its own column."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, NewAgreement, Terms
from models.store.database import Connection
from tests.factories import make_agreement, make_listing, make_member

MAY = datetime(2027, 5, 10, tzinfo=UTC)

TERMS = Terms(
    quantity=Decimal(2),
    unit="kilogram",
    begins_at=MAY,
    ends_at=MAY + timedelta(days=1),
    place="Lomme",
    in_return="un gâteau",
    amount=Decimal("12.50"),
    currency="EUR",
    points=3,
    note="samedi",
)


async def test_what_an_agreement_begins_with_is_read_back(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=bob.id)
    new = NewAgreement(
        exchange_id=thread.id,
        listing_id=listing.id,
        owner_id=alice.id,
        partner_id=bob.id,
        uri="https://lomme.test/agreements/1",
        request_uri="https://lomme.test/offers/1",
        proposed_by=alice.id,
        terms=TERMS,
        held_until=MAY + timedelta(days=2),
        updated_at=MAY + timedelta(days=3),
    )

    made = await agreements.create(conn, new)

    assert made is not None and made.terms == TERMS
    assert (made.state, made.offer_uri) == ("countered", new.request_uri)
    assert {field.name: getattr(made, field.name) for field in fields(NewAgreement) if field.name != "terms"} == {
        field.name: getattr(new, field.name) for field in fields(NewAgreement) if field.name != "terms"
    }


async def test_all_that_may_change_is_read_back(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    made = await make_agreement(conn, await make_listing(conn, alice), bob)
    changed = replace(
        made.with_terms(TERMS),
        uri="https://lomme.test/agreements/1",
        offer_uri="https://lomme.test/offers/2",
        proposed_by=alice.id,
        state="done",
        reason="rendu",
        accepted_uri="https://lomme.test/accepts/1",
        held_until=MAY + timedelta(hours=1),
        owner_reported_at=MAY + timedelta(hours=2),
        partner_reported_at=MAY + timedelta(hours=3),
        updated_at=MAY + timedelta(hours=4),
        agreed_at=MAY + timedelta(hours=5),
        ended_at=MAY + timedelta(hours=6),
    )
    kept = ("id", "exchange_id", "listing_id", "owner_id", "partner_id", "request_uri", "created_at")

    await agreements.save(conn, changed)

    assert await agreements.get(conn, made.id) == changed
    assert {
        field.name for field in fields(Agreement) if getattr(made, field.name) == getattr(changed, field.name)
    } == set(kept)
