"""An Accept counts only from whom one of ours asked."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.accept import handle_accept
from models.relations import follows
from models.store.database import Connection, fetch_value
from outbox.relations import follows as outbox
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax03_whoever_was_asked_may_accept(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    follow = await make_follow(conn, alice, bob, state="pending")

    asked = {"id": "https://lost.example/1", "type": "Follow", "actor": alice.uri, "object": bob.uri}
    await handle_accept(conn, HERE, bob, by(bob, "Accept", asked))

    found = await follows.find(conn, follower_id=alice.id, followed_id=bob.id)
    assert found is not None
    assert (found.id, found.state) == (follow.id, "accepted")


async def test_ax03_nobody_accepts_for_somebody_else(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    mallory = await make_remote_actor(conn, "mallory")
    follow = await make_follow(conn, alice, bob, state="pending")

    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, mallory, by(mallory, "Accept", follow.uri))

    assert not await follows.is_follower(conn, follower_id=alice.id, followed_id=bob.id)


async def test_an_acceptance_that_comes_after_the_follow_was_taken_back_is_answered_once(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    asked = await outbox.follow(conn, HERE, alice, bob)
    await outbox.unfollow(conn, HERE, alice, bob)
    sql = "SELECT count(*) FROM activity WHERE type = 'Undo' AND body LIKE '%' || $1 || '%'"
    before = await fetch_value(conn, sql, asked.uri)

    await handle_accept(conn, HERE, bob, by(bob, "Accept", asked.uri))
    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, bob, by(bob, "Accept", asked.uri))

    assert (before, await fetch_value(conn, sql, asked.uri)) == (1, 2)


async def test_ax03_an_acceptance_by_somebody_else_is_not_answered(conn: Connection) -> None:
    alice, bob, mallory = (
        await make_member(conn),
        await make_remote_actor(conn),
        await make_remote_actor(conn, "mallory"),
    )
    asked = await outbox.follow(conn, HERE, alice, bob)
    await outbox.unfollow(conn, HERE, alice, bob)

    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, mallory, by(mallory, "Accept", asked.uri))

    assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Undo'") == 1
