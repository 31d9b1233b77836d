"""What an agreement is found by, and what each of the two said last."""

from dataclasses import replace

from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Terms
from models.exchanges.exchanges import EventKind
from models.people.actors import Actor
from models.store.database import Connection
from tests.factories import make_agreement, make_listing, make_member


async def test_what_somebody_stands_by_are_the_terms_that_she_proposed_or_accepted_last(conn: Connection) -> None:
    alice, hocine = await make_member(conn), await make_member(conn, "hocine")
    held = await make_agreement(conn, await make_listing(conn, alice), hocine)
    first, second = Terms(note="samedi"), Terms(note="dimanche")

    async def say(actor: Actor, kind: EventKind, terms: Terms) -> None:
        details = {"terms": agreements.write_terms(terms)}
        await exchanges.add_event(
            conn, held.exchange_id, kind, agreement_id=held.id, actor_id=actor.id, details=details
        )

    await say(hocine, "requested", first)
    assert await agreements.find_stance(conn, held.id, alice.id) is None
    await say(alice, "countered", second)
    assert await agreements.find_stance(conn, held.id, hocine.id) == first
    await say(hocine, "accepted", second)
    await say(hocine, "cancelled", replace(first, note="lundi"))

    assert await agreements.find_stance(conn, held.id, hocine.id) == second
    assert await agreements.find_stance(conn, held.id, alice.id) == second
