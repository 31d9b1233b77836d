"""A Follow is recorded and answered; the answer waits in the queue."""

import json

import pytest

from inbox.errors import Ignored
from inbox.handlers.follow import handle_follow
from models.relations import follows
from models.store.database import Connection, execute, fetch_value
from tests.factories import HERE, make_member, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax01_follow_of_local_actor_is_recorded_and_accepted(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    follow = by(bob, "Follow", alice.uri)

    await handle_follow(conn, HERE, bob, follow)

    assert await follows.is_follower(conn, follower_id=bob.id, followed_id=alice.id)
    accept = json.loads(await fetch_value(conn, "SELECT body FROM activity"))
    assert (accept["type"], accept["object"]["id"]) == ("Accept", follow.id)
    assert await fetch_value(conn, "SELECT inbox FROM delivery") == bob.inbox


async def test_ax02_follow_of_a_locked_account_waits(conn: Connection) -> None:
    alice, bob = await make_member(conn, locked=True), await make_remote_actor(conn)

    await handle_follow(conn, HERE, bob, by(bob, "Follow", alice.uri))

    [waiting] = await follows.list_requests(conn, alice.id)
    assert waiting.follower_id == bob.id
    assert await fetch_value(conn, "SELECT count(*) FROM activity") == 0


async def test_a_follow_of_somebody_suspended_is_refused_and_of_somebody_who_waits_left_alone(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)

    await handle_follow(conn, HERE, bob, by(bob, "Follow", alice.uri))

    assert json.loads(await fetch_value(conn, "SELECT body FROM activity"))["type"] == "Reject"
    assert not await follows.is_follower(conn, follower_id=bob.id, followed_id=alice.id)
    await execute(conn, "UPDATE account SET waits_since = now() WHERE actor_id = $1", alice.id)
    with pytest.raises(Ignored, match="follows_nobody"):
        await handle_follow(conn, HERE, bob, by(bob, "Follow", alice.uri))


async def test_a_follow_with_the_id_of_anothers_is_left_alone(conn: Connection) -> None:
    alice, bob, carl = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "carl")
    follow = by(bob, "Follow", alice.uri)
    await handle_follow(conn, HERE, bob, follow)

    with pytest.raises(Ignored, match="follow_id_taken"):
        await handle_follow(conn, HERE, carl, by(carl, "Follow", alice.uri, id=follow.id))

    assert await follows.is_follower(conn, follower_id=bob.id, followed_id=alice.id)
    assert not await follows.is_follower(conn, follower_id=carl.id, followed_id=alice.id)
