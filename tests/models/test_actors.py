"""Actors here and elsewhere."""

from models import actors, follows, listings, posts, timelines
from models.database import Connection
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor


async def test_remote_actor_keeps_its_row_when_it_is_fetched_again(conn: Connection) -> None:
    first = await make_remote_actor(conn, name="Bob")

    second = await make_remote_actor(conn, name="Robert")

    assert (second.id, second.name) == (first.id, "Robert")


async def test_taken_over_handle_becomes_another_account(conn: Connection) -> None:
    old = await make_remote_actor(conn)

    new = await make_remote_actor(conn, uri="https://henin.test/actors/2")

    assert new.id != old.id
    assert (await actors.find_by_handle(conn, "BOB", "henin.test")) == new


async def test_home_shows_posts_of_the_followed_and_what_they_share(conn: Connection) -> None:
    alice = await make_member(conn)
    bob = await make_remote_actor(conn)
    carol = await make_remote_actor(conn, "carol")
    await make_follow(conn, alice, bob)
    mine = await make_note(conn, alice)
    theirs = await make_listing(conn, bob)
    await make_note(conn, carol)

    home = await timelines.list_home(conn, alice.id, timelines.Page())

    assert [entry.post_id for entry in home] == [theirs.id, mine.id]
    assert (await listings.list_by_posts(conn, [theirs.id]))[theirs.id] == theirs
    assert await posts.filter_visible(conn, [theirs.id], None) == {theirs.id}
    assert await follows.is_followed_locally(conn, bob.uri)


async def test_in_a_search_accounts_of_hosts_that_nobody_knows_come_last(conn: Connection) -> None:
    alice = await make_member(conn)
    invented = await make_remote_actor(conn, "bob", "neu.test")
    met = await make_remote_actor(conn, "bobby", "henin.test")
    await make_follow(conn, alice, met)

    assert [one.id for one in await actors.search(conn, "bob", limit=5)] == [met.id, invented.id]
