"""What waits of somebody is taken back by its undoing, and by nobody else's."""

import pytest

from inbox.posts import message_requests
from models.people.actors import Actor
from models.store.database import connection
from tests.factories import make_listing
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def test_b57_an_offer_that_waits_is_taken_back_by_whoever_made_it(
    desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_requests, "ANSWERS_OF_ONE", 0)
    eve, mallory = desk.fediverse.add_person("eve", "neu.test"), desk.fediverse.add_person("mallory", "evil.test")
    await desk.meet(mallory)
    waiting = "SELECT count(*) FROM message_request"
    offer = await wait(desk, eve, alice)
    assert await desk.states() == [("held", None)]
    assert await desk.value(waiting) == 1

    await desk.take(mallory, desk.activity(mallory, "Undo", offer["id"]))
    assert await desk.value(waiting) == 1

    await desk.take(eve, desk.activity(eve, "Undo", offer))
    assert await desk.value(waiting) == 0


async def wait(desk: Desk, person: Person, owner: Actor) -> dict[str, object]:
    """This stranger asks for a gift of the owner's."""
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, owner, mode="gift")
    terms = {"type": "Agreement", "stipulates": {"type": "Commitment", "satisfies": f"{listing.uri}#primary"}}
    offer = desk.activity(person, "Offer", terms, to=[owner.uri])
    await desk.take(person, offer)
    return offer


async def test_b57_words_that_wait_are_taken_back_by_whoever_wrote_them(desk: Desk, alice: Actor) -> None:
    eve, mallory = desk.fediverse.add_person("eve", "neu.test"), desk.fediverse.add_person("mallory", "neu.test")
    await desk.meet(mallory)
    waiting = "SELECT count(*) FROM message_request"
    mention = {"type": "Mention", "href": alice.uri, "name": f"@{alice.handle}"}
    note = desk.note(eve, to=[alice.uri], cc=[], tag=[mention])
    await desk.take(eve, desk.create(eve, note))
    assert await desk.value(waiting) == 1

    await desk.take(mallory, desk.activity(mallory, "Delete", note["id"]))
    assert await desk.value(waiting) == 1

    await desk.take(eve, desk.activity(eve, "Delete", note["id"]))
    assert await desk.value(waiting) == 0
