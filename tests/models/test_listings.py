"""Listings: ours and others', kept, edited, found again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import listings
from models.actors import Actor
from models.database import Connection, execute
from models.errors import NotFound
from models.listings import ListingDetails
from models.posts import NewPost
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


DETAILS = ListingDetails(kind="offer", mode="loan", title="Perceuse", repair={"bike_type": "cargo"})


async def test_what_is_saved_is_read_back(conn: Connection) -> None:
    bob = await make_remote_actor(conn)

    saved, fresh = await listings.save_remote(conn, _new(bob), DETAILS)

    assert fresh
    found = await listings.find_by_listing_uri(conn, saved.uri)
    assert found is not None and found.details == replace(DETAILS, quantity=found.details.quantity)
    assert found.post == saved.post


async def test_a_newer_version_replaces_it_and_an_older_one_does_not(conn: Connection) -> None:
    bob, now = await make_remote_actor(conn), datetime.now(UTC)
    await listings.save_remote(conn, _new(bob), DETAILS)

    newer, fresh = await listings.save_remote(conn, _new(bob, updated_at=now), replace(DETAILS, status="fulfilled"))
    older, _ = await listings.save_remote(
        conn, _new(bob, updated_at=now - timedelta(hours=1)), replace(DETAILS, title="Vieux")
    )

    assert not fresh
    assert (newer.details.status, older.details.status, older.details.title) == ("fulfilled", "fulfilled", "Perceuse")


async def test_a_note_that_turns_out_to_be_a_listing_becomes_one(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob)

    saved, fresh = await listings.save_remote(conn, _new(bob, uri=note.uri), DETAILS)

    assert (saved.id, fresh, saved.details.title) == (note.id, False, "Perceuse")


async def test_one_of_ours_is_never_touched_from_elsewhere(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    ours = await make_listing(conn, alice)

    saved, fresh = await listings.save_remote(conn, _new(bob, uri=ours.uri, updated_at=datetime.now(UTC)), DETAILS)

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
