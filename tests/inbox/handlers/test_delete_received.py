"""Delete: of posts and of people, also before what is deleted came (AX9 to AX13)."""

from datetime import UTC, datetime, timedelta

import pytest

from federation.errors import Cause, FetchFailed
from models.people.actors import Actor
from tests.fediverse import Person
from tests.inbox.desk import Desk, write_moment


def mention(actor: Actor) -> dict[str, str]:
    """A tag that names one of ours."""
    return {"type": "Mention", "href": actor.uri, "name": f"@{actor.handle}"}


def soon(seconds: float = 1) -> str:
    """A moment that is newer than what was just published."""
    return write_moment(datetime.now(UTC) + timedelta(seconds=seconds))


@pytest.mark.parametrize("form", ["id", "Tombstone", "Note"])
async def test_a_deleted_post_is_gone_in_every_form(desk: Desk, bob: Person, alice: Actor, form: str) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    named = {"id": note["id"], "Tombstone": {"type": "Tombstone", "id": note["id"]}, "Note": note}[form]

    await desk.take(bob, desk.create(bob, note), desk.activity(bob, "Delete", named))

    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == 0


async def test_ax09_a_post_that_comes_after_its_deletion_is_dropped(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)

    await desk.take(
        bob,
        desk.activity(bob, "Delete", note["id"]),
        desk.create(bob, note),
        desk.activity(bob, "Update", note | {"updated": soon()}),
    )

    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_ax10_anothers_deletion_does_not_keep_a_post_out(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    eve = desk.fediverse.add_person("eve")

    await desk.take(eve, desk.activity(eve, "Delete", note["id"]))
    await desk.take(bob, desk.create(bob, note))

    assert await desk.value("SELECT count(*) FROM post") == 1


async def test_ax13_who_deletes_herself_is_forgotten_with_all_she_wrote(desk: Desk, bob: Person, alice: Actor) -> None:
    followed = await desk.follow(alice, bob)
    await desk.take(bob, desk.activity(bob, "Follow", alice.uri), desk.create(bob))

    await desk.take(bob, desk.activity(bob, "Delete", bob.uri))

    assert await desk.value("SELECT deleted_at FROM actor WHERE id = $1", followed.id) is not None
    assert await desk.value("SELECT count(*) FROM post") == 0
    assert await desk.value("SELECT count(*) FROM follow") == 0
    assert await desk.told(alice) == []


async def test_ax13_nothing_more_is_taken_of_somebody_deleted_until_their_server_shows_them_again(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    await desk.take(bob, desk.activity(bob, "Delete", bob.uri))
    shown = desk.fediverse.documents[bob.uri]
    mentioning = desk.note(bob, cc=[alice.uri], tag=[mention(alice)])

    desk.fediverse.documents[bob.uri] = FetchFailed(Cause.GONE, "henin.test", answer=410)
    await desk.take(bob, desk.create(bob, mentioning))
    assert await desk.value("SELECT count(*) FROM post") == 0

    desk.fediverse.documents[bob.uri] = shown
    await desk.instance.pool.execute("DELETE FROM failed_fetch")
    await desk.take(bob, desk.create(bob, mentioning))
    assert await desk.value("SELECT count(*) FROM post") == 1


async def test_ax09_a_deletion_is_remembered_for_thirty_days(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)

    await desk.take(bob, desk.activity(bob, "Delete", note["id"]))

    assert await desk.value(
        "SELECT forget_at BETWEEN now() + interval '29 days' AND now() + interval '31 days' "
        "FROM tombstone WHERE uri = $1",
        note["id"],
    )


async def test_ax10_nobody_else_deletes_what_is_here(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    await desk.take(bob, desk.create(bob, note))
    neighbour = desk.fediverse.add_person("eve")
    stranger = desk.fediverse.add_person("mallory", "evil.test")

    for person in (neighbour, stranger):
        await desk.meet(person)
        await desk.take(person, desk.activity(person, "Delete", note["id"]))
        await desk.take(person, desk.activity(person, "Delete", bob.uri))

    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == 1
    assert await desk.value("SELECT count(*) FROM actor WHERE deleted_at IS NOT NULL") == 0


async def test_a_post_that_somebody_else_calls_a_stamp_is_deleted_all_the_same(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    eve = desk.fediverse.add_person("eve", "eve.test")
    for person in (bob, eve):
        await desk.follow(alice, person)
    note = desk.note(bob)
    lie = desk.note(eve, quote="https://else.test/notes/1", quoteAuthorization=note["id"])
    await desk.take(bob, desk.create(bob, note))
    await desk.take(eve, desk.create(eve, lie))
    assert await desk.value("SELECT count(*) FROM quote WHERE stamp_uri = $1", note["id"]) == 1

    await desk.take(bob, desk.activity(bob, "Delete", note["id"]))

    assert await desk.value("SELECT deleted_at IS NOT NULL FROM post WHERE uri = $1", note["id"])
