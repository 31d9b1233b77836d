"""An edit replaces what is older, and of strangers nothing old is news."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.update import handle_update
from models import posts
from models.store.database import Connection
from tests.factories import HERE, make_follow, make_member, make_note, make_remote_actor
from tests.inbox.handlers.activities import by, note_by


async def test_ax07_a_newer_version_replaces_the_older_one(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    post = await make_note(conn, bob)
    await make_follow(conn, await make_member(conn), bob)

    for at, text in (("2026-02-02T00:00:00Z", "deux"), ("2026-02-01T00:00:00Z", "un")):
        note = note_by(bob, id=post.uri, content=f"<p>{text}</p>", updated=at)
        await handle_update(conn, HERE, bob, by(bob, "Update", note))

    found = await posts.find_by_uri(conn, post.uri)
    assert found is not None
    assert found.content == "<p>deux</p>"


async def test_ax07_an_edit_of_an_old_post_that_never_came_is_ignored(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    await make_follow(conn, await make_member(conn), bob)

    with pytest.raises(Ignored):
        await handle_update(conn, HERE, bob, by(bob, "Update", note_by(bob, published="2020-01-01T00:00:00Z")))
