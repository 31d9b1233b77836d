"""Somebody's own listings by state, with what waits on each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.exchanges import exchanges
from models.exchanges.agreements import Terms
from models.listings import listing_drafts, own_listings
from models.listings.listings import OVER, STANDING, ListingStatus
from models.people.actors import Actor
from models.store.database import Connection, execute
from tests.factories import make_agreement, make_listing, make_member, make_note, make_remote_actor

ALL = (*STANDING, *OVER)


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    return await make_member(conn, "alice")


def days(first: int, last: int) -> Terms:
    """Counted from this moment."""
    now = datetime.now(UTC)
    return Terms(begins_at=now + timedelta(days=first), ends_at=now + timedelta(days=last))


async def test_each_state_stands_together_the_newest_first(conn: Connection, alice: Actor) -> None:
    made = {}
    for number, status in enumerate(ALL * 2):
        made[(await make_listing(conn, alice, title=f"n{number}", status=status)).id] = status
    await make_listing(conn, await make_member(conn, "carol"))
    gone = await make_listing(conn, alice)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", gone.id)

    found = await own_listings.list_mine(conn, alice.id, ALL, limit=50)

    assert [one.status for one in found] == [status for status in ALL for _ in range(2)]
    assert all(made[one.id] == one.status for one in found)
    assert all(one.id > two.id for one, two in zip(found[::2], found[1::2], strict=True))
    assert await own_listings.count_by_state(conn, alice.id) == dict.fromkeys(ALL, 2)


@pytest.mark.parametrize("limit", [1, 3, 4])
async def test_pages_follow_one_another_over_the_states(conn: Connection, alice: Actor, limit: int) -> None:
    for status in (*STANDING, *STANDING, "open", "expired"):
        await make_listing(conn, alice, status=status)
    whole = await own_listings.list_mine(conn, alice.id, STANDING, limit=50)

    seen: list[int] = []
    after = None
    while page := await own_listings.list_mine(conn, alice.id, STANDING, after=after, limit=limit):
        seen += [one.id for one in page]
        after = (page[-1].rank, page[-1].id)

    assert seen == [one.id for one in whole] and len(seen) == 7


async def test_what_waits_and_what_is_promised_stands_with_its_listing(conn: Connection, alice: Actor) -> None:
    tent, other = await make_listing(conn, alice), await make_listing(conn, alice)
    bob, zoe, carol = [await make_remote_actor(conn, name) for name in ("bob", "zoe", "carol")]
    first = await make_agreement(conn, tent, bob, terms=days(20, 22))
    await make_agreement(conn, tent, zoe, terms=days(30, 32))
    await make_agreement(conn, tent, carol, terms=days(40, 42), state="countered", proposed_by=alice.id)
    soon = await make_agreement(conn, tent, zoe, terms=days(-1, 2), state="agreed")
    for state, first_day in (("agreed", 5), ("agreed", -9), ("done", 1), ("refused", 1)):
        await make_agreement(conn, tent, bob, terms=days(first_day, first_day + 2), state=state)
    thread = await exchanges.get_for(conn, first.exchange_id, alice.id)
    await exchanges.mark_read(conn, thread.id, alice.id, thread.last_id)

    found = {one.id: one for one in await own_listings.list_mine(conn, alice.id, STANDING, limit=50)}

    mine = found[tent.id]
    assert (mine.turns, mine.turn_id, mine.unread, mine.agreed) == (2, first.exchange_id, 2, 2)
    assert (mine.next_id, mine.next_begins_at, mine.next_other) == (soon.exchange_id, soon.begins_at, "Zoe")
    bare = found[other.id]
    assert (bare.turns, bare.turn_id, bare.unread, bare.agreed, bare.next_id) == (0, None, 0, 0, None)


async def test_drafts_are_hers_as_long_as_their_notes_stand(conn: Connection, alice: Actor) -> None:
    kinds: list[Any] = ["offer", "request"]
    notes = [await make_note(conn, alice, source=f"#offre {kind}") for kind in (*kinds, "gone")]
    for note, kind in zip(notes, (*kinds, "offer"), strict=True):
        await listing_drafts.create(conn, alice.id, note.id, kind)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", notes[2].id)

    found = await listing_drafts.list_own(conn, alice.id)

    assert [(one.kind, one.source) for one in found] == [("request", "#offre request"), ("offer", "#offre offer")]
    assert await listing_drafts.list_own(conn, (await make_member(conn, "carol")).id) == []


def test_every_state_stands_somewhere_once() -> None:
    states: list[ListingStatus] = ["open", "reserved", "fulfilled", "cancelled", "expired", "paused"]

    assert sorted(ALL) == sorted(states)
