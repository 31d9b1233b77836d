"""Follows: one relation, however often it is said."""

from models.relations import follows, relationships
from models.relations.blocking import blocks
from models.store.database import Connection
from tests.factories import make_follow, make_member, make_remote_actor


async def test_a_repeated_follow_takes_the_newest_id_and_loses_no_acceptance(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    first = await follows.save(
        conn, uri="https://henin.test/1", follower_id=bob.id, followed_id=alice.id, state="pending"
    )
    await follows.accept(conn, first.id)

    again = await follows.save(
        conn, uri="https://henin.test/2", follower_id=bob.id, followed_id=alice.id, state="pending"
    )

    assert (again.id, again.uri, again.state) == (first.id, "https://henin.test/2", "accepted")
    assert await follows.find_by_uri(conn, "https://henin.test/1") is None
    assert not await follows.accept(conn, first.id)


async def test_a_refusal_may_follow_an_acceptance(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    follow = await make_follow(conn, alice, bob)

    assert await follows.reject(conn, follow.id)

    assert not await follows.is_follower(conn, follower_id=alice.id, followed_id=bob.id)
    found = await follows.find(conn, follower_id=alice.id, followed_id=bob.id)
    assert found is not None and found.state == "rejected"


async def test_followers_are_read_in_pages(conn: Connection) -> None:
    alice = await make_member(conn)
    made = [await make_follow(conn, await make_remote_actor(conn, f"bob{number}"), alice) for number in range(5)]

    first = await follows.list_followers(conn, alice.id, limit=2)
    second = await follows.list_followers(conn, alice.id, before=first[-1].id, limit=2)
    newer = await follows.list_followers(conn, alice.id, after=first[-1].id)

    assert [row.id for row in (*first, *second)] == [row.id for row in reversed(made)][:4]
    assert [row.id for row in newer] == [made[-1].id]


async def test_only_accepted_followers_here_count(conn: Connection) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    await make_follow(conn, anna, bob, state="pending")

    assert await follows.list_local_followers(conn, bob.id) == [alice.id]
    assert await follows.filter_followed_once(conn, [bob.id, anna.id]) == [bob.id]
    assert await follows.is_followed_locally(conn, bob.uri)
    [asked] = await follows.list_requests(conn, bob.id)
    assert asked.follower_id == anna.id
    assert await follows.accept(conn, asked.id)
    assert await follows.filter_followed_once(conn, [bob.id]) == []


async def test_relationships_are_told_from_the_readers_side(conn: Connection) -> None:
    alice, bob, carl = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "carl")
    await make_follow(conn, alice, bob)
    await make_follow(conn, carl, alice)
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=alice.id, target_id=carl.id)

    of_carl, of_bob = await relationships.list_relationships(conn, alice.id, [carl.id, bob.id])

    assert (of_bob.following, of_bob.blocking) == (True, False)
    assert (of_carl.followed_by, of_carl.blocking) == (False, True)
