"""Only whoever did something takes it back."""

from contextlib import nullcontext

import pytest

from inbox.errors import Ignored
from inbox.handlers.undo import handle_undo
from inbox.processing.dispatch import apply
from models.relations import follows
from models.store.database import Connection, fetch_value
from models.traffic import tombstones
from tests.factories import HERE, make_follow, make_member, make_note, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax04_a_follow_is_taken_back_by_its_id(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    follow = await make_follow(conn, bob, alice)

    await handle_undo(conn, HERE, bob, by(bob, "Undo", follow.uri))

    assert await follows.find(conn, follower_id=bob.id, followed_id=alice.id) is None


@pytest.mark.parametrize("inline", [True, False])
async def test_ax04_nobody_takes_back_the_follow_of_somebody_else(conn: Connection, inline: bool) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    mallory = await make_remote_actor(conn, "mallory")
    follow = await make_follow(conn, bob, alice)
    inner = {"id": follow.uri, "type": "Follow", "actor": bob.uri, "object": alice.uri}

    with pytest.raises(Ignored) if inline else nullcontext():
        await handle_undo(conn, HERE, mallory, by(mallory, "Undo", inner if inline else follow.uri))

    assert await follows.is_follower(conn, follower_id=bob.id, followed_id=alice.id)


@pytest.mark.parametrize(("type", "table"), [("Block", "block"), ("Like", "favourite"), ("Announce", "share")])
async def test_what_stood_here_when_it_was_undone_may_be_said_again_under_its_id(
    conn: Connection, type: str, table: str
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    note = await make_note(conn, alice)
    said = by(bob, type, alice.uri if type == "Block" else note.uri)
    stood = []

    for activity in (said, by(bob, "Undo", said.id), said):
        await apply(conn, HERE, bob, activity)
        stood.append(await fetch_value(conn, f"SELECT count(*) FROM {table}"))

    assert stood == [1, 0, 1]


async def test_a_follow_that_was_refused_stays_refused_and_is_not_void_for_having_been_undone(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    follow = await make_follow(conn, bob, alice, state="rejected")
    assert follow.uri is not None

    await handle_undo(conn, HERE, bob, by(bob, "Undo", follow.uri))

    found = await follows.find(conn, follower_id=bob.id, followed_id=alice.id)
    assert found is not None and found.state == "rejected"
    assert not await tombstones.is_gone(conn, follow.uri, bob.uri)


@pytest.mark.parametrize(
    ("type", "table"), [("Follow", "follow"), ("Block", "block"), ("Like", "favourite"), ("Announce", "share")]
)
async def test_what_lost_its_id_is_taken_back_by_what_it_says_as_often_as_it_is_said(
    conn: Connection, type: str, table: str
) -> None:
    alice, bob, carol = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    target = alice.uri if type in ("Follow", "Block") else (await make_note(conn, alice)).uri
    for one in (bob, carol):
        await apply(conn, HERE, one, by(one, type, target))

    for _ in range(2):
        await apply(conn, HERE, bob, by(bob, "Undo", {"type": type, "actor": bob.uri, "object": target}))

    assert await fetch_value(conn, f"SELECT count(*) FROM {table}") == 1, "and nobody else's goes"


async def test_the_undoing_of_what_nobody_knows_changes_nothing(conn: Connection) -> None:
    bob = await make_remote_actor(conn)

    for type, target in (("Follow", f"{HERE.url}/users/nobody"), ("Like", f"{HERE.url}/notes/none")):
        await apply(conn, HERE, bob, by(bob, "Undo", {"type": type, "actor": bob.uri, "object": target}))
