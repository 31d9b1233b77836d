"""People who are no more: what is believed of their end, and what is left of them (AX11 to AX13)."""

from dataclasses import replace

import pytest

from federation.errors import Cause, FetchFailed
from inbox.processing.process import process_due
from inbox.receiving import inbox_policy
from models.limits import POSTS
from models.people.actors import Actor
from models.store.database import transaction
from outbox.posts.notes import NoteDraft, publish
from tests.factories import HERE
from tests.fediverse import Person
from tests.inbox.desk import Desk


def _gone(status: int) -> FetchFailed:
    cause = Cause.GONE if status == 410 else Cause.NOT_FOUND
    return FetchFailed(cause, "henin.test", answer=status)


async def _forget_key(desk: Desk) -> None:
    """As if the key had never been seen, though the person is known."""
    await desk.instance.pool.execute("DELETE FROM public_key")
    desk.instance.public_keys.forget("https://henin.test/users/bob#main-key")


@pytest.mark.parametrize("type", ["Delete", "Update"])
async def test_ax11_what_a_stranger_deletes_is_answered_at_once_and_leaves_nothing(
    desk: Desk, bob: Person, type: str
) -> None:
    outcomes = [
        await desk.post(bob, desk.activity(bob, type, bob.uri)),
        await desk.post(bob, desk.activity(bob, type, f"{bob.uri}/notes/1")),
    ]

    assert [one.status for one in outcomes] == [202, 202]
    assert desk.fediverse.fetched == []
    assert await desk.value("SELECT (SELECT count(*) FROM received) + (SELECT count(*) FROM actor)") == 0


async def test_ax11_an_unknown_object_of_somebody_known_leaves_only_a_tombstone(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)

    await desk.take(bob, desk.activity(bob, "Delete", f"{bob.uri}/notes/1"))

    assert [state for state, _ in await desk.states()] == ["done"]
    assert await desk.value("SELECT count(*) FROM tombstone") == 1


async def test_ax12_an_end_is_believed_when_the_origin_itself_says_gone(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    await _forget_key(desk)
    desk.fediverse.documents[bob.uri] = _gone(410)

    outcome = await desk.post(bob, desk.activity(bob, "Delete", bob.uri))
    await process_due(desk.instance)

    assert outcome.status == 202
    assert await desk.value("SELECT deleted_at FROM actor WHERE uri = $1", bob.uri) is not None


async def test_ax12_an_end_is_not_believed_when_the_origin_only_does_not_know(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    await _forget_key(desk)
    desk.fediverse.documents[bob.uri] = _gone(404)

    outcome = await desk.post(bob, desk.activity(bob, "Delete", bob.uri))
    await process_due(desk.instance)

    assert outcome.status == 401
    assert await desk.value("SELECT deleted_at FROM actor WHERE uri = $1", bob.uri) is None


async def test_ax12_the_end_of_somebody_else_is_not_believed_of_a_key_that_is_gone(desk: Desk, bob: Person) -> None:
    eve = desk.fediverse.add_person("eve")
    await desk.meet(bob)
    await desk.meet(eve)
    await _forget_key(desk)
    desk.fediverse.documents[bob.uri] = _gone(410)

    outcomes = [
        await desk.post(bob, desk.activity(bob, "Delete", eve.uri)),
        await desk.post(bob, desk.activity(eve, "Delete", eve.uri)),
    ]
    await process_due(desk.instance)

    assert [one.status for one in outcomes] == [401, 401]
    assert await desk.value("SELECT count(*) FROM actor WHERE deleted_at IS NOT NULL") == 0


async def test_ax12_a_key_that_is_still_known_is_enough(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    desk.fediverse.documents[bob.uri] = _gone(410)

    await desk.take(bob, desk.activity(bob, "Delete", bob.uri))

    assert await desk.value("SELECT deleted_at FROM actor WHERE uri = $1", bob.uri) is not None


async def test_ht04_nobody_spends_the_budget_of_a_server_by_telling_of_an_account_that_ended_there(
    desk: Desk, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = desk.fediverse.add_person("eve")
    await desk.meet(bob)
    await desk.meet(eve)
    await _forget_key(desk)
    desk.fediverse.documents[bob.uri] = _gone(410)
    monkeypatch.setattr(inbox_policy, "POSTS", replace(POSTS, most=3))

    told = [await desk.post(bob, desk.activity(bob, "Delete", bob.uri)) for _ in range(3)]
    await process_due(desk.instance)
    again = [await desk.post(bob, desk.activity(bob, "Delete", bob.uri)) for _ in range(300)]

    assert [(one.status, one.proven) for one in told] == [(202, False)] * 3, "whoever sends this is not known"
    assert {one.status for one in again[:297]} == {202}
    assert {one.status for one in again[297:]} == {429}
    assert await desk.value("SELECT count(*) FROM received") == 3, "an end that took effect is not kept again"
    assert (await desk.post(eve, desk.activity(eve, "Like", f"{HERE.url}/users/alice/notes/1"))).status == 202


async def test_ax13_all_of_somebody_gone_goes_and_nothing_more_is_sent_there(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    post = await _publish(desk, alice)
    await desk.take(bob, desk.activity(bob, "Follow", alice.uri), desk.create(bob), desk.activity(bob, "Like", post))
    await _publish(desk, alice)

    await desk.take(bob, desk.activity(bob, "Delete", bob.uri))

    assert await desk.value("SELECT count(*) FROM post WHERE NOT local") == 0
    assert await desk.value("SELECT (SELECT count(*) FROM follow) + (SELECT count(*) FROM favourite)") == 0
    assert await desk.value("SELECT count(*) FROM delivery WHERE state IN ('waiting', 'held')") == 0
    row = await desk.row("SELECT name, summary, raw FROM actor WHERE uri = $1", bob.uri)
    assert tuple(row) == ("", "", None)


async def test_ax13_a_neighbour_behind_the_same_inbox_still_gets_what_waits(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    eve = desk.fediverse.add_person("eve")
    await desk.take(bob, desk.activity(bob, "Follow", alice.uri))
    await desk.take(eve, desk.activity(eve, "Follow", alice.uri))
    await _publish(desk, alice)

    await desk.take(bob, desk.activity(bob, "Delete", bob.uri))

    assert (
        await desk.value(
            "SELECT d.state FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.type = 'Create'"
        )
        == "waiting"
    )


async def _publish(desk: Desk, alice: Actor) -> str:
    async with transaction(desk.instance.pool) as conn:
        post = await publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network"))
    return post.uri
