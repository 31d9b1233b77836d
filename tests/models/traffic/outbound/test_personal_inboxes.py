"""Behind a shared inbox that is not there each of its people is tried once, and nobody for whom it was not."""

import pytest

from models.people.actors import Actor
from models.personal_data import account_erasure
from models.posts import Audience
from models.servers import private_hosts
from models.store.database import Connection, fetch_column, fetch_value
from models.traffic.outbound import deliveries, personal_inboxes
from tests.factories import make_activity, make_follow, make_local_actor, make_note, make_remote_actor

FOUND = "SELECT inbox FROM delivery WHERE activity_id = $1 ORDER BY inbox"


async def send(
    conn: Connection, alice: Actor, *named: Actor, followers: bool = True, public: bool = True
) -> tuple[int, int]:
    """Something of Alice's for these people, and her followers: its row, and that of its delivery."""
    activity = await make_activity(conn, alice, public=public)
    await deliveries.schedule(
        conn,
        activity_id=activity,
        actor_id=alice.id,
        named_ids=[one.id for one in named],
        followed_ids=[alice.id] if followers else [],
    )
    return activity, await fetch_value(conn, "SELECT id FROM delivery WHERE activity_id = $1", activity)


async def test_ht05_everybody_behind_a_missing_shared_inbox_is_tried_once(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    people = [await make_remote_actor(conn, f"bob{number}") for number in range(4)]
    for one in people[:3]:
        await make_follow(conn, one, alice)
    await make_follow(conn, people[3], alice, state="pending")
    activity, row = await send(conn, alice)

    first = await personal_inboxes.redirect(conn, row, status=404, addressed=[])
    second = await personal_inboxes.redirect(conn, row, status=404, addressed=[])

    assert (first, second) == (True, False)
    assert await fetch_column(conn, FOUND, activity) == [one.inbox for one in people[:3]]
    assert await fetch_value(conn, "SELECT count(*) FROM delivery WHERE personal_inbox IS NOT NULL") == 0


async def test_ht05_what_names_people_goes_to_them_alone(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    bob, eve, follower = [await make_remote_actor(conn, name) for name in ("bob", "eve", "fred")]
    await make_follow(conn, follower, alice)
    activity, row = await send(conn, alice, bob, eve, followers=False, public=False)

    await personal_inboxes.redirect(conn, row, status=410, addressed=[bob.uri, eve.uri])

    assert await fetch_column(conn, FOUND, activity) == [bob.inbox, eve.inbox]


async def test_ht05_what_is_for_followers_goes_to_those_of_whom_it_addresses(conn: Connection) -> None:
    alice, anne = await make_local_actor(conn), await make_local_actor(conn, "anne")
    bob, eve, other = [await make_remote_actor(conn, name) for name in ("bob", "eve", "oscar")]
    for one in (bob, eve):
        await make_follow(conn, one, alice)
    await make_follow(conn, other, anne)
    activity, row = await send(conn, alice, public=False)

    await personal_inboxes.redirect(conn, row, status=404, addressed=[alice.followers_uri or ""])

    assert await fetch_column(conn, FOUND, activity) == [bob.inbox, eve.inbox]


async def test_ht05_so_many_people_are_tried_and_no_more(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    activity, row = await send(conn, alice)
    await conn.execute(
        """
        WITH made AS (
            INSERT INTO actor (id, uri, type, local, username, host, url, inbox, shared_inbox)
            SELECT n, 'https://henin.test/n/' || n, 'Person', false, 'n' || n, 'henin.test', '',
                'https://henin.test/n/' || n || '/inbox', 'https://henin.test/inbox'
            FROM generate_series(1, $2 + 20) AS n RETURNING id
        )
        INSERT INTO follow (id, uri, follower_id, followed_id, state)
        SELECT id, 'https://henin.test/f/' || id, id, $1, 'accepted' FROM made
        """,
        alice.id,
        personal_inboxes.MOST_PEOPLE,
    )

    await personal_inboxes.redirect(conn, row, status=404, addressed=[])

    count = await fetch_value(conn, "SELECT count(*) FROM delivery WHERE activity_id = $1", activity)
    assert count == personal_inboxes.MOST_PEOPLE + 1


@pytest.mark.parametrize(
    ("audience", "type", "reached"),
    [
        ("followers", "Create", ["bob"]),  # whom it was on its way to when that was decided
        ("followers", "Update", ["bob"]),
        ("followers", "Delete", ["bob", "eve"]),
        ("network", "Create", ["bob", "eve"]),
    ],
)
async def test_ht05_nothing_private_goes_to_further_people_of_a_server_that_is_to_have_none(
    conn: Connection, audience: Audience, type: str, reached: list[str]
) -> None:
    alice = await make_local_actor(conn)
    people = [await make_remote_actor(conn, name) for name in ("bob", "eve")]
    for one in people:
        await make_follow(conn, one, alice)
    post = await make_note(conn, alice, audience=audience)
    activity = await make_activity(conn, alice, type=type, object_uri=post.uri, public=audience == "network")
    await deliveries.schedule(conn, activity_id=activity, actor_id=alice.id, named_ids=[], followed_ids=[alice.id])
    row = await fetch_value(conn, "UPDATE delivery SET claimed_until = now() RETURNING id")
    await private_hosts.withhold(conn, people[0].host)

    await personal_inboxes.redirect(conn, row, status=404, addressed=[alice.followers_uri or ""])

    assert await fetch_column(conn, FOUND, activity) == [one.inbox for one in people if one.username in reached]


async def test_ht05_a_farewell_reaches_everybody_behind_a_missing_inbox_even_where_nothing_private_goes(
    conn: Connection,
) -> None:
    alice = await make_local_actor(conn)
    people = [await make_remote_actor(conn, name) for name in ("bob", "eve")]
    for one in people:
        await make_follow(conn, one, alice)
    await private_hosts.withhold(conn, people[0].host)
    farewell = await make_activity(conn, alice, type="Delete", object_uri=alice.uri)
    await account_erasure.schedule_deletes(conn, activity_id=farewell, actor_id=alice.id)
    row = await fetch_value(conn, "SELECT id FROM delivery WHERE activity_id = $1", farewell)

    await personal_inboxes.redirect(conn, row, status=404, addressed=[alice.followers_uri or ""])

    assert await fetch_column(conn, FOUND, farewell) == [one.inbox for one in people]
