"""A move counts when the new address names the old one."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.move import handle_move
from models.relations import follows
from models.store.database import Connection
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax18_followers_follow_to_the_new_address_once(conn: Connection) -> None:
    alice, old = await make_member(conn), await make_remote_actor(conn)
    new = await make_remote_actor(conn, "bob", "new.test", also_known_as=[old.uri])
    await make_follow(conn, alice, old)

    await handle_move(conn, HERE, old, by(old, "Move", old.uri, target=new.uri))

    assert await follows.find(conn, follower_id=alice.id, followed_id=old.id) is None
    assert await follows.find(conn, follower_id=alice.id, followed_id=new.id) is not None
    with pytest.raises(Ignored):
        await handle_move(conn, HERE, old, by(old, "Move", old.uri, target=new.uri))


async def test_ax18_an_address_that_does_not_name_the_old_one_is_not_believed(conn: Connection) -> None:
    old, new = await make_remote_actor(conn), await make_remote_actor(conn, "victim", "new.test")

    with pytest.raises(Ignored):
        await handle_move(conn, HERE, old, by(old, "Move", old.uri, target=new.uri))
