"""Somebody's own list of threads: what waits, what goes on, what is over, by keyset on the newest line."""

from models.exchanges import exchanges
from models.exchanges.agreements import Terms
from models.exchanges.own_exchanges import list_about, list_mine, list_waiting
from models.store.database import Connection, execute
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.endings import refuse
from outbox.exchanges.agreements.fulfilment import report
from tests.factories import HERE, make_listing, make_member


async def test_what_waits_is_told_from_what_goes_on_and_what_is_over(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    saw, pan, book = [await make_listing(conn, alice, mode="gift", title=title) for title in ("Scie", "Poêle", "Livre")]
    asked = await request(conn, HERE, bob, saw, Terms())
    await refuse(conn, HERE, alice, await request(conn, HERE, bob, pan, Terms()))
    await exchanges.open(conn, listing_id=book.id, owner_id=alice.id, partner_id=bob.id)

    going = await list_mine(conn, alice.id, over=False)
    over = await list_mine(conn, alice.id, over=True)

    assert [(one.title, one.state, one.turn) for one in going] == [("Livre", None, False), ("Scie", "requested", True)]
    assert [(one.title, one.state) for one in over] == [("Poêle", "refused")]
    assert [one.id for one in await list_waiting(conn, alice.id)] == [asked.exchange_id]
    assert await list_waiting(conn, bob.id) == []
    assert [(one.own, one.other_id) for one in await list_mine(conn, bob.id)] == [(False, alice.id)] * 3


async def test_what_the_other_one_reports_as_done_waits_for_a_word(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    saw = await make_listing(conn, alice, mode="gift")
    agreed = await accept(conn, HERE, alice, await request(conn, HERE, bob, saw, Terms()))

    await report(conn, HERE, bob, agreed, "done")

    assert [one.confirm for one in await list_waiting(conn, alice.id)] == [True]
    assert await list_waiting(conn, bob.id) == []


async def test_pages_follow_each_other_and_a_listing_has_its_own(conn: Connection) -> None:
    alice = await make_member(conn)
    saw, pan = await make_listing(conn, alice), await make_listing(conn, alice)
    for number in range(5):
        partner = await make_member(conn, f"p{number}")
        listing = pan if number == 4 else saw
        await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=partner.id)

    first = await list_mine(conn, alice.id, limit=3)
    second = await list_mine(conn, alice.id, before=first[-1].last_id, limit=3)

    assert [len(first), len(second)] == [3, 2]
    assert [one.last_id for one in [*first, *second]] == sorted(
        (one.last_id for one in [*first, *second]), reverse=True
    )
    assert len(await list_about(conn, alice.id, saw.id)) == 4


async def test_a_thread_about_a_withdrawn_listing_without_an_agreement_is_over(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    saw = await make_listing(conn, alice)
    await exchanges.open(conn, listing_id=saw.id, owner_id=alice.id, partner_id=bob.id)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", saw.id)

    [one] = await list_mine(conn, bob.id, over=True)

    assert (
        one.gone
        and abs((one.last_at - (await exchanges.get_for(conn, one.id, bob.id)).created_at).total_seconds()) < 60
    )
