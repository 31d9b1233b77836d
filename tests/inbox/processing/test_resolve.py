"""What somebody names is fetched from where it lives; each server is asked for it so often and no more (B-14)."""

from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from models.limits import TOLD_FETCHES
from models.people.actors import Actor
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk


@pytest.fixture
async def carol(desk: Desk, bob: Person) -> Person:
    """Somebody at Bob's server, whom nobody here follows."""
    return desk.fediverse.add_person("carol")


def use_up(desk: Desk, host: str = "henin.test") -> None:
    """No more may be asked of this server because others name it."""
    while desk.instance.counter.spend(TOLD_FETCHES, host):
        pass


def serve(desk: Desk, person: Person, **changes: Any) -> dict[str, Any]:
    """A note as its server shows it."""
    note = desk.note(person, **changes)
    desk.fediverse.documents[note["id"]] = note
    return note


def edit(desk: Desk, note: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The note as it is shown from now on, said to be newer."""
    edited = note | {"updated": "2040-01-01T00:00:00Z"} | changes
    desk.fediverse.documents[note["id"]] = edited
    return edited


async def test_b14_a_server_that_names_what_is_its_own_is_asked_without_a_bound(
    desk: Desk, bob: Person, alice: Actor, carol: Person
) -> None:
    await desk.follow(alice, bob)
    note = serve(desk, carol)
    use_up(desk)

    await desk.take(bob, desk.activity(bob, "Announce", note["id"], to=[PUBLIC]))

    assert await desk.states() == [("done", None)]


async def test_b14_what_it_says_is_newer_counts_though_it_is_its_own(
    desk: Desk, bob: Person, alice: Actor, carol: Person
) -> None:
    await desk.follow(alice, bob)
    note = serve(desk, carol, content="<p>avant</p>")
    await desk.take(bob, desk.activity(bob, "Announce", note["id"], to=[PUBLIC]))
    newer = edit(desk, note, content="<p>après</p>")
    use_up(desk)

    await desk.take(bob, desk.activity(bob, "Announce", newer, to=[PUBLIC]))

    [_, (state, reason)] = await desk.states()
    assert state == "waiting" and reason == str(FetchFailed(Cause.TOO_MANY_FETCHES, "henin.test", retry=True))
    assert await desk.value("SELECT content FROM post") == "<p>avant</p>"


async def test_b14_an_edit_that_its_own_server_passes_on_does_not_count(
    desk: Desk, bob: Person, alice: Actor, carol: Person
) -> None:
    await desk.follow(alice, bob)
    note = serve(desk, carol, content="<p>avant</p>")
    await desk.take(bob, desk.activity(bob, "Announce", note["id"], to=[PUBLIC]))
    newer = edit(desk, note, content="<p>après</p>")
    use_up(desk)
    update = {"id": f"{note['id']}#u", "type": "Update", "actor": carol.uri, "object": newer}

    await desk.take(bob, desk.activity(bob, "Announce", update, to=[PUBLIC]))

    assert await desk.value("SELECT content FROM post") == "<p>après</p>"


async def test_b14_another_server_is_asked_only_within_its_budget(desk: Desk, bob: Person, alice: Actor) -> None:
    dora = desk.fediverse.add_person("dora", "arras.test")
    await desk.follow(alice, bob)
    note = serve(desk, dora)
    use_up(desk, "arras.test")
    moved = desk.fediverse.add_person("bob", "arras.test", alsoKnownAs=[bob.uri])
    desk.fediverse.fetched.clear()

    await desk.take(
        bob,
        desk.activity(bob, "Announce", note["id"], to=[PUBLIC]),
        desk.activity(bob, "Move", bob.uri, target=moved.uri),
    )

    assert [state for state, _ in await desk.states()] == ["waiting", "waiting"]
    assert [uri for uri in desk.fediverse.fetched if "arras.test" in uri] == []


async def test_b14_what_a_server_says_of_its_own_deletions_and_moves_does_not_count(
    desk: Desk, bob: Person, alice: Actor, carol: Person
) -> None:
    await desk.follow(alice, bob)
    note = serve(desk, carol)
    await desk.take(bob, desk.activity(bob, "Announce", note["id"], to=[PUBLIC]))
    desk.fediverse.documents[note["id"]] = FetchFailed(Cause.GONE, "henin.test", answer=410)
    new = desk.fediverse.add_person("robert", alsoKnownAs=[bob.uri])
    use_up(desk)
    delete = {"id": f"{note['id']}#d", "type": "Delete", "actor": carol.uri, "object": note["id"]}

    await desk.take(
        bob,
        desk.activity(bob, "Announce", delete, to=[PUBLIC]),
        desk.activity(bob, "Move", bob.uri, target=new.uri),
    )

    assert [state for state, _ in await desk.states()] == ["done"] * 3
    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == 0
