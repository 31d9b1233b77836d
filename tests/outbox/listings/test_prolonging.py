"""A listing that stands longer, or is open again: until when, and who is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.errors import Conflict, NotFound
from models.listings import listings
from models.listings.listings import Listing
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import Connection, execute
from outbox.listings.listing_expiry import prolong
from outbox.listings.listings import close, publish
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.outbox.listings.test_listings import make_draft
from tests.outbox.sent_activities import list_sent
from tests.today import today


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, whom somebody elsewhere follows."""
    alice = await make_member(conn)
    await make_follow(conn, await make_remote_actor(conn, "bob", "friend.test"), alice)
    return alice


async def publish_until(conn: Connection, alice: Actor, days: int, **changes: Any) -> Listing:
    """A listing that ends in so many days; where they are behind us, it is over."""
    end = datetime.now(UTC) + timedelta(days=abs(days) + 1)
    made = await publish(conn, HERE, alice, make_draft(expires_at=end, **changes))
    await execute(
        conn, "UPDATE listing SET expires_at = $2 WHERE post_id = $1", made.id, datetime.now(UTC) + timedelta(days=days)
    )
    found = await listings.find_by_post(conn, made.id)
    assert found is not None
    return found


def end_of(listing: Listing) -> date:
    assert listing.details.expires_at is not None
    return listing.details.expires_at.astimezone(PARIS).date()


@pytest.mark.parametrize(("kind", "mode", "more"), [("offer", "gift", 30), ("request", "loan", 30)])
async def test_it_stands_as_much_longer_as_one_of_its_kind_does(
    conn: Connection, alice: Actor, kind: str, mode: str, more: int
) -> None:
    held = await publish_until(conn, alice, 10, kind=kind, mode=mode)

    longer = await prolong(conn, HERE, alice, held.uri)

    assert end_of(longer) == end_of(held) + timedelta(days=more) and longer.details.status == "open"
    update = (await list_sent(conn))[-1]
    assert update.type == "Update" and "friend.test" in update.hosts
    assert update.activity["object"]["endTime"].startswith(f"{longer.details.expires_at:%Y-%m-%d}")


@pytest.mark.parametrize("outcome", ["done", "elsewhere", "cancelled", "expired"])
async def test_what_was_over_is_open_again_from_today_on(conn: Connection, alice: Actor, outcome: str) -> None:
    held = await publish_until(conn, alice, -3, mode="gift")
    if outcome == "expired":
        await execute(conn, "UPDATE listing SET status = 'expired' WHERE post_id = $1", held.id)
    else:
        await close(conn, HERE, alice, held.uri, outcome)

    again = await prolong(conn, HERE, alice, held.uri)

    assert (again.details.status, again.details.closed_reason) == ("open", None)
    assert end_of(again) == today() + timedelta(days=30)


async def test_what_is_lent_stands_without_an_end_from_then_on(conn: Connection, alice: Actor) -> None:
    held = await publish_until(conn, alice, 3)

    longer = await prolong(conn, HERE, alice, held.uri)

    assert (longer.details.status, longer.details.expires_at) == ("open", None)
    assert "endTime" not in (await list_sent(conn))[-1].activity["object"]
    with pytest.raises(Conflict):
        await prolong(conn, HERE, alice, held.uri)
    await close(conn, HERE, alice, held.uri, "done")
    assert (await prolong(conn, HERE, alice, held.uri)).details.status == "open"


async def test_a_pause_stays_one(conn: Connection, alice: Actor) -> None:
    held = await publish_until(conn, alice, 10)
    await close(conn, HERE, alice, held.uri, "paused")

    assert (await prolong(conn, HERE, alice, held.uri)).details.status == "paused"


async def test_nothing_stands_for_more_than_a_year(conn: Connection, alice: Actor) -> None:
    held = await publish_until(conn, alice, 360, mode="gift")

    longer = await prolong(conn, HERE, alice, held.uri)

    assert end_of(longer) == today() + timedelta(days=366)
    with pytest.raises(Conflict):
        await prolong(conn, HERE, alice, held.uri)


async def test_only_its_author_prolongs_it(conn: Connection, alice: Actor) -> None:
    held = await publish_until(conn, alice, 10)

    with pytest.raises(NotFound):
        await prolong(conn, HERE, await make_member(conn, "carol"), held.uri)
