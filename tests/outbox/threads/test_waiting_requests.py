"""Whoever waits for an answer about a listing that is gone gets one."""

import pytest

from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import accept, request
from outbox.listings import listings
from outbox.threads.agreement_context import Said
from outbox.threads.waiting_requests import CLOSED, OTHER_CHOSEN, RESERVE, end_copies, release_waiting
from tests.factories import HERE, make_agreement, make_listing, make_member, make_remote_actor
from tests.outbox.sent_activities import list_sent
from tests.sample_threads import days

COOP = "https://henin.test/users/coop"


async def ask(conn: Connection, listing: Listing, partner: Actor) -> Agreement:
    """Somebody asks for it."""
    return await request(conn, HERE, partner, listing, days(10, 12), Said(text="Pour Wissant."))


async def how(conn: Connection, held: Agreement) -> tuple[str, str]:
    """How it stands, and why."""
    now = await agreements.get(conn, held.id)
    return now.state, now.reason


@pytest.mark.parametrize("verb", ["withdraw", "fulfil", "cancel", "pause"])
async def test_who_waits_is_told_no_when_the_listing_is_over_and_not_when_it_rests(conn: Connection, verb: str) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice)
    asked = await ask(conn, listing, carol)

    if verb == "withdraw":
        await listings.withdraw(conn, HERE, alice, listing.uri)
    elif verb == "pause":
        await listings.pause(conn, HERE, alice, listing.uri)
    else:
        await listings.close(conn, HERE, alice, listing.uri, "cancelled" if verb == "cancel" else "done")

    assert await how(conn, asked) == (("requested", "") if verb == "pause" else ("refused", CLOSED))


async def test_a_no_goes_to_all_who_wait_but_one_and_leaves_alone_what_is_agreed(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    dora = await make_remote_actor(conn, "dora", territory_uri=COOP)
    listing = await make_listing(conn, alice)
    agreed = await accept(conn, HERE, alice, await ask(conn, listing, await make_member(conn, "eve")))
    chosen, other = await make_agreement(conn, listing, carol), await make_agreement(conn, listing, dora)

    assert await release_waiting(conn, HERE, alice, listing.id, OTHER_CHOSEN, but=chosen.id) == 1

    assert [await how(conn, one) for one in (agreed, chosen, other)] == [
        ("agreed", ""),
        ("requested", ""),
        ("refused", f"{OTHER_CHOSEN}\n{RESERVE}"),
    ]
    ended = await agreements.get(conn, other.id)
    assert ended.ended_at is not None and ended.updated_at > other.updated_at
    no = next(one for one in await list_sent(conn) if one.type == "Reject")
    assert (no.hosts, no.activity["object"], no.activity["to"]) == (["henin.test"], other.request_uri, [dora.uri])


async def test_a_copy_of_what_was_taken_back_elsewhere_ends_here_and_tells_nobody_there(conn: Connection) -> None:
    bob, carol = await make_remote_actor(conn, territory_uri=COOP), await make_member(conn, "carol")
    listing = await make_listing(conn, bob)
    asked = await ask(conn, listing, carol)
    before = len(await list_sent(conn))

    assert await end_copies(conn, HERE, bob, listing.id) == 1
    assert await end_copies(conn, HERE, bob, listing.id) == 0

    now = await agreements.get(conn, asked.id)
    assert (now.state, now.reason, now.held_until) == ("refused", CLOSED, None) and now.ended_at is not None
    assert len(await list_sent(conn)) == before
