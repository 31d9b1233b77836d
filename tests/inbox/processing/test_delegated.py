"""What somebody says of a post by another of their server: its origin is asked, and only for what concerns us."""

from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from models.limits import TOLD_FETCHES
from models.people.actors import Actor
from tests.fediverse import Person
from tests.inbox.desk import Desk


@pytest.fixture
def group(desk: Desk) -> Person:
    """A group of Bob's server."""
    return desk.fediverse.add_person("groupe", type="Group")


def serve(desk: Desk, group: Person, **changes: Any) -> dict[str, Any]:
    """A note of the group's, as its server shows it."""
    note = desk.note(group, **changes)
    desk.fediverse.documents[note["id"]] = note
    return note


async def test_what_concerns_nobody_here_is_not_fetched(desk: Desk, bob: Person, alice: Actor, group: Person) -> None:
    await desk.follow(alice, bob)
    note = serve(desk, group)

    await desk.take(bob, desk.create(bob, note))

    assert note["id"] not in desk.fediverse.fetched
    assert [state for state, _ in await desk.states()] == ["ignored"]


@pytest.mark.parametrize("why", ["followed", "named", "addressed", "answered"])
async def test_what_concerns_somebody_here_is_kept_as_its_origin_shows_it(
    desk: Desk, bob: Person, alice: Actor, group: Person, why: str
) -> None:
    await desk.follow(alice, bob)
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice@lomme.test"}
    reasons: dict[str, dict[str, Any]] = {
        "followed": {},
        "named": {"tag": [mention]},
        "addressed": {"cc": [alice.uri]},
        "answered": {"inReplyTo": f"{alice.uri}/notes/1"},
    }
    if why == "followed":
        await desk.follow(alice, group)
    note = serve(desk, group, content="<p>Vrai</p>", **reasons[why])

    await desk.take(bob, desk.create(bob, note | {"content": "<p>Faux</p>"}))

    assert note["id"] in desk.fediverse.fetched
    if why != "answered":
        assert await desk.value("SELECT content FROM post") == "<p>Vrai</p>"


async def test_b22_what_its_origin_shows_as_anothers_is_nobodys(
    desk: Desk, bob: Person, alice: Actor, group: Person
) -> None:
    await desk.follow(alice, bob)
    await desk.follow(alice, group)
    eve = desk.fediverse.add_person("eve", "lens.test")
    await desk.follow(alice, eve)
    note = serve(desk, group)
    desk.fediverse.documents[note["id"]] = note | {"attributedTo": eve.uri}

    await desk.take(bob, desk.create(bob, note))

    assert note["id"] in desk.fediverse.fetched
    assert await desk.states() == [("ignored", "lens.test may not speak for henin.test.")]
    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_another_servers_posts_are_nobody_elses_to_tell_of(desk: Desk, bob: Person, alice: Actor) -> None:
    dora = desk.fediverse.add_person("dora", "arras.test")
    await desk.follow(alice, bob)
    await desk.follow(alice, dora)
    note = serve(desk, dora)

    await desk.take(bob, desk.create(bob, note), desk.create(bob, note | {"id": f"{bob.uri}/notes/999"}))

    assert [state for state, _ in await desk.states()] == ["ignored", "ignored"]
    assert note["id"] not in desk.fediverse.fetched


async def test_b14_an_origin_is_asked_only_so_often_and_the_rest_waits(
    desk: Desk, bob: Person, alice: Actor, group: Person
) -> None:
    await desk.follow(alice, group)
    note = serve(desk, group)
    while desk.instance.counter.spend(TOLD_FETCHES, "henin.test"):
        pass

    await desk.take(bob, desk.create(bob, note))

    assert [state for state, _ in await desk.states()] == ["waiting"]
    assert note["id"] not in desk.fediverse.fetched


@pytest.mark.parametrize(
    ("cause", "answer", "left", "state"),
    [
        (Cause.GONE, 410, 0, "done"),
        (Cause.NOT_FOUND, 404, 1, "ignored"),
        (Cause.FORBIDDEN, 403, 1, "ignored"),
        (None, 200, 1, "ignored"),
    ],
)
async def test_only_an_origin_that_says_gone_confirms_what_another_deletes(
    desk: Desk, bob: Person, alice: Actor, group: Person, cause: Cause | None, answer: int, left: int, state: str
) -> None:
    await desk.follow(alice, group)
    note = serve(desk, group)
    await desk.take(group, desk.create(group, note))
    if cause is not None:
        desk.fediverse.documents[note["id"]] = FetchFailed(cause, "henin.test", answer=answer)

    await desk.take(bob, desk.activity(bob, "Delete", note["id"]))

    assert [one for one, _ in await desk.states()] == ["done", state]
    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == left


async def test_a_private_post_is_deleted_by_its_author_alone(
    desk: Desk, bob: Person, alice: Actor, group: Person
) -> None:
    await desk.follow(alice, group)
    note = serve(desk, group, to=[f"{group.uri}/followers"], cc=[])
    await desk.take(group, desk.create(group, note))
    desk.fediverse.documents[note["id"]] = FetchFailed(Cause.GONE, "henin.test", answer=410)

    await desk.take(bob, desk.activity(bob, "Delete", note["id"]))
    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == 1

    await desk.take(group, desk.activity(group, "Delete", note["id"]))
    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == 0
