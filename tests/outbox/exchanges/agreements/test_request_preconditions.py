"""What keeps somebody from asking is said before she asks, in the words of the verb that would refuse."""

from datetime import timedelta
from typing import Any

import pytest

from models.errors import Conflict, DeclicError, NotFound
from models.exchanges.agreements import Terms
from models.listings import listings
from models.listings.listings import Listing
from models.listings.unavailabilities import add, midnight
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import Connection, execute
from outbox.exchanges.agreements import request_preconditions
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.request_preconditions import require_askable
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.today import today

DAY = timedelta(days=1)


async def meet(conn: Connection, **details: Any) -> tuple[Actor, Actor, Listing]:
    """Alice offers something, Bob comes by."""
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    return alice, bob, await make_listing(conn, alice, **details)


async def change(conn: Connection, listing: Listing, assignments: str) -> Listing:
    """The listing as somebody made it meanwhile."""
    await execute(conn, f"UPDATE listing SET {assignments} WHERE post_id = $1", listing.id)
    found = await listings.find_by_post(conn, listing.id)
    assert found is not None
    return found


async def test_nothing_stands_between_two_members_and_an_open_listing(conn: Connection) -> None:
    _, bob, listing = await meet(conn)

    await require_askable(conn, bob, listing)


@pytest.mark.parametrize(
    ("assignments", "code"),
    [
        ("status = 'paused'", "listing_paused"),
        ("status = 'fulfilled'", "listing_closed"),
        ("expires_at = now() - interval '1 day'", "listing_closed"),
    ],
)
async def test_a_listing_that_rests_or_is_over_says_so(conn: Connection, assignments: str, code: str) -> None:
    _, bob, listing = await meet(conn)
    listing = await change(conn, listing, assignments)

    with pytest.raises(Conflict, match=code):
        await require_askable(conn, bob, listing)
    with pytest.raises(Conflict, match=code):
        await request(conn, HERE, bob, listing, Terms())


async def test_whoever_is_away_or_moved_or_blocked_says_so(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    await execute(conn, "UPDATE actor SET away_until = now() + interval '3 days' WHERE id = $1", alice.id)
    with pytest.raises(Conflict, match="owner_away"):
        await require_askable(conn, bob, listing)
    await execute(conn, "UPDATE actor SET away_until = NULL, moved_to = 'https://x.test/a' WHERE id = $1", alice.id)
    with pytest.raises(Conflict, match="owner_gone"):
        await require_askable(conn, bob, listing)
    await execute(conn, "UPDATE actor SET moved_to = 'https://x.test/b' WHERE id = $1", bob.id)
    with pytest.raises(DeclicError, match="account_moved"):
        await require_askable(conn, await actors.get(conn, bob.id), listing)

    await execute(conn, "UPDATE actor SET moved_to = NULL")
    await blocks.save(conn, uri="https://x.test/b", actor_id=alice.id, target_id=bob.id)
    with pytest.raises(NotFound):
        await require_askable(conn, bob, listing)


async def test_what_is_given_once_is_not_asked_for_when_it_is_promised(conn: Connection) -> None:
    alice, bob, listing = await meet(conn, mode="gift")
    carol = await make_member(conn, "carol")
    await accept(conn, HERE, alice, await request(conn, HERE, carol, listing, Terms()))
    promised = await listings.find_by_post(conn, listing.id)
    assert promised is not None and promised.details.status == "reserved"

    with pytest.raises(Conflict, match="already_agreed_with_another"):
        await require_askable(conn, bob, promised)


async def test_a_copy_that_is_reserved_elsewhere_is_not_asked_for(conn: Connection) -> None:
    bob, zoe = await make_member(conn, "bob"), await make_remote_actor(conn, "zoe", "lens.test")
    gift = await change(conn, await make_listing(conn, zoe, mode="gift"), "status = 'reserved'")
    loan = await change(conn, await make_listing(conn, zoe, mode="loan"), "status = 'reserved'")

    await require_askable(conn, bob, loan)
    with pytest.raises(Conflict, match="listing_reserved"):
        await require_askable(conn, bob, gift)


async def test_days_that_are_all_taken_leave_nothing_to_ask_for(conn: Connection) -> None:
    morning = midnight(today())
    _, bob, tent = await meet(conn, mode="loan", begins_at=morning + 5 * DAY, ends_at=morning + 9 * DAY)
    await add(conn, tent.id, morning + 4 * DAY, morning + 8 * DAY)
    await require_askable(conn, bob, tent)

    await add(conn, tent.id, morning + 8 * DAY, morning + 12 * DAY)
    with pytest.raises(Conflict, match="all_days_taken"):
        await require_askable(conn, bob, tent)


async def test_whoever_has_three_requests_waiting_waits(conn: Connection) -> None:
    _, bob, listing = await meet(conn, mode="loan")
    morning = midnight(today())
    for number in (2, 4, 6):
        terms = Terms(begins_at=morning + number * DAY, ends_at=morning + (number + 1) * DAY)
        await request(conn, HERE, bob, listing, terms)

    with pytest.raises(Conflict, match="too_many_requests_here"):
        await require_askable(conn, bob, listing)


async def test_whoever_has_thirty_requests_waiting_in_all_waits(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, first = await meet(conn, mode="loan")
    others = [await make_listing(conn, alice, mode="loan") for _ in range(2)]
    morning = midnight(today())
    assert request_preconditions.WAITING_ALL == 30
    monkeypatch.setattr(request_preconditions, "WAITING_ALL", 2)
    for listing in (first, others[0]):
        await require_askable(conn, bob, listing)
        await request(conn, HERE, bob, listing, Terms(begins_at=morning + 2 * DAY, ends_at=morning + 3 * DAY))

    with pytest.raises(Conflict, match="too_many_requests_waiting"):
        await require_askable(conn, bob, others[1])
