"""What streams are told of: with its fact or not at all, once, in order, and never missed."""

from typing import Any

from models import posts
from models.ids import make_id
from models.news import notifications
from models.people import actors
from models.relations import reactions
from models.store.background import stream_events
from models.store.background.stream_events import StreamEvent
from models.store.database import Connection, Pool, connection, execute, fetch_value, transaction
from tests.factories import make_edit, make_follow, make_local_actor, make_member, make_note, make_remote_actor


async def list_all(conn: Connection) -> list[tuple[str, int]]:
    """Kind and object of what our transaction wrote down."""
    rows = await conn.fetch("SELECT kind, object_id FROM stream_event ORDER BY id")
    return [(row["kind"], row["object_id"]) for row in rows]


async def share(conn: Connection, actor: Any, post_id: int, **more: Any) -> int:
    made = await reactions.share(conn, uri=f"{actor.uri}#share/{post_id}", actor_id=actor.id, post_id=post_id, **more)
    assert made is not None
    return made.id


async def test_each_fact_is_told_once(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    note = await make_note(conn, alice)
    shared = await share(conn, bob, note.id)
    again = await reactions.share(conn, uri="x", actor_id=bob.id, post_id=note.id)
    told = await notifications.notify(conn, recipient_id=alice.id, type="reblog", actor_id=bob.id, post_id=note.id)
    twice = await notifications.notify(conn, recipient_id=alice.id, type="reblog", actor_id=bob.id, post_id=note.id)
    await make_edit(conn, note, "<p>Au revoir</p>")
    await reactions.unshare(conn, actor_id=bob.id, post_id=note.id)
    await posts.delete(conn, note.id)
    await posts.delete(conn, note.id)

    found = await list_all(conn)

    assert (again, twice) == (None, None)
    assert found == [
        ("post", note.id),
        ("share", shared),
        ("notification", told),
        ("edit", note.id),
        ("delete", shared),
        ("delete", note.id),
    ]


async def test_what_is_fetched_from_the_past_is_no_news(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob, id=make_id(), uri="https://henin.test/old")
    await share(conn, bob, note.id, moment=note.published_at)

    assert await list_all(conn) == []


async def test_the_end_of_a_shared_post_is_the_end_of_its_shares(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    note = await make_note(conn, alice)
    shared = await share(conn, bob, note.id)
    await posts.delete(conn, note.id)

    assert (await list_all(conn))[2:] == [("delete", note.id), ("delete", shared)]


async def test_of_the_end_of_a_private_post_only_its_readers_are_told(conn: Connection) -> None:
    alice, carol, dora = await make_member(conn), await make_member(conn, "carol"), await make_member(conn, "dora")
    bob = await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    for_followers = await make_note(conn, bob, audience="followers")
    letter = await make_note(conn, bob, audience="direct", mention_ids=(carol.id,))
    ours = await make_note(conn, alice, audience="coop")
    for post in (for_followers, letter, ours):
        await posts.delete(conn, post.id)

    rows = await conn.fetch("SELECT object_id, reader_ids FROM stream_event WHERE kind = 'delete'")

    assert {row["object_id"]: set(row["reader_ids"]) for row in rows} == {
        for_followers.id: {alice.id},
        letter.id: {carol.id},
        ours.id: {alice.id, carol.id, dora.id},
    }


async def test_when_somebody_is_gone_so_is_what_she_wrote_for_all(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    public, private = await make_note(conn, bob), await make_note(conn, bob, audience="followers")
    await actors.delete(conn, bob.id)

    assert (await list_all(conn))[2:] == [("delete", public.id)]
    assert private.id != public.id


async def test_a_reader_finds_what_was_committed_since_and_nothing_twice(pool: Pool) -> None:
    async with connection(pool) as conn:
        start = await stream_events.read_position(conn)
        await stream_events.record(conn, "filters", 1)
        await stream_events.record(conn, "filters", 2)

        first, found = await stream_events.list_since(conn, start, 10)
        second, nothing = await stream_events.list_since(conn, first, 10)
        await stream_events.record(conn, "filters", 3)
        _, more = await stream_events.list_since(conn, second, 10)

    assert found == [StreamEvent(kind="filters", object_id=1), StreamEvent(kind="filters", object_id=2)]
    assert nothing == []
    assert more == [StreamEvent(kind="filters", object_id=3)]


async def test_a_slow_transaction_hides_nothing_and_is_found_when_it_ends(pool: Pool) -> None:
    async with connection(pool) as reader, connection(pool) as quick:
        position = await stream_events.read_position(reader)
        async with transaction(pool) as slow:
            await stream_events.record(slow, "filters", 1)
            await stream_events.record(quick, "filters", 2)

            position, meanwhile = await stream_events.list_since(reader, position, 10)
        _, afterwards = await stream_events.list_since(reader, position, 10)

    assert [event.object_id for event in meanwhile] == [2]
    assert [event.object_id for event in afterwards] == [1]


async def test_what_is_rolled_back_is_told_to_nobody(pool: Pool) -> None:
    async with connection(pool) as reader:
        position = await stream_events.read_position(reader)
        async with connection(pool) as conn:
            undone = conn.transaction()
            await undone.start()
            await make_note(conn, await make_local_actor(conn))
            await undone.rollback()

        _, found = await stream_events.list_since(reader, position, 10)

    assert found == []


async def test_events_are_forgotten_after_some_minutes(conn: Connection) -> None:
    await stream_events.record(conn, "filters", 1)
    await stream_events.record(conn, "filters", 2)
    await execute(conn, "UPDATE stream_event SET created_at = now() - interval '6 minutes' WHERE object_id = 1")

    assert await stream_events.prune(conn) == 1
    assert await fetch_value(conn, "SELECT object_id FROM stream_event") == 2


async def test_readers_that_are_far_behind_get_so_many_at_once(pool: Pool) -> None:
    async with connection(pool) as conn:
        position = await stream_events.read_position(conn)
        alice = await make_member(conn)
        notes = [await make_note(conn, alice) for _ in range(3)]

        _, found = await stream_events.list_since(conn, position, 2)

    assert [one.object_id for one in found] == [one.id for one in notes[:2]]
