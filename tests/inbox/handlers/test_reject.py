"""A Reject ends what was accepted, and only its own."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.reject import handle_reject
from models.relations import follows
from models.store.database import Connection
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax03_whoever_accepted_may_still_refuse(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)

    await handle_reject(conn, HERE, bob, by(bob, "Reject", by_follow(alice.uri, bob.uri)))

    assert not await follows.is_follower(conn, follower_id=alice.id, followed_id=bob.id)


async def test_ax03_nobody_refuses_for_somebody_else(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    mallory = await make_remote_actor(conn, "mallory")
    await make_follow(conn, alice, bob)

    with pytest.raises(Ignored):
        await handle_reject(conn, HERE, mallory, by(mallory, "Reject", by_follow(alice.uri, bob.uri)))

    assert await follows.is_follower(conn, follower_id=alice.id, followed_id=bob.id)


def by_follow(actor: str, object: str) -> dict[str, str]:
    """A Follow whose id was lost."""
    return {"type": "Follow", "actor": actor, "object": object}
