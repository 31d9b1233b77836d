"""A like counts once, for what one may see."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.like import handle_like
from models.store.database import Connection, fetch_value
from tests.factories import HERE, make_member, make_note, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax15_two_likes_of_one_post_are_one(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    post = await make_note(conn, alice)

    for _ in range(2):
        await handle_like(conn, HERE, bob, by(bob, "Like", post.uri))

    assert await fetch_value(conn, "SELECT count(*) FROM favourite WHERE post_id = $1", post.id) == 1
    assert await fetch_value(conn, "SELECT count(*) FROM notification WHERE recipient_id = $1", alice.id) == 1


async def test_what_one_may_not_see_one_cannot_like(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    post = await make_note(conn, alice, audience="coop")

    with pytest.raises(Ignored):
        await handle_like(conn, HERE, bob, by(bob, "Like", post.uri))


async def test_a_like_that_was_told_again_is_known_by_its_newer_id(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    post = await make_note(conn, alice)
    first, second = by(bob, "Like", post.uri), by(bob, "Like", post.uri)

    await handle_like(conn, HERE, bob, first)
    await handle_like(conn, HERE, bob, second)

    assert await fetch_value(conn, "SELECT uri FROM favourite") == second.id
