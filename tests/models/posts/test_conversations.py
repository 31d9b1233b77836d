"""Private notes gathered into conversations, each member's own."""

from typing import Any

import pytest

from models import posts
from models.errors import NotFound
from models.ids import make_id
from models.people.actors import Actor
from models.posts import Post, conversations
from models.store.database import Connection, execute
from tests.factories import make_member, make_note, make_remote_actor


async def write(conn: Connection, author: Actor, *people: Actor, **changes: Any) -> Post:
    return await make_note(conn, author, audience="direct", mention_ids=tuple(one.id for one in people), **changes)


async def shown(conn: Connection, owner: Actor) -> list[tuple[list[int], int, bool]]:
    found = await conversations.list_owned(conn, owner.id)
    return [(one.participant_ids, one.last_post_id, one.unread) for one in found]


async def test_answers_among_the_same_people_are_one_conversation(conn: Connection) -> None:
    alice, bob, dora = await make_member(conn), await make_remote_actor(conn), await make_member(conn, "dora")

    first = await write(conn, bob, alice)
    answer = await write(conn, alice, bob, in_reply_to_uri=first.uri)
    wider = await write(conn, bob, alice, dora, in_reply_to_uri=answer.uri)
    other = await write(conn, bob, alice)

    pair = sorted([bob.id, dora.id])
    assert await shown(conn, alice) == [
        ([bob.id], other.id, True),
        (pair, wider.id, True),
        ([bob.id], answer.id, False),
    ]
    assert await shown(conn, dora) == [(sorted([alice.id, bob.id]), wider.id, True)]
    assert await shown(conn, bob) == []


async def test_only_private_notes_make_conversations(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)

    for audience in ("network", "unlisted", "followers", "coop"):
        await make_note(conn, bob, audience=audience, mention_ids=(alice.id,))

    assert await shown(conn, alice) == []


async def test_whoever_is_addressed_without_being_named_takes_part(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)

    note = await make_note(conn, bob, audience="direct", silent_ids=(alice.id,))

    assert await shown(conn, alice) == [([bob.id], note.id, True)]


async def test_reading_lasts_until_somebody_else_writes(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    first = await write(conn, bob, alice)
    [held] = await conversations.list_owned(conn, alice.id)

    read = await conversations.mark_read(conn, alice.id, held.id)
    await write(conn, bob, alice, in_reply_to_uri=first.uri, id=make_id(bob.created_at.replace(year=2020)))
    past = await shown(conn, alice)
    newer = await write(conn, bob, alice, in_reply_to_uri=first.uri)

    assert read.unread is False
    assert past == [([bob.id], first.id, False)]
    assert await shown(conn, alice) == [([bob.id], newer.id, True)]


async def test_a_note_taken_back_gives_way_to_the_one_before_and_the_last_ends_it(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    first = await write(conn, alice, bob)
    second = await write(conn, bob, alice, in_reply_to_uri=first.uri)

    await posts.delete(conn, second.id)
    after_one = await shown(conn, alice)
    await posts.delete(conn, first.id)

    assert [(last, people) for people, last, _ in after_one] == [(first.id, [bob.id])]
    assert await shown(conn, alice) == []


async def test_who_removes_one_finds_it_again_when_somebody_writes(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    first = await write(conn, bob, alice)
    [held] = await conversations.list_owned(conn, alice.id)

    await conversations.remove(conn, alice.id, held.id)
    removed = await shown(conn, alice)
    second = await write(conn, bob, alice, in_reply_to_uri=first.uri)

    assert removed == []
    assert await shown(conn, alice) == [([bob.id], second.id, True)]
    with pytest.raises(NotFound):
        await conversations.mark_read(conn, bob.id, held.id)


async def test_an_account_that_ends_takes_its_own_view_alone(conn: Connection) -> None:
    alice, dora = await make_member(conn), await make_member(conn, "dora")
    note = await write(conn, alice, dora)

    await execute(conn, "DELETE FROM account WHERE actor_id = $1", dora.id)

    assert await shown(conn, alice) == [([dora.id], note.id, False)]
    assert await shown(conn, dora) == []
