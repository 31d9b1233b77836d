"""An edit replaces what is older, and of strangers nothing old is news."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.update import handle_update
from models import posts
from models.exchanges import agreements
from models.store.database import Connection
from tests.factories import (
    HERE,
    make_agreement,
    make_follow,
    make_listing,
    make_member,
    make_note,
    make_remote_actor,
)
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


async def test_a_word_about_two_agreements_at_once_changes_neither(conn: Connection) -> None:
    dora = await make_remote_actor(conn, "dora", territory_uri="https://henin.test/users/coop")
    held = []
    for name in ("alice", "anna"):
        listing = await make_listing(conn, dora, mode="gift")
        asked = await make_agreement(conn, listing, await make_member(conn, name), uri=f"{dora.uri}/agreements/{name}")
        held.append(asked)
    document = {
        "type": "Agreement",
        "id": held[0].uri,
        "attributedTo": dora.uri,
        "request": held[1].request_uri,
        "stipulates": {"type": "Commitment"},
        "preview": {"type": "Note", "name": "Rejected"},
    }

    with pytest.raises(Ignored):
        await handle_update(conn, HERE, dora, by(dora, "Update", document))
    assert [(await agreements.get(conn, one.id)).state for one in held] == ["requested", "requested"]

    await handle_update(conn, HERE, dora, by(dora, "Update", document | {"request": held[0].request_uri}))
    assert [(await agreements.get(conn, one.id)).state for one in held] == ["refused", "requested"]


async def test_a_vote_is_not_changed_and_what_is_no_post_is_not_shown(conn: Connection) -> None:
    bob = await make_remote_actor(conn)

    with pytest.raises(Ignored):
        await handle_update(conn, HERE, bob, by(bob, "Update", {"type": "Tombstone", "id": f"{bob.uri}/notes/1"}))
