"""A move counts when the new address names the old one."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.move import handle_move
from models.relations import follows
from models.store.database import Connection, execute
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


async def test_ax18_nobody_moves_somebody_else(conn: Connection) -> None:
    old, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    new = await make_remote_actor(conn, "bob", "new.test", also_known_as=[old.uri, carol.uri])

    with pytest.raises(Ignored):
        await handle_move(conn, HERE, carol, by(carol, "Move", old.uri, target=new.uri))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE actor SET deleted_at = now() WHERE host = 'new.test'",
        "UPDATE actor SET suspended_at = now() WHERE host = 'new.test'",
        "UPDATE actor SET moved_to = 'https://newer.test/users/bob' WHERE host = 'new.test'",
    ],
)
async def test_ax18_nobody_follows_to_where_nobody_is_to_be_followed(conn: Connection, statement: str) -> None:
    alice, old = await make_member(conn), await make_remote_actor(conn)
    new = await make_remote_actor(conn, "bob", "new.test", also_known_as=[old.uri])
    await make_follow(conn, alice, old)
    await execute(conn, statement)

    for target in (new.uri, old.uri, "https://new.test/users/nobody"):
        with pytest.raises(Ignored):
            await handle_move(conn, HERE, old, by(old, "Move", old.uri, target=target))

    assert await follows.find(conn, follower_id=alice.id, followed_id=old.id) is not None
