"""Only whoever did something takes it back."""

from contextlib import nullcontext

import pytest

from inbox.errors import Ignored
from inbox.handlers.undo import handle_undo
from models.relations import follows
from models.store.database import Connection
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax04_a_follow_is_taken_back_by_its_id(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    follow = await make_follow(conn, bob, alice)

    await handle_undo(conn, HERE, bob, by(bob, "Undo", follow.uri))

    assert await follows.find(conn, follower_id=bob.id, followed_id=alice.id) is None


@pytest.mark.parametrize("inline", [True, False])
async def test_ax04_nobody_takes_back_the_follow_of_somebody_else(conn: Connection, inline: bool) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    mallory = await make_remote_actor(conn, "mallory")
    follow = await make_follow(conn, bob, alice)
    inner = {"id": follow.uri, "type": "Follow", "actor": bob.uri, "object": alice.uri}

    with pytest.raises(Ignored) if inline else nullcontext():
        await handle_undo(conn, HERE, mallory, by(mallory, "Undo", inner if inline else follow.uri))

    assert await follows.is_follower(conn, follower_id=bob.id, followed_id=alice.id)
