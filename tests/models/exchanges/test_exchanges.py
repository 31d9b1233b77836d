"""Threads: which private notes belong to which, how far each side read, what comes first."""

import pytest

from models import posts
from models.errors import NotFound
from models.exchanges import exchanges, own_exchanges
from models.listings.listings import Listing
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, execute
from tests.database_queries import count_unread_threads
from tests.factories import make_listing, make_member, make_note, make_remote_actor


async def write(conn: Connection, author: Actor, parent: Post, *named: Actor, audience: str = "direct") -> Post:
    """An answer that names these people."""
    return await make_note(
        conn, author, audience=audience, in_reply_to_uri=parent.uri, mention_ids=tuple(actor.id for actor in named)
    )


async def met(conn: Connection) -> tuple[Actor, Actor, Listing]:
    """Alice with an offer, and Bob from elsewhere."""
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    return alice, bob, await make_listing(conn, alice)


async def test_private_answers_both_ways_are_one_thread(conn: Connection) -> None:
    alice, bob, listing = await met(conn)
    asked = await write(conn, bob, listing.post, alice)
    answered = await write(conn, alice, asked, bob)

    found = await exchanges.find(conn, listing_id=listing.id, partner_id=bob.id)

    assert found is not None
    assert (found.owner_id, found.last_id) == (alice.id, answered.id)
    entries = await exchanges.list_entries(conn, found.id)
    assert [(one.id, one.kind) for one in entries] == [(asked.id, "message"), (answered.id, "message")]


async def test_whoever_writes_has_read_and_the_other_has_not(conn: Connection) -> None:
    alice, bob, listing = await met(conn)
    asked = await write(conn, bob, listing.post, alice)
    assert await count_unread_threads(conn, alice.id) == 1

    [thread] = await own_exchanges.list_mine(conn, alice.id)
    await exchanges.mark_read(conn, thread.id, alice.id, asked.id)

    assert await count_unread_threads(conn, alice.id) == 0
    await write(conn, alice, asked, bob)
    assert await count_unread_threads(conn, alice.id) == 0
    assert await count_unread_threads(conn, bob.id) == 1


async def test_each_person_has_a_thread_of_her_own(conn: Connection) -> None:
    alice, bob, listing = await met(conn)
    carol = await make_member(conn, "carol")
    await write(conn, bob, listing.post, alice)
    await write(conn, carol, listing.post, alice)

    assert len(await exchanges.list_by_listing(conn, listing.id)) == 2
    [hers] = await own_exchanges.list_mine(conn, carol.id)
    with pytest.raises(NotFound):
        await exchanges.get_for(conn, hers.id, bob.id)


async def test_public_answers_and_notes_among_several_are_no_exchange(conn: Connection) -> None:
    alice, bob, listing = await met(conn)
    carol = await make_member(conn, "carol")
    await write(conn, bob, listing.post, alice, audience="network")
    await write(conn, bob, listing.post, alice, carol)
    await write(conn, bob, listing.post, carol)
    note = await make_note(conn, alice)
    await write(conn, bob, note, alice)

    assert await own_exchanges.list_mine(conn, alice.id) == []
    assert await own_exchanges.list_mine(conn, carol.id) == []


async def test_events_and_messages_share_one_order_and_pages(conn: Connection) -> None:
    alice, bob, listing = await met(conn)
    first = await write(conn, bob, listing.post, alice)
    [thread] = await own_exchanges.list_mine(conn, alice.id)
    event = await exchanges.add_event(conn, thread.id, "contact", actor_id=bob.id)
    last = await write(conn, alice, first, bob)
    assert event is not None

    newest = await exchanges.list_entries(conn, thread.id, limit=2)
    older = await exchanges.list_entries(conn, thread.id, before=newest[0].id)

    assert [one.id for one in newest] == [event, last.id]
    assert [one.id for one in older] == [first.id]
    [told] = await exchanges.list_events(conn, [event])
    assert (told.kind, told.actor_id) == ("contact", bob.id)


async def test_a_muted_thread_is_not_counted(conn: Connection) -> None:
    alice, bob, listing = await met(conn)
    await write(conn, bob, listing.post, alice)
    [thread] = await own_exchanges.list_mine(conn, alice.id)

    await exchanges.save_muted(conn, thread.id, alice.id, muted=True)

    assert await count_unread_threads(conn, alice.id) == 0
    held = await exchanges.get_for(conn, thread.id, alice.id)
    assert (held.is_muted_by(alice.id), held.is_muted_by(bob.id)) == (True, False)


async def test_a_thread_outlives_the_copy_of_a_listing_that_was_withdrawn(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    copy = await make_listing(conn, bob)
    await write(conn, alice, copy.post, bob)
    await execute(conn, "UPDATE post SET deleted_at = now() - interval '1 year' WHERE id = $1", copy.id)

    assert await posts.forget_copies(conn) == 0
    assert len(await own_exchanges.list_mine(conn, alice.id)) == 1
