"""Announce: fetched from its origin, wrapped or not, once (AX14, B-24)."""

import pytest

from federation.authentication.keys import find_key
from federation.errors import Cause, FetchFailed
from inbox.processing.process import process_due
from models.limits import DOCUMENT_FETCHES
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import connection
from tests.factories import make_listing
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk


@pytest.fixture
async def tent(desk: Desk, alice: Actor) -> Listing:
    """A listing of Alice."""
    async with connection(desk.instance.pool) as conn:
        return await make_listing(conn, alice)


async def test_a_share_of_ours_is_told(desk: Desk, bob: Person, alice: Actor, tent: Listing) -> None:
    await desk.take(bob, desk.activity(bob, "Announce", tent.uri, to=[PUBLIC]))

    assert await desk.told(alice) == ["reblog"]
    assert await desk.value("SELECT post_id FROM share") == tent.id


async def _share(desk: Desk, alice: Actor, host: str = "arras.test") -> tuple[Person, dict[str, object]]:
    """Carl, whom Alice follows, and a note of Dora, of another server, as that serves it."""
    carl = desk.fediverse.add_person("carl")
    dora = desk.fediverse.add_person("dora", host)
    await desk.follow(alice, carl)
    note = desk.note(dora)
    desk.fediverse.documents[note["id"]] = note
    return carl, note


async def test_ax14_what_is_shared_is_fetched_from_its_own_server(desk: Desk, alice: Actor) -> None:
    carl, note = await _share(desk, alice)

    await desk.take(carl, desk.activity(carl, "Announce", note["id"], to=[PUBLIC]))

    assert await desk.value("SELECT uri FROM post") == note["id"]
    assert await desk.value("SELECT count(*) FROM share") == 1


async def test_ax14_a_forged_copy_inside_a_share_proves_nothing(desk: Desk, alice: Actor) -> None:
    carl, note = await _share(desk, alice)

    await desk.take(carl, desk.activity(carl, "Announce", note | {"content": "<p>Piraté</p>"}, to=[PUBLIC]))

    assert await desk.value("SELECT content FROM post") == note["content"]


async def test_b22_what_a_server_shows_as_anothers_is_nobodys(desk: Desk, alice: Actor) -> None:
    carl, note = await _share(desk, alice)
    eve = desk.fediverse.add_person("eve", "lens.test")
    desk.fediverse.documents[str(note["id"])] = note | {"attributedTo": eve.uri}

    await desk.take(carl, desk.activity(carl, "Announce", note["id"], to=[PUBLIC]))

    assert await desk.states() == [("ignored", "lens.test may not speak for arras.test.")]
    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_a_share_by_nobody_followed_is_not_fetched(desk: Desk, bob: Person, alice: Actor) -> None:
    _, note = await _share(desk, alice)
    desk.fediverse.fetched.clear()

    await desk.take(bob, desk.activity(bob, "Announce", note["id"], to=[PUBLIC]))

    assert note["id"] not in desk.fediverse.fetched
    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_ax14_the_share_of_a_private_note_is_dropped(desk: Desk, alice: Actor) -> None:
    carl, note = await _share(desk, alice)
    desk.fediverse.documents[str(note["id"])] = note | {"to": ["https://arras.test/users/dora/followers"], "cc": []}

    await desk.take(carl, desk.activity(carl, "Announce", note["id"], to=[PUBLIC]))

    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_ax14_both_announces_of_a_group_are_one_share(desk: Desk, alice: Actor) -> None:
    carl, note = await _share(desk, alice)
    create = {
        "id": f"{note['id']}/activity",
        "type": "Create",
        "actor": note["attributedTo"],
        "to": [PUBLIC],
        "object": note["id"],
    }

    await desk.take(
        carl,
        desk.activity(carl, "Announce", create, to=[PUBLIC]),
        desk.activity(carl, "Announce", note["id"], to=[PUBLIC]),
    )

    assert await desk.value("SELECT count(*) FROM post") == 1
    assert await desk.value("SELECT count(*) FROM share") == 1
    assert desk.fediverse.fetched.count(str(note["id"])) == 1


async def test_ax14_an_edit_that_a_group_passes_on_is_fetched_anew(desk: Desk, alice: Actor) -> None:
    carl, note = await _share(desk, alice)
    await desk.take(carl, desk.activity(carl, "Announce", note["id"], to=[PUBLIC]))
    newer = note | {"content": "<p>neuf</p>", "updated": "2030-01-01T00:00:00Z"}
    desk.fediverse.documents[str(note["id"])] = newer
    update = {
        "id": f"{note['id']}#u",
        "type": "Update",
        "actor": note["attributedTo"],
        "object": {**newer, "content": "x"},
    }

    await desk.take(carl, desk.activity(carl, "Announce", update, to=[PUBLIC]))

    assert await desk.value("SELECT content FROM post") == "<p>neuf</p>"


@pytest.mark.parametrize("gone", [True, False])
async def test_ax14_a_deletion_that_a_group_passes_on_needs_the_word_of_its_origin(
    desk: Desk, alice: Actor, gone: bool
) -> None:
    carl, note = await _share(desk, alice)
    await desk.take(carl, desk.activity(carl, "Announce", note["id"], to=[PUBLIC]))
    if gone:
        desk.fediverse.documents[str(note["id"])] = FetchFailed(Cause.GONE, "arras.test", answer=410)
    delete = {"id": f"{note['id']}#d", "type": "Delete", "actor": note["attributedTo"], "object": note["id"]}

    await desk.take(carl, desk.activity(carl, "Announce", delete, to=[PUBLIC]))

    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == (0 if gone else 1)


@pytest.mark.parametrize(
    ("cause", "answer", "audience", "left"),
    [
        (Cause.NOT_FOUND, 404, "followers", 1),
        (Cause.NOT_FOUND, 404, "direct", 1),
        (Cause.FORBIDDEN, 403, "followers", 1),
        (Cause.GONE, 410, "followers", 0),
        (Cause.NOT_FOUND, 404, "unlisted", 0),
    ],
)
async def test_b24_that_a_private_post_is_not_found_is_no_proof_of_its_deletion(
    desk: Desk, alice: Actor, cause: Cause, answer: int, audience: str, left: int
) -> None:
    carl, dora = desk.fediverse.add_person("carl"), desk.fediverse.add_person("dora", "arras.test")
    await desk.follow(alice, carl)
    await desk.follow(alice, dora)
    followers = f"{dora.uri}/followers"
    told = {"followers": [followers], "direct": [alice.uri], "unlisted": [followers]}[audience]
    note = desk.note(dora, to=told, cc=[PUBLIC] if audience == "unlisted" else [])
    await desk.take(dora, desk.create(dora, note))
    assert await desk.value("SELECT audience FROM post") == audience
    desk.fediverse.documents[str(note["id"])] = FetchFailed(cause, "arras.test", answer=answer)
    delete = {"id": f"{note['id']}#d", "type": "Delete", "actor": dora.uri, "object": note["id"]}

    await desk.take(carl, desk.activity(carl, "Announce", delete, to=[PUBLIC]))

    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == left


async def test_b14_deletions_that_are_passed_on_make_us_ask_their_origin_thirty_times_a_minute_at_most(
    desk: Desk, alice: Actor
) -> None:
    carl, note = await _share(desk, alice)
    await desk.take(carl, desk.activity(carl, "Announce", note["id"], to=[PUBLIC]))
    desk.fediverse.fetched.clear()
    for number in range(40):
        delete = {"id": f"{note['id']}#{number}", "type": "Delete", "actor": note["attributedTo"], "object": note["id"]}
        await desk.post(carl, desk.activity(carl, "Announce", delete, to=[PUBLIC]))

    await process_due(desk.instance)

    assert 0 < desk.fediverse.fetched.count(str(note["id"])) <= 30


@pytest.mark.parametrize("type", ["Like", "Undo", "Follow", "Block"])
async def test_ax14_other_wrapped_activities_change_nothing(desk: Desk, alice: Actor, tent: Listing, type: str) -> None:
    carl, note = await _share(desk, alice)
    inner = {"id": f"{note['id']}#x", "type": type, "actor": note["attributedTo"], "object": tent.uri}

    await desk.take(carl, desk.activity(carl, "Announce", inner, to=[PUBLIC]))

    assert [state for state, _ in await desk.states()] == ["ignored"]
    assert await desk.value("SELECT (SELECT count(*) FROM favourite) + (SELECT count(*) FROM block)") == 0


async def test_a_server_is_not_asked_without_end_for_what_others_name(desk: Desk, alice: Actor) -> None:
    carl, _ = await _share(desk, alice)
    for number in range(40):
        await desk.post(carl, desk.activity(carl, "Announce", f"https://victim.test/notes/{number}", to=[PUBLIC]))
    desk.fediverse.fetched.clear()

    await process_due(desk.instance)

    assert len([uri for uri in desk.fediverse.fetched if "victim.test/notes" in uri]) == 30


async def test_ax04_a_share_is_undone(desk: Desk, bob: Person, tent: Listing) -> None:
    share = desk.activity(bob, "Announce", tent.uri, to=[PUBLIC])

    await desk.take(bob, share, desk.activity(bob, "Undo", share))

    assert await desk.value("SELECT count(*) FROM share") == 0


async def test_b14_what_a_followed_actor_names_leaves_the_keys_of_that_server_to_be_had(
    desk: Desk, alice: Actor
) -> None:
    carl, _ = await _share(desk, alice)
    for number in range(40):
        await desk.post(carl, desk.activity(carl, "Announce", f"https://victim.test/notes/{number}", to=[PUBLIC]))
    await process_due(desk.instance)
    while desk.instance.counter.spend(DOCUMENT_FETCHES, "victim.test"):
        pass
    vera = desk.fediverse.add_person("vera", "victim.test")

    assert await find_key(desk.instance, vera.signer.key_id)


async def test_b14_whoever_is_shared_as_if_a_post_still_signs(desk: Desk, alice: Actor) -> None:
    carl, _ = await _share(desk, alice)
    vera = desk.fediverse.add_person("vera", "victim.test")

    await desk.take(carl, desk.activity(carl, "Announce", vera.uri, to=[PUBLIC]))

    assert vera.uri in desk.fediverse.fetched
    assert await find_key(desk.instance, vera.signer.key_id)
