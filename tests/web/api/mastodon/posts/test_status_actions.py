"""Liking and sharing through a client."""

from models.store.database import connection, fetch_value
from tests.factories import make_follow, make_listing, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

DELIVERED = "SELECT count(*) FROM delivery"


async def test_liking_twice_is_liking_once_and_the_author_is_told(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, await make_remote_actor(conn))
    path = f"/api/v1/statuses/{listing.id}"

    first = await alice.api.post(f"{path}/favourite", strict.status)
    second = await alice.api.post(f"{path}/favourite", strict.status)

    assert (first["favourited"], first["favourites_count"]) == (True, 1)
    assert (second["favourited"], second["favourites_count"]) == (True, 1)
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, DELIVERED) == 1
    undone = await alice.api.post(f"{path}/unfavourite", strict.status)
    again = await alice.api.post(f"{path}/unfavourite", strict.status)
    assert (undone["favourited"], again["favourites_count"]) == (False, 0)


async def test_sharing_answers_the_wrapping_status_and_unsharing_the_plain_one(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        listing = await make_listing(conn, bob)
    path = f"/api/v1/statuses/{listing.id}"

    wrapper = await alice.api.post(f"{path}/reblog", strict.status)
    again = await alice.api.post(f"{path}/reblog", strict.status)

    assert wrapper["id"] == again["id"] != str(listing.id)
    assert (wrapper["account"]["acct"], wrapper["reblog"]["id"]) == ("alice", str(listing.id))
    assert (wrapper["reblogged"], wrapper["reblog"]["reblogged"]) == (True, True)
    assert (await alice.api.get(f"/api/v1/statuses/{wrapper['id']}", strict.status))["reblog"] is not None
    plain = await alice.api.post(f"/api/v1/statuses/{wrapper['id']}/unreblog", strict.status)
    assert (plain["id"], plain["reblogged"], plain["reblog"]) == (str(listing.id), False, None)
    assert (await alice.api.ask("GET", f"/api/v1/statuses/{wrapper['id']}")).status == 404


async def test_a_wrapping_status_can_be_liked_and_deleted_by_its_own_id(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, await make_remote_actor(conn))
    wrapper = await alice.api.post(f"/api/v1/statuses/{listing.id}/reblog", strict.status)

    liked = await alice.api.post(f"/api/v1/statuses/{wrapper['id']}/favourite", strict.status)
    deleted = await alice.api.ask("DELETE", f"/api/v1/statuses/{wrapper['id']}")

    assert (liked["id"], liked["favourited"]) == (str(listing.id), True)
    assert deleted.status == 200
    assert (await alice.api.get(f"/api/v1/statuses/{listing.id}", strict.status))["reblogged"] is False


async def test_what_is_not_for_everybody_cannot_be_shared(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        await make_follow(conn, alice.actor, bob)
        note = await make_note(conn, bob, audience="followers")

    shared = await alice.api.ask("POST", f"/api/v1/statuses/{note.id}/reblog")
    liked = await alice.api.ask("POST", f"/api/v1/statuses/{note.id}/favourite")

    assert (shared.status, liked.status) == (403, 200)
