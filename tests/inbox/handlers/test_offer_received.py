"""Offer."""

from models.people.actors import Actor
from models.store.database import connection
from tests.factories import make_listing
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.outbox.sent_activities import list_sent


async def test_terms_without_dates_for_a_loan_are_answered_no(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)
    terms = {"type": "Agreement", "stipulates": {"type": "Commitment", "satisfies": f"{listing.uri}#primary"}}

    await desk.take(bob, desk.activity(bob, "Offer", terms, to=[alice.uri]))

    [(state, reason)] = await desk.states()
    assert (state, reason) == ("done", None)
    async with connection(desk.instance.pool) as conn:
        [no] = await list_sent(conn)
    assert (no.type, no.hosts) == ("Reject", ["henin.test"])
    assert "à partir de quand" in no.activity["content"]
