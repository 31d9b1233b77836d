"""Which ends of listings are told to their authors, and which are not."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import posts
from models.listings import listing_expiry
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, execute
from tests.factories import make_listing, make_member, make_remote_actor

SOON = timedelta(days=2)

LONG_AGO = timedelta(days=60)


async def make_ending(conn: Connection, author: Actor, *, until: timedelta = SOON, **details: Any) -> Listing:
    """A listing that has stood for long and ends then."""
    now = datetime.now(UTC)
    return await make_listing(conn, author, post={"published_at": now - LONG_AGO}, expires_at=now + until, **details)


async def list_told(conn: Connection) -> list[tuple[int, str]]:
    return [(one.listing_id, one.kind) for one in await listing_expiry.list_unnotified(conn, limit=9)]


async def test_what_ends_soon_is_told_once_whatever_it_is_now(conn: Connection) -> None:
    alice = await make_member(conn)
    told = [await make_ending(conn, alice, status=status) for status in ("open", "reserved", "paused")]
    for status in ("fulfilled", "expired"):
        await make_ending(conn, alice, status=status)
    await make_ending(conn, alice, until=listing_expiry.AHEAD + timedelta(hours=1))
    await make_ending(conn, await make_remote_actor(conn))

    found = await listing_expiry.list_unnotified(conn, limit=9)
    await listing_expiry.save_notified(conn, found, None)

    assert sorted((one.listing_id, one.kind) for one in found) == sorted((one.id, "before") for one in told)
    assert await list_told(conn) == []


async def test_so_many_are_told_at_once_and_no_more(conn: Connection) -> None:
    alice = await make_member(conn)
    for _ in range(3):
        await make_ending(conn, alice)

    assert len(await listing_expiry.list_unnotified(conn, limit=2)) == 2


async def take_away(conn: Connection, alice: Actor, listing: Listing) -> None:
    await posts.delete(conn, listing.id)


async def suspend(conn: Connection, alice: Actor, listing: Listing) -> None:
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)


async def go(conn: Connection, alice: Actor, listing: Listing) -> None:
    await actors.delete(conn, alice.id)


@pytest.mark.parametrize("act", [take_away, suspend, go])
@pytest.mark.parametrize("ended", [False, True])
async def test_of_what_was_taken_away_and_to_whom_is_gone_nothing_is_told(
    conn: Connection, act: Callable[[Connection, Actor, Listing], Awaitable[None]], ended: bool
) -> None:
    alice = await make_member(conn)
    listing = await make_ending(conn, alice)
    if ended:
        await execute(
            conn,
            "UPDATE listing SET status = 'expired', expires_at = now() - interval '1 hour' WHERE post_id = $1",
            listing.id,
        )
        await execute(conn, "UPDATE post SET updated_at = now() WHERE id = $1", listing.id)
    before = await list_told(conn)

    await act(conn, alice, listing)

    assert before == [(listing.id, "ended" if ended else "before")]
    assert await list_told(conn) == []
