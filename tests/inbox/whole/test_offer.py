"""Offer."""

from models.actors import Actor
from models.database import connection
from tests.factories import make_listing
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def test_terms_are_not_agreed_on_yet_and_nothing_wrong_is_answered(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)
    terms = {"type": "Agreement", "stipulates": {"type": "Commitment", "satisfies": f"{listing.uri}#primary"}}

    await desk.take(bob, desk.activity(bob, "Offer", terms, to=[alice.uri]))

    [(state, reason)] = await desk.states()
    assert state == "ignored" and reason
    assert await desk.sent() == []
