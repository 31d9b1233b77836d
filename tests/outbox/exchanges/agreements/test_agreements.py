"""Asking, answering and countering, with both people here and with one of them on another server."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges import agreements as held
from models.exchanges import exchanges
from models.exchanges.agreements import Terms
from models.listings import listings
from models.relations.blocking import blocks
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.endings import cancel, refuse, withdraw
from outbox.exchanges.agreements.fulfilment import report
from outbox.listings import listings as outbox_listings
from outbox.threads.agreement_context import Said
from outbox.threads.waiting_requests import OTHER_CHOSEN, RESERVE
from tests.factories import HERE, make_listing, make_member
from tests.server_pair import Pair, make_pair, same

START = (datetime.now(UTC) + timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)


def days(first: int, last: int, **changes: Any) -> Terms:
    """From one day until before another."""
    return Terms(begins_at=START + timedelta(days=first), ends_at=START + timedelta(days=last), **changes)


@pytest.fixture
async def pair(conn: Connection, second_conn: Connection) -> Pair:
    """Alice lends a tent, and Bob is elsewhere."""
    return await make_pair(conn, second_conn)


async def ask(pair: Pair, terms: Terms | None = None, text: str = "") -> None:
    """Bob asks, and Lomme hears it."""
    there = pair.there
    await request(there.conn, there.site, there.partner, there.listing, terms or days(0, 5), Said(text=text))
    await pair.carry()


async def list_kinds(pair: Pair) -> tuple[list[str], list[str]]:
    """What happened in the thread, as each side has it."""
    found: list[list[str]] = []
    for side in (pair.here, pair.there):
        thread = await exchanges.find(side.conn, listing_id=side.listing.id, partner_id=side.partner.id)
        assert thread is not None
        entries = await exchanges.list_entries(side.conn, thread.id)
        events = await exchanges.list_events(side.conn, [one.id for one in entries if one.kind == "event"])
        found.append([event.kind for event in events])
    return found[0], found[1]


async def test_a_loan_from_the_request_to_the_thanks(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await ask(pair, days(0, 5, place="La Remise"), text="Bonjour Alice, elle nous irait bien.")
    asked, copy = await here.get(), await there.get()
    assert (asked.state, asked.terms) == ("requested", days(0, 5, place="La Remise"))
    assert copy.uri == asked.uri is not None

    await counter(here.conn, here.site, here.owner, asked, days(0, 4))
    await pair.carry()
    assert (await there.get()).state == "countered"
    await accept(there.conn, there.site, there.partner, await there.get())
    assert (await there.get()).state == "countered", "nobody is bound before the owner's server says so"
    await pair.carry()
    agreed, copy = await here.get(), await there.get()
    assert (agreed.state, agreed.terms) == ("agreed", days(0, 4))
    assert same(agreed, copy)

    await report(there.conn, there.site, there.partner, copy, "back")
    await pair.carry()
    assert ((await here.get()).state, (await there.get()).state) == ("agreed", "agreed")
    await report(here.conn, here.site, here.owner, await here.get(), "back")
    await pair.carry()

    assert ((await here.get()).state, (await here.get()).verified) == ("done", True)
    assert same(await here.get(), await there.get())
    ours, theirs = await list_kinds(pair)
    assert ours == ["requested", "countered", "agreed", "back", "back", "verified"]
    assert theirs == ["requested", "countered", "accepted", "agreed", "back", "back", "verified"]
    assert here.ignored == there.ignored == []


async def test_that_it_is_done_stands_once_in_both_threads(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, mode="service")
    here, there = pair.here, pair.there
    await ask(pair, Terms())
    await accept(conn, here.site, here.owner, await here.get())
    await report(conn, here.site, here.owner, await here.get(), "done")
    await pair.carry()
    await report(second_conn, there.site, there.partner, await there.get(), "done")
    await pair.carry()

    ours, theirs = await list_kinds(pair)
    assert ours == theirs == ["requested", "agreed", "done", "done", "verified"]
    assert same(await here.get(), await there.get())


async def test_the_words_of_a_request_go_with_it(pair: Pair) -> None:
    words = "Pour quatre,\nà vélo : un <b> n’est pas du gras & 3 < 4."
    await ask(pair, text=words)

    thread = await exchanges.find(pair.here.conn, listing_id=pair.here.listing.id, partner_id=pair.here.partner.id)
    assert thread is not None
    [entry] = await exchanges.list_entries(pair.here.conn, thread.id)
    [event] = await exchanges.list_events(pair.here.conn, [entry.id])

    assert event.details["text"] == words
    assert held.read_terms(event.details["terms"]) == days(0, 5)
    assert thread.owner_read_id < event.id


async def test_an_owner_says_yes_or_no_to_somebody_elsewhere(pair: Pair) -> None:
    here = pair.here
    await ask(pair)
    await refuse(here.conn, here.site, here.owner, await here.get(), Said(text="Elle est promise, désolée."))
    await pair.carry()
    refused = await pair.there.get()
    assert (refused.state, refused.reason) == ("refused", "Elle est promise, désolée.")

    await ask(pair, days(6, 8))
    await accept(here.conn, here.site, here.owner, await here.get())
    await pair.carry()

    assert (await pair.there.get()).state == "agreed"
    assert same(await here.get(), await pair.there.get())


async def test_a_partner_elsewhere_takes_it_back_before_and_after(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await ask(pair)
    await withdraw(there.conn, there.site, there.partner, await there.get(), Said(text="Je pars plus tard."))
    await pair.carry()
    assert ((await here.get()).state, (await here.get()).reason) == ("withdrawn", "Je pars plus tard.")

    await ask(pair)
    await accept(here.conn, here.site, here.owner, await here.get())
    await pair.carry()
    await cancel(there.conn, there.site, there.partner, await there.get(), Said(text="Il pleut."))
    await pair.carry()

    assert ((await here.get()).state, (await there.get()).state) == ("cancelled", "cancelled")
    assert (await here.get()).reason == "Il pleut."


async def test_an_owner_cancels_and_the_days_are_free_again(pair: Pair) -> None:
    here = pair.here
    await ask(pair)
    await accept(here.conn, here.site, here.owner, await here.get())
    await pair.carry()
    await cancel(here.conn, here.site, here.owner, await here.get(), Said(text="Elle est cassée."))
    await pair.carry()
    assert (await pair.there.get()).state == "cancelled"

    await ask(pair)

    assert (await here.get()).state == "requested"


async def test_days_are_held_from_the_request_on(pair: Pair) -> None:
    here = pair.here
    carol = await make_member(here.conn, "carol")
    await ask(pair)

    with pytest.raises(Conflict, match="dates_taken"):
        await request(here.conn, here.site, carol, here.listing, days(4, 7))
    await request(here.conn, here.site, carol, here.listing, days(5, 7))


async def test_a_request_for_taken_days_from_elsewhere_is_answered_no_with_the_reason(pair: Pair) -> None:
    here = pair.here
    carol = await make_member(here.conn, "carol")
    await request(here.conn, here.site, carol, here.listing, days(2, 3))

    await ask(pair)

    copy = await pair.there.get()
    assert (copy.state, "déjà prises" in copy.reason) == ("refused", True)
    assert await here.find() is None


async def test_crossing_messages_end_alike_on_both_sides(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await ask(pair)
    await accept(here.conn, here.site, here.owner, await here.get())
    await withdraw(there.conn, there.site, there.partner, await there.get())

    await pair.carry()

    assert ((await here.get()).state, (await there.get()).state) == ("cancelled", "cancelled")


async def test_nobody_answers_her_own_terms_and_the_refusal_says_what_is_possible(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await ask(pair)

    with pytest.raises(Conflict, match="agreement_requested"):
        await accept(there.conn, there.site, there.partner, await there.get())
    with pytest.raises(Conflict, match="agreement_requested"):
        await cancel(here.conn, here.site, here.owner, await here.get())
    await refuse(here.conn, here.site, here.owner, await here.get())
    with pytest.raises(Conflict, match="agreement_refused"):
        await accept(here.conn, here.site, here.owner, await here.get())


async def test_strangers_and_the_blocked_cannot_act(pair: Pair) -> None:
    here = pair.here
    carol = await make_member(here.conn, "carol")
    await ask(pair)

    with pytest.raises(NotFound):
        await accept(here.conn, here.site, carol, await here.get())
    await blocks.save(here.conn, uri="https://lomme.test/b", actor_id=here.owner.id, target_id=carol.id)
    with pytest.raises((Forbidden, NotFound)):
        await request(here.conn, here.site, carol, here.listing, days(7, 8))


async def test_a_gift_goes_to_one_and_the_others_are_thanked(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, mode="gift")
    here = pair.here
    carol = await make_member(conn, "carol")
    await ask(pair, Terms())
    hers = await request(conn, HERE, carol, here.listing, Terms())

    await accept(conn, HERE, here.owner, hers)
    await pair.carry()

    copy = await pair.there.get()
    assert (copy.state, copy.reason) == ("refused", f"{OTHER_CHOSEN}\n{RESERVE}")
    listing = await listings.find_by_post(conn, here.listing.id)
    assert listing is not None and listing.details.status == "reserved"
    await report(conn, HERE, here.owner, await held.get(conn, hers.id), "done")
    listing = await listings.find_by_post(conn, here.listing.id)
    assert listing is not None
    assert (listing.details.status, listing.details.closed_reason) == ("fulfilled", "here")


async def test_a_gift_for_the_first_who_asks_is_agreed_at_once(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, mode="gift", first_come=True)

    await ask(pair, Terms())

    assert ((await pair.here.get()).state, (await pair.there.get()).state) == ("agreed", "agreed")


async def test_what_was_reserved_is_to_be_had_again_when_it_falls_through(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice, mode="gift")
    asked = await request(conn, HERE, carol, listing, Terms())
    await accept(conn, HERE, alice, asked)

    await cancel(conn, HERE, carol, asked)

    found = await listings.find_by_post(conn, listing.id)
    assert found is not None and found.details.status == "open"


async def test_whoever_waits_hears_that_the_listing_is_closed(pair: Pair) -> None:
    here = pair.here
    await ask(pair)

    await outbox_listings.close(here.conn, here.site, here.owner, here.listing.uri, "elsewhere")
    await pair.carry()

    assert (await pair.there.get()).state == "refused"
    with pytest.raises(Conflict, match="listing_closed"):
        await request(here.conn, here.site, await make_member(here.conn, "carol"), here.listing, days(9, 10))


async def test_at_most_three_requests_of_one_person_wait_at_once(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice)
    for day in range(3):
        await request(conn, HERE, carol, listing, days(day, day + 1))

    with pytest.raises(Conflict, match="too_many_requests_here"):
        await request(conn, HERE, carol, listing, days(5, 6))


@pytest.mark.parametrize(
    ("mode", "terms", "field"),
    [
        ("loan", Terms(), "begins_at"),
        ("loan", Terms(begins_at=START), "ends_at"),
        ("loan", days(2, 1), "ends_at"),
        ("loan", days(-60, -50), "begins_at"),
        ("loan", days(0, 400), "ends_at"),
        ("loan", days(0, 1, quantity=2), "quantity"),
        ("loan", days(0, 1, unit="hour"), "quantity"),
        ("gift", Terms(amount=Decimal(5)), "amount"),
        ("gift", Terms(note="x" * 1001), "note"),
    ],
)
async def test_terms_that_do_not_fit_say_which_field(conn: Connection, mode: str, terms: Terms, field: str) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice, mode=mode)

    with pytest.raises(Invalid) as refused:
        await request(conn, HERE, carol, listing, terms)

    assert refused.value.field == field
