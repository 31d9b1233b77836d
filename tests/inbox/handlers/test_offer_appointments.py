"""Somebody elsewhere asks a shop of ours for a time, by the listing or by the shop's own name for it."""

from datetime import UTC, datetime, timedelta

import pytest

from models.exchanges import agreements, exchanges
from models.repairs.bookings import appointment_books
from models.store.database import Connection, execute
from outbox.repairs.bookings.appointments import open_book
from tests.factories import HERE, make_remote_actor
from tests.inbox.handlers.test_offer import offer, terms
from tests.outbox.repairs.bookings.test_appointments import DRAFT, make_shop
from tests.outbox.sent_activities import list_sent


@pytest.mark.parametrize("by_actor", [True, False])
@pytest.mark.parametrize("late", [True, False])
async def test_a_slot_is_kept_by_both_names_of_the_intent_and_what_is_none_refused(
    conn: Connection, by_actor: bool, late: bool
) -> None:
    shop = await make_shop(conn)
    listing = await open_book(conn, HERE, shop, DRAFT)
    bob = await make_remote_actor(conn, territory_uri="https://henin.test/users/coop")
    await execute(conn, "UPDATE server SET first_seen_at = now() - interval '1 year'")
    [slot, *_] = await appointment_books.list_slots(conn, listing, at=datetime.now(UTC))
    begins_at = slot.begins_at + timedelta(minutes=20 * late)
    times = {"hasBeginning": begins_at.isoformat(), "hasEnd": (begins_at + timedelta(hours=1)).isoformat()}
    names = {"satisfies": f"{shop.uri}#rendez-vous"} if by_actor else {}

    await offer(conn, bob, shop, terms(listing, **times, **names))

    thread = await exchanges.find(conn, listing_id=listing.id, partner_id=bob.id)
    held = await agreements.get_latest(conn, thread.id) if thread is not None else None
    assert (held.state if held is not None else None) == (None if late else "requested")
    said = [one.activity["content"] for one in await list_sent(conn) if one.type == "Reject"]
    assert len(said) == late and all("heure de la liste" in one for one in said)


async def test_who_asks_a_shop_that_takes_none_is_refused(conn: Connection) -> None:
    shop, bob = await make_shop(conn), await make_remote_actor(conn)
    listing = await open_book(conn, HERE, shop, DRAFT)
    await execute(conn, "DELETE FROM appointment_book")

    await offer(conn, bob, shop, terms(listing, satisfies=f"{shop.uri}#rendez-vous"))

    assert [one.type for one in await list_sent(conn)][-1] == "Reject"
