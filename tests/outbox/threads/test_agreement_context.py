"""What an act leaves in the thread: its terms, its words, and whether anything was on the table before."""

from dataclasses import replace

import pytest

from models.errors import Conflict, NotFound
from models.exchanges import exchanges
from models.exchanges.agreements import Agreement, Terms
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import counter, propose, request
from outbox.threads.agreement_context import NOTHING, Said, find_context, require_next
from tests.factories import HERE, make_listing, make_member
from tests.outbox.threads.test_terms_in_words import TERMS


async def list_events(conn: Connection, held: Agreement) -> list[exchanges.Event]:
    entries = await exchanges.list_entries(conn, held.exchange_id)
    return await exchanges.list_events(conn, [one.id for one in entries if one.kind == "event"])


async def test_only_terms_that_nobody_had_asked_for_are_the_first(conn: Connection) -> None:
    alice, hocine = await make_member(conn), await make_member(conn, "hocine")
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=hocine.id)
    held = await propose(conn, HERE, alice, thread, TERMS)

    await counter(conn, HERE, hocine, held, replace(TERMS, note="Plutôt le soir."), Said(text="Et le soir ?"))

    first, second = await list_events(conn, held)
    assert (first.kind, first.actor_id, first.details.get("first")) == ("countered", alice.id, True)
    assert (second.kind, second.actor_id, second.details.get("first")) == ("countered", hocine.id, None)
    assert (first.details.get("text"), second.details.get("text")) == (None, "Et le soir ?")
    assert second.details["terms"]["note"] == "Plutôt le soir."


async def test_nobody_but_the_owner_proposes_terms_in_a_thread(conn: Connection) -> None:
    alice, hocine, carol = [await make_member(conn, name) for name in ("alice", "hocine", "carol")]
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=hocine.id)

    for other in (carol, hocine):
        with pytest.raises(NotFound):
            await propose(conn, HERE, other, thread, TERMS)
    held = await propose(conn, HERE, alice, thread, TERMS)

    assert [event.actor_id for event in await list_events(conn, held)] == [alice.id]


async def test_what_is_asked_twice_within_a_minute_in_the_same_words_is_asked_once(conn: Connection) -> None:
    alice, hocine = await make_member(conn), await make_member(conn, "hocine")
    listing = await make_listing(conn, alice, mode="gift")

    first = await request(conn, HERE, hocine, listing, Terms(), Said(text="Bonjour"))
    again = await request(conn, HERE, hocine, listing, Terms(), Said(text="Bonjour"))

    assert again.id == first.id
    assert [event.kind for event in await list_events(conn, first)] == ["requested"]


async def test_who_is_no_side_of_it_and_who_answers_what_is_off_the_table_does_nothing(conn: Connection) -> None:
    alice, hocine, carol = [await make_member(conn, name) for name in ("alice", "hocine", "carol")]
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=hocine.id)
    case = await find_context(conn, await propose(conn, HERE, alice, thread, TERMS))

    assert require_next(case, hocine, "accept", NOTHING) == "agreed"
    with pytest.raises(NotFound):
        require_next(case, carol, "accept", NOTHING)
    with pytest.raises(Conflict, match="terms_outdated"):
        require_next(case, hocine, "accept", Said(offer_uri=f"{alice.uri}/offers/before"))
    accepted = replace(case, agreement=replace(case.agreement, accepted_uri=f"{hocine.uri}/accepts/1"))
    with pytest.raises(Conflict, match="already_accepted"):
        require_next(accepted, hocine, "refuse", NOTHING)
    his = replace(accepted, agreement=replace(accepted.agreement, proposed_by=hocine.id))
    assert require_next(his, alice, "accept", NOTHING) == "agreed"
