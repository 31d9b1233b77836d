"""A post taken back before it has arrived everywhere (HT11)."""

import asyncio

from models import posts
from models.errors import NotFound
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction
from models.traffic.outbound import deliveries
from outbox.posts.deletions import delete_post
from tests.factories import HERE, make_activity, make_follow, make_member, make_note, make_remote_actor
from tests.factories import make_local_actor as make_author
from tests.outbox.sent_activities import list_sent


async def test_ht11_followers_who_may_have_it_are_told_and_the_others_never_get_it(conn: Connection) -> None:
    alice = await make_author(conn)
    for host in ("arrived.test", "maybe.test", "untried.test"):
        await make_follow(conn, await make_remote_actor(conn, "bob", host), alice)
    note = await make_note(conn, alice, audience="followers")
    create = await make_activity(conn, alice, object_uri=note.uri)
    await deliveries.schedule(conn, activity_id=create, actor_id=alice.id, named_ids=[], followed_ids=[alice.id])
    await execute(conn, "UPDATE delivery SET state = 'done', attempts = 1 WHERE host = 'arrived.test'")
    await execute(conn, "UPDATE delivery SET attempts = 1, error = 'too late' WHERE host = 'maybe.test'")
    await execute(conn, "UPDATE delivery SET state = 'held' WHERE host = 'untried.test'")
    post = await posts.find_by_uri(conn, note.uri)
    assert post is not None

    await delete_post(conn, HERE, alice, post)

    assert await fetch_column(
        conn, "SELECT host FROM delivery WHERE activity_id = $1 AND state = 'cancelled' ORDER BY host", create
    ) == ["maybe.test", "untried.test"]
    told = await fetch_column(conn, "SELECT host FROM delivery WHERE activity_id <> $1 ORDER BY host", create)
    assert {"arrived.test", "maybe.test"} <= set(told)
    assert await fetch_value(conn, "SELECT count(*) FROM delivery WHERE state IN ('waiting', 'held')") == len(told)


async def test_what_is_taken_back_twice_at_the_same_moment_is_deleted_once(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        await make_follow(conn, await make_remote_actor(conn), alice)
        note = await make_note(conn, alice, audience="network")

    async def take_back() -> None:
        async with transaction(pool) as conn:
            await delete_post(conn, HERE, alice, note)

    outcomes = await asyncio.gather(take_back(), take_back(), take_back(), return_exceptions=True)

    assert [type(one) for one in outcomes if one is not None] == [NotFound, NotFound]
    async with connection(pool) as conn:
        assert [one.type for one in await list_sent(conn)] == ["Delete"]
