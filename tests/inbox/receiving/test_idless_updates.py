"""An Update without an id is a reason to look at the thing again, and nothing more."""

from typing import Any

from inbox.receiving.idless_updates import SECONDS
from models.limits import TOLD_FETCHES
from models.people.actors import Actor
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.inbox.remote_people import add_stranger
from tests.payloads import load_json


async def meet_mairie(desk: Desk, alice: Actor) -> tuple[Person, dict[str, Any]]:
    """A town hall whose WordPress is followed here, and what it sent when its profile changed."""
    document = load_json("wordpress/update_profile")
    shown = {key: value for key, value in load_json("wordpress/actor").items() if key != "publicKey"}
    mairie = add_stranger(desk.fediverse, document["actor"], **shown)
    await desk.follow(alice, mairie)
    return mairie, document


async def test_a_changed_profile_of_wordpress_is_fetched(desk: Desk, alice: Actor) -> None:
    mairie, document = await meet_mairie(desk, alice)
    desk.fediverse.documents[mairie.uri] = mairie.document | {"name": "Mairie de Lomme"}

    await desk.take(mairie, document)

    assert await desk.value("SELECT name FROM actor WHERE uri = $1", mairie.uri) == "Mairie de Lomme"
    assert await desk.states() == [("done", None)]


async def test_it_is_looked_at_once_in_five_minutes_however_often_it_is_said(desk: Desk, alice: Actor) -> None:
    mairie, document = await meet_mairie(desk, alice)
    desk.fediverse.fetched.clear()

    await desk.take(mairie, document, document, document)

    assert SECONDS == 300
    assert desk.fediverse.fetched.count(mairie.uri) in {1, 2}  # two where the five minutes ended between them


async def test_what_it_says_itself_is_not_taken(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob, content="<p>Avant</p>")
    await desk.take(bob, desk.create(bob, note))
    desk.fediverse.documents[note["id"]] = note | {"content": "<p>Vrai</p>", "updated": "2026-11-27T14:00:00Z"}
    update = desk.activity(bob, "Update", note | {"content": "<p>Faux</p>"})
    del update["id"]

    await desk.take(bob, update)

    assert await desk.value("SELECT content FROM post WHERE uri = $1", note["id"]) == "<p>Vrai</p>"


async def test_nobody_else_hints(desk: Desk, bob: Person, alice: Actor) -> None:
    eve = desk.fediverse.add_person("eve", "eve.test")
    for person in (bob, eve):
        await desk.follow(alice, person)
    desk.fediverse.fetched.clear()

    for actor, object in ((eve.uri, bob.uri), (bob.uri, bob.uri)):
        outcome = await desk.post(eve, {"type": "Update", "actor": actor, "object": object})
        assert outcome.status in {202, 401}

    assert bob.uri not in desk.fediverse.fetched and await desk.states() == []


async def test_who_only_pretends_to_be_a_server_uses_up_nothing_of_what_it_may_say(desk: Desk, alice: Actor) -> None:
    mairie, document = await meet_mairie(desk, alice)
    eve = desk.fediverse.add_person("eve", "eve.test")
    for _ in range(TOLD_FETCHES.most):
        assert (await desk.post(eve, document)).status != 500
    desk.fediverse.documents[mairie.uri] = mairie.document | {"name": "Mairie de Lomme"}

    await desk.take(mairie, document)

    assert await desk.value("SELECT name FROM actor WHERE uri = $1", mairie.uri) == "Mairie de Lomme"


async def test_a_server_that_says_it_too_often_is_not_asked_for_a_while(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    hints = [{"type": "Update", "actor": bob.uri, "object": f"{bob.uri}/notes/{number}"} for number in range(40)]

    for hint in hints:
        assert (await desk.post(bob, hint)).status == 202

    assert len(await desk.states()) == TOLD_FETCHES.most


async def test_an_update_of_nothing_and_other_activities_without_an_id_are_forgotten(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)

    for body in ({"type": "Update", "object": {"type": "Note"}}, {"type": "Like", "object": f"{alice.uri}/notes/1"}):
        assert (await desk.post(bob, {"actor": bob.uri} | body)).status == 202

    assert await desk.states() == []
