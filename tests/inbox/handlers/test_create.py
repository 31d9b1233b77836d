"""A post is kept when it concerns somebody here."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.create import handle_create
from models import posts
from models.store.database import Connection
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.inbox.handlers.activities import by, note_by


async def test_a_post_of_somebody_followed_is_kept(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    note = note_by(bob)

    await handle_create(conn, HERE, bob, by(bob, "Create", note))

    assert await posts.find_by_uri(conn, note["id"]) is not None


async def test_a_post_of_a_stranger_to_nobody_here_is_not_kept(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = note_by(bob)

    with pytest.raises(Ignored):
        await handle_create(conn, HERE, bob, by(bob, "Create", note))

    assert await posts.find_by_uri(conn, note["id"]) is None
