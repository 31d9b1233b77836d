"""What other software really sends: kept in our forms, counted, or left alone, and never a failure (AX25)."""

import copy
from typing import Any

import pytest

from federation.vocabulary.activities.activity_readers import is_activity
from inbox.processing.process import process_due
from models.people.actors import Actor
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.inbox.remote_people import add_stranger
from tests.payloads import OTHERS, load_json

ACTIVITIES = [name for name in OTHERS if "actor" in load_json(name) and is_activity(load_json(name))]

SHOWN = {
    "mobilizon/create_event": ("listing", ""),
    "peertube/create_video": ("note", "Réparer une crevaison"),
    "mastodon/question": ("note", ""),
    "flohmarkt/create_item": ("listing", ""),
}


async def _hear(desk: Desk, alice: Actor, document: dict[str, Any]) -> Person:
    """Whoever sends this, followed by Alice, and it is handed in."""
    sender = add_stranger(desk.fediverse, document["actor"])
    await desk.follow(alice, sender)
    outcome = await desk.post(sender, document)
    assert outcome.status == 202, outcome
    await process_due(desk.instance)
    return sender


@pytest.mark.parametrize("name", ACTIVITIES)
async def test_ax25_nothing_that_others_send_fails(desk: Desk, alice: Actor, name: str) -> None:
    await _hear(desk, alice, load_json(name))

    assert {state for state, _ in await desk.states()} <= {"done", "ignored"}, await desk.states()


@pytest.mark.parametrize("name", sorted(SHOWN))
async def test_ax25_events_videos_questions_and_offers_are_shown(desk: Desk, alice: Actor, name: str) -> None:
    document = load_json(name)

    await _hear(desk, alice, document)

    row = await desk.row("SELECT kind, uri, content FROM post")
    kind, words = SHOWN[name]
    assert (row["kind"], row["uri"]) == (kind, document["object"]["id"])
    assert words in row["content"]


@pytest.mark.parametrize(
    "type", ["Article", "Audio", "Unheard", "https://unheard.example/ns#Thing", ["Unheard", "Note"]]
)
async def test_ax25_unknown_types_are_shown_by_what_they_have(
    desk: Desk, bob: Person, alice: Actor, type: str | list[str]
) -> None:
    await desk.follow(alice, bob)
    thing = desk.note(bob, type=type, name="Un titre", quoteUrl="https://arras.test/notes/1", poll={"x": [1]})

    await desk.take(bob, desk.create(bob, thing))

    assert [state for state, _ in await desk.states()] == ["done"]
    assert "Bonjour" in await desk.value("SELECT content FROM post")


async def _announce(desk: Desk, alice: Actor, page: dict[str, Any]) -> dict[str, Any]:
    """Lemmy's community passes a page on, which its author's server shows in this form."""
    announce = copy.deepcopy(load_json("lemmy/announce_page"))
    author = add_stranger(desk.fediverse, announce["object"]["actor"])
    desk.fediverse.documents[announce["object"]["object"]["id"]] = page | {"attributedTo": author.uri}
    await _hear(desk, alice, announce)
    return announce


async def test_ax14_what_lemmy_passes_on_is_unwrapped_and_asked_for_again(desk: Desk, alice: Actor) -> None:
    page = load_json("lemmy/announce_page")["object"]["object"]

    await _announce(desk, alice, page | {"content": "<p>Tel quel</p>"})

    assert page["id"] in desk.fediverse.fetched
    row = await desk.row(
        "SELECT p.uri, p.content, a.uri AS author FROM share s JOIN post p ON p.id = s.post_id "
        "JOIN actor a ON a.id = p.author_id"
    )
    assert (row["uri"], row["author"]) == (page["id"], "https://lemmy.example/u/bob")
    assert "Tel quel" in row["content"] and "Vos avis" not in row["content"]


async def test_ax14_what_its_own_server_does_not_show_to_everybody_is_not_taken_from_a_group(
    desk: Desk, alice: Actor
) -> None:
    page = load_json("lemmy/announce_page")["object"]["object"]

    await _announce(desk, alice, page | {"to": ["https://lemmy.example/u/bob/followers"], "cc": []})

    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_ax14_a_group_does_not_forge_a_post_of_another_server(desk: Desk, alice: Actor) -> None:
    announce = copy.deepcopy(load_json("lemmy/announce_page"))
    victim = desk.fediverse.add_person("dora", "arras.test")
    forged = announce["object"]["object"] | {"id": f"{victim.uri}/notes/1", "attributedTo": victim.uri}
    announce["object"] |= {"actor": victim.uri, "object": forged}

    await _hear(desk, alice, announce)

    assert await desk.value("SELECT count(*) FROM post") == 0


@pytest.mark.parametrize("type", ["Like", "Dislike", "EmojiReact"])
async def test_ax15_a_reaction_to_nothing_known_here_is_accepted_and_forgotten(
    desk: Desk, bob: Person, type: str
) -> None:
    outcome = await desk.post(bob, desk.activity(bob, type, "https://lomme.test/users/alice/notes/none", content="👍"))
    await process_due(desk.instance)

    assert outcome.status == 202
    assert await desk.value("SELECT count(*) FROM favourite") == 0


async def test_ax22_what_has_no_id_is_accepted_and_forgotten(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    create = desk.create(bob)
    del create["id"]

    outcome = await desk.post(bob, create)

    assert outcome.status == 202
    assert await desk.value("SELECT count(*) FROM received") == 0


async def test_ax22_lists_of_one_are_read_as_the_one(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob, attributedTo=[bob.uri], type=["Note"])
    create = desk.create(bob, note) | {"actor": [bob.uri], "type": ["Create"], "object": [note]}

    await desk.take(bob, create)

    assert await desk.value("SELECT uri FROM post") == note["id"]


@pytest.mark.parametrize("place", [0, 1])
async def test_ax22_several_actors_are_dropped(desk: Desk, bob: Person, alice: Actor, place: int) -> None:
    await desk.follow(alice, bob)
    people = [f"{bob.uri}", "https://henin.test/users/eve"]
    create = desk.create(bob) | {"actor": people if place == 0 else people[::-1]}

    outcome = await desk.post(bob, create)
    await process_due(desk.instance)

    assert outcome.status == 202
    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_ax22_the_one_actor_in_a_list_is_whoever_signs(desk: Desk, bob: Person) -> None:
    eve = desk.fediverse.add_person("eve")
    await desk.meet(eve)

    outcome = await desk.post(bob, desk.create(eve) | {"actor": [eve.uri]})

    assert outcome.status == 401
