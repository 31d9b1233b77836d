"""A share counts once, and not between people who block each other."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.announce import handle_announce
from models.relations.blocking import blocks
from models.store.database import Connection, fetch_value
from tests.factories import HERE, make_member, make_note, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax14_two_announces_of_one_post_are_one_share(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    post = await make_note(conn, alice)

    for _ in range(2):
        await handle_announce(conn, HERE, bob, by(bob, "Announce", post.uri))

    assert await fetch_value(conn, "SELECT count(*) FROM share WHERE post_id = $1", post.id) == 1
    assert await fetch_value(conn, "SELECT count(*) FROM notification WHERE recipient_id = $1", alice.id) == 1


@pytest.mark.parametrize("audience", ["coop", "followers", "direct"])
async def test_ax14_what_is_not_for_everybody_is_not_shared(conn: Connection, audience: str) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    post = await make_note(conn, alice, audience=audience)

    with pytest.raises(Ignored):
        await handle_announce(conn, HERE, bob, by(bob, "Announce", post.uri))


async def test_whom_alice_blocks_shares_nothing_of_hers(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    post = await make_note(conn, alice)
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=alice.id, target_id=bob.id)

    with pytest.raises(Ignored):
        await handle_announce(conn, HERE, bob, by(bob, "Announce", post.uri))


async def test_a_share_that_was_told_again_is_taken_back_by_its_newer_id_and_told_once(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    post = await make_note(conn, alice)
    first, second = by(bob, "Announce", post.uri), by(bob, "Announce", post.uri)

    await handle_announce(conn, HERE, bob, first)
    await handle_announce(conn, HERE, bob, second)

    assert await fetch_value(conn, "SELECT uri FROM share") == second.id
    assert await fetch_value(conn, "SELECT count(*) FROM notification WHERE recipient_id = $1", alice.id) == 1
