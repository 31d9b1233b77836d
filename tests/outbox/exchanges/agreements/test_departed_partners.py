"""Somebody is gone: what was asked for or settled with her ends, and the other side keeps what was between them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from models import posts
from models.exchanges import agreements as held
from models.exchanges import exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Connection, fetch_column, fetch_value
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.endings import cancel
from outbox.listings.listings import withdraw
from outbox.people import accounts
from tests.database_queries import count_unread_threads
from tests.factories import HERE, make_listing, make_member, make_note
from tests.server_pair import Pair, make_pair

START = (datetime.now(UTC) + timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)

TERMS = Terms(begins_at=START, ends_at=START + timedelta(days=3))


@pytest.fixture
async def two(conn: Connection) -> tuple[Actor, Actor]:
    """Alice and Hocine, members here, and Odile, who administers."""
    await make_member(conn, "odile", roles=["admin"])
    return await make_member(conn), await make_member(conn, "hocine")


async def agree(conn: Connection, owner: Actor, partner: Actor, listing: Listing, terms: Terms = TERMS) -> Agreement:
    asked = await request(conn, HERE, partner, listing, terms)
    return await accept(conn, HERE, owner, asked)


async def last_event(conn: Connection, agreement: Agreement) -> exchanges.Event:
    [*_, last] = await exchanges.list_entries(conn, agreement.exchange_id)
    [event] = await exchanges.list_events(conn, [last.id])
    return event


async def test_who_borrowed_from_her_keeps_the_thread_and_is_told(conn: Connection, two: tuple[Actor, Actor]) -> None:
    alice, hocine = two
    listing = await make_listing(conn, alice)
    message = await make_note(
        conn, hocine, audience="direct", content="<p>Merci !</p>", in_reply_to_uri=listing.uri, mention_ids=(alice.id,)
    )
    agreed = await agree(conn, alice, hocine, listing)
    thread = await exchanges.get_for(conn, agreed.exchange_id, hocine.id)
    await exchanges.mark_read(conn, thread.id, hocine.id, thread.last_id)

    await accounts.delete(conn, HERE, alice)

    ended, event = await held.get(conn, agreed.id), await last_event(conn, agreed)
    assert (ended.state, ended.begins_at, ended.ends_at) == ("cancelled", TERMS.begins_at, TERMS.ends_at)
    assert ended.ended_at is not None
    assert (event.kind, event.actor_id, event.details["gone"]) == ("cancelled", alice.id, True)
    assert await count_unread_threads(conn, hocine.id) == 1
    assert [post.content for post in await posts.list_by_ids(conn, [message.id])] == ["<p>Merci !</p>"]


async def test_what_waits_for_an_answer_ends_on_either_side(conn: Connection, two: tuple[Actor, Actor]) -> None:
    alice, hocine = two
    hers = await request(conn, HERE, hocine, await make_listing(conn, alice), TERMS)
    his = await request(conn, HERE, alice, await make_listing(conn, hocine), TERMS)

    await accounts.delete(conn, HERE, alice)

    assert [(await held.get(conn, one.id)).state for one in (hers, his)] == ["refused", "withdrawn"]
    assert await held.list_pending(conn, hocine.id) == []


async def test_the_days_and_the_thing_are_free_again(conn: Connection, two: tuple[Actor, Actor]) -> None:
    alice, hocine = two
    tent = await make_listing(conn, hocine)
    gift = await make_listing(conn, hocine, mode="gift", quantity=Decimal(1))
    await agree(conn, hocine, alice, tent)
    await agree(conn, hocine, alice, gift, Terms())
    before = await listings.find_by_post(conn, gift.id)

    await accounts.delete(conn, HERE, alice)

    after = await listings.find_by_post(conn, gift.id)
    assert before and after and (before.details.status, after.details.status) == ("reserved", "open")
    assert await held.list_taken(conn, tent.id, START, START + timedelta(days=9)) == []


async def test_what_is_done_stays_done(conn: Connection, two: tuple[Actor, Actor]) -> None:
    alice, hocine = two
    agreed = await agree(conn, alice, hocine, await make_listing(conn, alice))
    await cancel(conn, HERE, hocine, agreed)
    before = await held.get(conn, agreed.id)

    await accounts.delete(conn, HERE, alice)

    assert await held.get(conn, agreed.id) == before


async def test_an_agreement_about_a_withdrawn_gift_can_still_be_cancelled(
    conn: Connection, two: tuple[Actor, Actor]
) -> None:
    alice, hocine = two
    gift = await make_listing(conn, hocine, mode="gift", quantity=Decimal(1))
    agreed = await agree(conn, hocine, alice, gift, Terms())
    await withdraw(conn, HERE, hocine, gift.uri)

    await cancel(conn, HERE, alice, agreed)

    assert (await held.get(conn, agreed.id)).state == "cancelled"


@pytest.fixture
async def pair(conn: Connection, second_conn: Connection) -> Pair:
    """Alice lends a tent, and Bob is elsewhere."""
    return await make_pair(conn, second_conn)


async def test_both_servers_end_alike_when_the_owner_is_gone(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await make_member(here.conn, "odile", roles=["admin"])
    await request(there.conn, there.site, there.partner, there.listing, TERMS)
    await pair.carry()
    await accept(here.conn, here.site, here.owner, await here.get())
    await pair.carry()

    await accounts.delete(here.conn, here.site, here.owner)
    carried = await pair.carry()

    assert carried == ["Delete"] and there.ignored == []
    assert ((await here.get()).state, (await there.get()).state) == ("cancelled", "cancelled")
    assert (await last_event(there.conn, await there.get())).details["gone"] is True
    copy = await listings.find_by_post(there.conn, there.listing.id)
    assert copy and copy.post.deleted_at is not None and copy.details.title == ""


async def test_both_servers_end_alike_when_the_partner_is_gone(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await make_member(there.conn, "odile", roles=["admin"])
    await request(there.conn, there.site, there.partner, there.listing, TERMS)
    await pair.carry()

    await accounts.delete(there.conn, there.site, there.partner)
    await pair.carry()

    assert ((await here.get()).state, (await there.get()).state) == ("withdrawn", "withdrawn")
    assert await held.list_taken(here.conn, here.listing.id, START, START + timedelta(days=9)) == []


async def test_a_private_listing_that_is_taken_back_leaves_its_thread(pair: Pair) -> None:
    there = pair.there
    await fetch_value(
        there.conn, "UPDATE post SET audience = 'territories' WHERE id = $1 RETURNING id", there.listing.id
    )
    asked = await request(there.conn, there.site, there.partner, there.listing, TERMS)

    await posts.delete(there.conn, there.listing.id)

    assert await fetch_column(there.conn, "SELECT id FROM agreement") == [asked.id]
