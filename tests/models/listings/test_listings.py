"""Listings: ours and others', kept, edited, found again."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models import preferences
from models.errors import NotFound
from models.listings import listings
from models.listings.listings import ListingDetails
from models.own_categories import Subcategory
from models.people.actors import Actor
from models.posts import NewPost
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_listing, make_member, make_note, make_remote_actor


def _new(author: Actor, **changes: Any) -> NewPost:
    values: dict[str, Any] = {
        "uri": f"{author.uri}/items/1",
        "kind": "listing",
        "local": False,
        "author_id": author.id,
        "url": f"{author.url}/1",
        "audience": "network",
        "content": "<p>Perceuse</p>",
    }
    return NewPost(**(values | changes))


MAY = datetime(2027, 5, 10, tzinfo=UTC)

DETAILS = ListingDetails(kind="offer", mode="loan", title="Perceuse", repair={"bike_type": "cargo"})


async def test_what_is_saved_is_read_back(conn: Connection) -> None:
    bob = await make_remote_actor(conn)

    saved, fresh, _ = await listings.save_remote(conn, _new(bob), DETAILS)

    assert fresh
    found = await listings.find_by_listing_uri(conn, saved.uri)
    assert found is not None and found.details == replace(DETAILS, quantity=found.details.quantity)
    assert found.post == saved.post


EVERYTHING = ListingDetails(
    kind="request", mode="swap", title="Vélo cargo", description="<p>Grand</p>", category="velos", category_uri="https://c.test/1",
    status="paused", closed_reason="elsewhere", stream_uri="https://s.test/1", territory_uri="https://t.test/1",
    place_name="Lomme", postcode="59160", commune_code="59355", latitude=50.5, longitude=3.25, radius=500,
    condition="good", quantity=Decimal(2), unit="kilogram", available_quantity=Decimal(3), unit_based=True,
    price=Decimal("4.5"), currency="EUR", free_price=True, wants="du miel", reciprocal={"type": "Intent"},
    deposit=Decimal(20), max_duration="P7D", begins_at=MAY, ends_at=MAY + timedelta(days=1),
    expires_at=MAY + timedelta(days=2), repair={"bike_type": "cargo"}, points=5, first_come=True,
    calendar_uri="https://k.test/1", meeting=True, slots_uri="https://o.test/1",
    subcategory="velos.cargos", subcategory_label="Vélos cargo",
)  # fmt: skip
"""Each value differs from every other, and from what a listing has where nothing is said."""


async def test_every_detail_is_read_back_from_its_own_column(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    await preferences.write(conn, {"subcategories": (Subcategory(slug="velos.cargos", label="Vélos cargo"),)})
    plain, *_ = await listings.save_remote(conn, _new(bob), DETAILS)
    assert all(
        getattr(EVERYTHING, field.name) != getattr(plain.details, field.name)
        for field in fields(ListingDetails)
        if field.name != "repair"
    )

    await listings.save_details(conn, plain.id, EVERYTHING)
    changed = await listings.find_by_post(conn, plain.id)
    other, *_ = await listings.save_remote(conn, _new(bob, uri=f"{bob.uri}/items/2"), EVERYTHING)
    made = await listings.find_by_post(conn, other.id)

    assert changed is not None and made is not None
    assert changed.details == made.details == EVERYTHING


async def test_a_newer_version_replaces_it_and_an_older_one_does_not(conn: Connection) -> None:
    bob, now = await make_remote_actor(conn), datetime.now(UTC)
    await listings.save_remote(conn, _new(bob), DETAILS)

    newer, fresh, _ = await listings.save_remote(conn, _new(bob, updated_at=now), replace(DETAILS, status="fulfilled"))
    older, *_ = await listings.save_remote(
        conn, _new(bob, updated_at=now - timedelta(hours=1)), replace(DETAILS, title="Vieux")
    )

    assert not fresh
    assert (newer.details.status, older.details.status, older.details.title) == ("fulfilled", "fulfilled", "Perceuse")


async def test_a_note_that_turns_out_to_be_a_listing_becomes_one(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob)

    saved, fresh, _ = await listings.save_remote(conn, _new(bob, uri=note.uri), DETAILS)

    assert (saved.id, fresh, saved.details.title) == (note.id, False, "Perceuse")


async def test_a_listing_that_was_edited_into_a_note_does_not_come_back(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob, content="<p>Neuf</p>", updated_at=datetime.now(UTC))

    with pytest.raises(NotFound):
        await listings.save_remote(conn, _new(bob, uri=note.uri), DETAILS)

    assert await fetch_value(conn, "SELECT content FROM post") == "<p>Neuf</p>"


async def test_one_of_ours_is_never_touched_from_elsewhere(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    ours = await make_listing(conn, alice)

    saved, fresh, _ = await listings.save_remote(conn, _new(bob, uri=ours.uri, updated_at=datetime.now(UTC)), DETAILS)

    assert not fresh and saved.details.title == "Tente quatre places" and saved.post.local


async def test_only_its_author_gets_it_to_change(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    listing = await make_listing(conn, alice)

    assert (await listings.get_own(conn, listing.uri, alice.id)).id == listing.id
    for uri, author in ((listing.uri, anna), (f"{listing.uri}0", alice)):
        with pytest.raises(NotFound):
            await listings.get_own(conn, uri, author.id)


async def test_listings_among_posts_are_read_at_once(conn: Connection) -> None:
    alice = await make_member(conn)
    listing, note = await make_listing(conn, alice), await make_note(conn, alice)

    assert set(await listings.list_by_posts(conn, [listing.id, note.id])) == {listing.id}
    await execute(conn, "UPDATE listing SET status = 'paused' WHERE post_id = $1", listing.id)
    found = await listings.find_by_post(conn, listing.id)
    assert found is not None and found.details.status == "paused"
    assert await execute(conn, "DELETE FROM post WHERE id = $1", listing.id)
    assert await listings.find_by_post(conn, listing.id) is None
