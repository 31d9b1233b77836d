"""Answers to our public posts go on to those who follow their authors, as they came (AX20)."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from federation.proofs import add_proof
from federation.signatures import Signer
from inbox.processing.process import process_due
from models.people.actors import Actor
from models.posts import Post
from models.posts.polls import polls
from models.posts.polls.polls import NewPoll
from models.relations.blocking import blocks
from models.store.database import connection
from tests.factories import make_follow, make_note, make_remote_actor
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk
from tests.inbox.remote_people import give_proof_key


@pytest.fixture
def seal(desk: Desk, bob: Person) -> Signer:
    """The key of Bob's proofs."""
    return give_proof_key(desk.fediverse, bob)


@pytest.fixture
async def post(desk: Desk, alice: Actor) -> Post:
    """A public note of Alice, whom Carl and Dora follow, at other servers."""
    async with connection(desk.instance.pool) as conn:
        for username, host in (("carl", "arras.test"), ("dora", "lens.test"), ("eve", "henin.test")):
            await make_follow(conn, await make_remote_actor(conn, username, host), alice)
        return await make_note(conn, alice)


def _answer(desk: Desk, bob: Person, post: Post, **changes: Any) -> dict[str, Any]:
    """Bob's answer, addressed to Alice's followers too."""
    note = desk.note(
        bob, inReplyTo=post.uri, to=[PUBLIC], cc=["https://lomme.test/users/alice/followers", f"{bob.uri}/followers"]
    )
    return desk.create(bob, note | changes)


def _seal(activity: dict[str, Any], seal: Signer) -> bytes:
    """As Bob's server writes it: spaces and order are its own."""
    return orjson.dumps(add_proof(activity, seal, datetime.now(UTC)), option=orjson.OPT_INDENT_2)


async def _forwarded(desk: Desk) -> list[tuple[str, str]]:
    rows = await desk.instance.pool.fetch(
        "SELECT d.inbox, a.body FROM delivery d JOIN activity a ON a.id = d.activity_id ORDER BY d.inbox"
    )
    return [(row["inbox"], row["body"]) for row in rows]


async def test_ax20_an_answer_goes_on_byte_for_byte_but_not_to_where_it_comes_from(
    desk: Desk, bob: Person, post: Post, seal: Signer
) -> None:
    body = _seal(_answer(desk, bob, post), seal)

    await desk.post(bob, body)
    await process_due(desk.instance)

    assert await _forwarded(desk) == [
        ("https://arras.test/inbox", body.decode()),
        ("https://lens.test/inbox", body.decode()),
    ]
    assert await desk.value("SELECT a.username FROM delivery d JOIN actor a ON a.id = d.actor_id LIMIT 1") == "alice"


async def test_ax20_it_goes_on_once(desk: Desk, bob: Person, post: Post, seal: Signer) -> None:
    answer = _answer(desk, bob, post)

    for body in (_seal(answer, seal), _seal(answer | {"published": "2026-11-24T10:00:00Z"}, seal)):
        assert (await desk.post(bob, body)).status == 202
        await process_due(desk.instance)

    assert len(await _forwarded(desk)) == 2


async def test_ax20_it_has_neither_an_address_nor_a_place_in_an_outbox_here(
    desk: Desk, bob: Person, post: Post, seal: Signer
) -> None:
    await desk.post(bob, _seal(_answer(desk, bob, post), seal))

    await process_due(desk.instance)

    assert await desk.value("SELECT count(*) FROM activity WHERE public OR object_uri IS NOT NULL") == 0


async def test_ax20_without_a_proof_it_stays_here(desk: Desk, bob: Person, post: Post) -> None:
    await desk.take(bob, _answer(desk, bob, post))

    assert await desk.value("SELECT count(*) FROM post WHERE NOT local") == 1
    assert await _forwarded(desk) == []


async def test_ax20_with_a_proof_that_does_not_hold_it_stays_here(
    desk: Desk, bob: Person, post: Post, seal: Signer
) -> None:
    proven = orjson.loads(_seal(_answer(desk, bob, post), seal))
    proven["object"]["content"] = "<p>Piraté</p>"

    await desk.take(bob, proven)

    assert await _forwarded(desk) == []


async def test_ax20_a_proof_by_somebody_else_proves_nothing(desk: Desk, bob: Person, post: Post) -> None:
    eve = desk.fediverse.add_person("eve")
    other = give_proof_key(desk.fediverse, eve)

    await desk.take(bob, orjson.loads(_seal(_answer(desk, bob, post), other)))

    assert await _forwarded(desk) == []


@pytest.mark.parametrize("cc", [[], ["https://henin.test/users/bob/followers"]])
async def test_ax20_what_is_not_for_our_followers_stays_here(
    desk: Desk, bob: Person, post: Post, seal: Signer, cc: list[str]
) -> None:
    await desk.post(bob, _seal(_answer(desk, bob, post, cc=cc) | {"cc": cc}, seal))

    await process_due(desk.instance)

    assert await _forwarded(desk) == []


@pytest.mark.parametrize("audience", ["followers", "direct", "coop", "territories"])
async def test_ax20_answers_to_what_is_not_public_stay_here(
    desk: Desk, bob: Person, alice: Actor, post: Post, seal: Signer, audience: str
) -> None:
    async with connection(desk.instance.pool) as conn:
        hidden = await make_note(conn, alice, audience=audience)

    await desk.post(bob, _seal(_answer(desk, bob, hidden), seal))
    await process_due(desk.instance)

    assert await _forwarded(desk) == []


async def test_ax20_whom_alice_blocks_does_not_speak_to_her_followers(
    desk: Desk, bob: Person, alice: Actor, post: Post, seal: Signer
) -> None:
    stranger = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        await blocks.save(conn, uri="https://lomme.test/b/1", actor_id=alice.id, target_id=stranger.id)

    await desk.post(bob, _seal(_answer(desk, bob, post), seal))
    await process_due(desk.instance)

    assert await _forwarded(desk) == []


async def test_ax20_the_deletion_of_an_answer_follows_it(desk: Desk, bob: Person, post: Post, seal: Signer) -> None:
    answer = _answer(desk, bob, post)
    await desk.post(bob, _seal(answer, seal))
    await process_due(desk.instance)
    delete = _seal(desk.activity(bob, "Delete", answer["object"]["id"], to=[PUBLIC]), seal)

    await desk.post(bob, delete)
    await process_due(desk.instance)

    assert [inbox for inbox, body in await _forwarded(desk) if body == delete.decode()] == [
        "https://arras.test/inbox",
        "https://lens.test/inbox",
    ]
    assert [state for state, _ in await desk.states()] == ["done", "done"], await desk.states()
    assert await desk.value("SELECT count(*) FROM post WHERE NOT local AND deleted_at IS NULL") == 0


@pytest.mark.parametrize("content", [None, "<p>Mardi</p>"], ids=["no text", "text that says it again"])
async def test_a_vote_goes_on_to_nobody_however_it_is_addressed(
    desk: Desk, bob: Person, post: Post, seal: Signer, content: str | None
) -> None:
    asked = NewPoll(options=("Lundi", "Mardi"), votes=(0, 0), multiple=False, voters=0, ends_at=None, closed_at=None)
    async with connection(desk.instance.pool) as conn:
        await polls.save_own(conn, post.id, asked)
    vote = _answer(desk, bob, post, name="Mardi", content=content)

    await desk.post(bob, _seal(vote, seal))
    await process_due(desk.instance)

    assert await desk.value("SELECT voters FROM poll") == 1
    assert await _forwarded(desk) == []
