"""A report reaches the moderators of whoever it is about."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.flag import handle_flag
from models.database import Connection, fetch_value
from tests.factories import HERE, make_member, make_note, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax17_a_report_of_a_post_is_about_its_author(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    post = await make_note(conn, alice)

    await handle_flag(conn, HERE, bob, by(bob, "Flag", [post.uri], content="<p>Non</p>"))

    assert await fetch_value(conn, "SELECT content FROM report WHERE target_id = $1", alice.id) == "Non"


async def test_ax17_a_report_of_nobody_here_is_ignored(conn: Connection) -> None:
    bob = await make_remote_actor(conn)

    with pytest.raises(Ignored):
        await handle_flag(conn, HERE, bob, by(bob, "Flag", ["https://evil.test/1"]))
