"""A block ends both follows."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.block import handle_block
from models.relations import follows
from models.relations.blocking import blocks
from models.store.database import Connection
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_a_block_ends_what_both_follow(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    await make_follow(conn, bob, alice)

    await handle_block(conn, HERE, bob, by(bob, "Block", alice.uri))

    assert await blocks.between(conn, alice.id, bob.id)
    assert await follows.find(conn, follower_id=alice.id, followed_id=bob.id) is None
    assert await follows.find(conn, follower_id=bob.id, followed_id=alice.id) is None


async def test_ax16_a_block_of_somebody_elsewhere_is_ignored(conn: Connection) -> None:
    bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")

    with pytest.raises(Ignored):
        await handle_block(conn, HERE, bob, by(bob, "Block", carol.uri))
