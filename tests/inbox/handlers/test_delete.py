"""Only its author deletes a post; what was deleted does not come back."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.delete import handle_delete
from models import posts
from models.exchanges import agreements
from models.exchanges.agreements import Terms
from models.people import actors
from models.store.database import Connection, fetch_value
from models.traffic import tombstones
from outbox.exchanges.agreements.agreements import request
from tests.factories import HERE, make_listing, make_member, make_note, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_the_author_deletes_a_post_for_good(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    post = await make_note(conn, bob)

    await handle_delete(conn, HERE, bob, by(bob, "Delete", post.uri))

    left = await posts.find_by_uri(conn, post.uri)
    assert left is not None and left.deleted_at is not None and left.content == ""
    assert await tombstones.is_gone(conn, post.uri, bob.uri)


async def test_ax10_a_neighbour_deletes_nothing(conn: Connection) -> None:
    bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    post = await make_note(conn, bob)

    await handle_delete(conn, HERE, carol, by(carol, "Delete", post.uri))

    assert await posts.find_by_uri(conn, post.uri) is not None


async def test_ax10_another_server_deletes_nothing(conn: Connection) -> None:
    bob, mallory = await make_remote_actor(conn), await make_remote_actor(conn, "mallory", "evil.test")
    post = await make_note(conn, bob)

    with pytest.raises(Ignored):
        await handle_delete(conn, HERE, mallory, by(mallory, "Delete", post.uri))

    assert await posts.find_by_uri(conn, post.uri) is not None


async def test_ax13_who_deletes_herself_is_gone_with_what_she_wrote_and_nobody_else_is(conn: Connection) -> None:
    bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    await make_note(conn, bob)
    kept = await make_note(conn, carol)

    await handle_delete(conn, HERE, bob, by(bob, "Delete", bob.uri))

    assert (await actors.get(conn, bob.id)).deleted_at is not None
    assert (await actors.get(conn, carol.id)).deleted_at is None
    assert await fetch_value(conn, "SELECT array_agg(uri) FROM post WHERE deleted_at IS NULL") == [kept.uri]


async def test_a_post_of_ours_is_deleted_by_nobody_elsewhere_and_leaves_no_tombstone(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    post = await make_note(conn, bob, local=True)

    await handle_delete(conn, HERE, bob, by(bob, "Delete", post.uri))
    await handle_delete(conn, HERE, bob, by(bob, "Delete", f"{bob.uri}/notes/unknown"))

    left = await posts.find_by_uri(conn, post.uri)
    assert left is not None and left.deleted_at is None
    assert not await tombstones.is_gone(conn, post.uri, bob.uri)
    assert await tombstones.is_gone(conn, f"{bob.uri}/notes/unknown", bob.uri)


async def test_what_was_open_with_whoever_deletes_herself_ends_on_either_side(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    his = await request(conn, HERE, bob, await make_listing(conn, alice, mode="gift"), Terms())
    hers = await request(conn, HERE, alice, await make_listing(conn, bob, mode="gift"), Terms())

    await handle_delete(conn, HERE, bob, by(bob, "Delete", bob.uri))

    assert [(await agreements.get(conn, one.id)).state for one in (his, hers)] == ["withdrawn", "refused"]
