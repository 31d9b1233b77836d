"""A report reaches the moderators of whoever it is about."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.flag import handle_flag
from models.store.database import Connection, fetch_column, fetch_value
from tests.factories import HERE, make_local_actor, make_member, make_note, make_remote_actor
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


async def test_ax17_those_who_moderate_are_told_and_whom_it_is_about_is_not(conn: Connection) -> None:
    await make_local_actor(conn, "instance", type="Application")
    alice, bob = await make_member(conn, roles=["moderator"]), await make_remote_actor(conn)
    odile = await make_member(conn, "odile", roles=["admin"])
    post = await make_note(conn, alice, content="<p>Prenez tout</p>")
    flag = by(bob, "Flag", [post.uri], content="<p>Non</p>")

    await handle_flag(conn, HERE, bob, flag)
    await handle_flag(conn, HERE, bob, flag)

    told = await fetch_column(conn, "SELECT recipient_id FROM notification WHERE type = 'admin.report'")
    assert told == [odile.id]
    assert await fetch_value(conn, "SELECT extracts -> 0 ->> 'text' FROM report") == "Prenez tout"
    assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'staff_mail'") == 1
