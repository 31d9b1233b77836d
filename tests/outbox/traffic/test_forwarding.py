"""Answers to our public posts go on to those who follow their authors: to whom, of whom, and once (AX20)."""

from typing import Any

import orjson
import pytest

from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.relations.blocking import blocks
from models.store.database import Connection, execute
from outbox.traffic.forwarding import find_answered, forward
from tests.factories import HERE, make_follow, make_member, make_note, make_remote_actor
from tests.inbox.handlers.activities import by, note_by
from tests.outbox.sent_activities import list_sent


class Thread:
    """Bob answers a public note of Alice, whom Carl follows, and somebody at Bob's server."""

    conn: Connection
    alice: Actor
    bob: Actor
    post: Post

    def answer(self, type: str = "Create", parent: str = "", **changes: Any) -> Any:
        """What Bob says to her followers too."""
        values: dict[str, Any] = {"cc": [self.alice.followers_uri], "inReplyTo": parent or self.post.uri}
        note = note_by(self.bob, **(values | changes))
        return by(self.bob, type, note, to=note["to"], cc=note["cc"])

    async def find(self, activity: Any) -> Actor | None:
        """Whom it answers."""
        return await find_answered(self.conn, HERE, activity)


@pytest.fixture
async def thread(conn: Connection) -> Thread:
    """The four of them."""
    made = Thread()
    made.conn, made.alice, made.bob = conn, await make_member(conn), await make_remote_actor(conn)
    for username, host in (("carl", "arras.test"), ("eve", "henin.test")):
        await make_follow(conn, await make_remote_actor(conn, username, host), made.alice)
    made.post = await make_note(conn, made.alice)
    return made


async def test_it_goes_once_to_her_followers_but_not_back_to_where_it_came_from(thread: Thread) -> None:
    answer = thread.answer()
    body = orjson.dumps({"id": answer.id, "type": "Create"})

    for _ in range(2):
        await forward(thread.conn, HERE, body, answer)

    [sent] = await list_sent(thread.conn)
    assert (sent.activity, sent.hosts) == (orjson.loads(body), ["arras.test"])


async def test_what_answers_nobody_goes_nowhere(thread: Thread) -> None:
    await forward(thread.conn, HERE, b"{}", thread.answer(parent="https://henin.test/notes/1"))
    await forward(thread.conn, HERE, b"{}", by(thread.bob, "Like", thread.post.uri))

    assert await list_sent(thread.conn) == []


@pytest.mark.parametrize("type", ["Create", "Update"])
async def test_an_answer_to_a_public_post_of_ours_is_one(thread: Thread, type: str) -> None:
    found = await thread.find(thread.answer(type))

    assert found is not None and found.id == thread.alice.id


async def test_a_deletion_follows_the_answer_that_it_takes_back(thread: Thread) -> None:
    kept = await make_note(
        thread.conn,
        thread.bob,
        in_reply_to_uri=thread.post.uri,
        cc_uris=[thread.alice.followers_uri],
    )
    alone = await make_note(thread.conn, thread.bob, cc_uris=[thread.alice.followers_uri])
    elsewhere = await make_note(
        thread.conn,
        thread.bob,
        in_reply_to_uri="https://arras.test/notes/1",
        cc_uris=[thread.alice.followers_uri],
    )

    found = [
        await thread.find(by(thread.bob, "Delete", uri))
        for uri in (kept.uri, alone.uri, elsewhere.uri, thread.post.uri, f"{thread.bob.uri}/notes/unknown")
    ]

    assert [one and one.id for one in found] == [thread.alice.id, None, None, None, None]
    await execute(thread.conn, "UPDATE post SET deleted_at = now() WHERE id = $1", kept.id)
    assert await thread.find(by(thread.bob, "Delete", kept.uri)) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE post SET audience = 'followers'",
        "UPDATE post SET deleted_at = now()",
        "UPDATE actor SET suspended_at = now() WHERE local",
        "UPDATE actor SET deleted_at = now() WHERE local",
    ],
)
async def test_an_answer_to_what_is_not_public_or_to_nobody_any_more_stays_here(thread: Thread, statement: str) -> None:
    await execute(thread.conn, statement)

    assert await thread.find(thread.answer()) is None


async def test_an_answer_that_is_not_for_her_followers_or_is_a_vote_stays_here(thread: Thread) -> None:
    assert await thread.find(thread.answer(cc=[])) is None
    assert await thread.find(thread.answer(name="Lundi", content="")) is None


@pytest.mark.parametrize("blocks_her", [True, False])
async def test_of_whom_a_block_keeps_apart_nothing_is_passed_on(thread: Thread, blocks_her: bool) -> None:
    one, other = (thread.bob, thread.alice) if blocks_her else (thread.alice, thread.bob)
    await blocks.save(thread.conn, uri=f"{one.uri}/blocks/1", actor_id=one.id, target_id=other.id)

    assert await thread.find(thread.answer()) is None


async def test_somebody_whom_nobody_here_knows_answers_her_too(thread: Thread) -> None:
    stranger = await actors.get(thread.conn, thread.bob.id)
    answer = by(stranger, "Create", note_by(stranger, inReplyTo=thread.post.uri, cc=[thread.alice.followers_uri]))
    await execute(thread.conn, "DELETE FROM actor WHERE id = $1", thread.bob.id)

    found = await thread.find(answer)

    assert found is not None and found.id == thread.alice.id
