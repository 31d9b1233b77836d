"""Slots of shops elsewhere: asked for now and then, believed from their own origin only, kept with their age."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.exchanges.slots import JOB, ask, refresh
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.repairs.bookings import slot_copies
from models.repairs.bookings.slot_copies import SlotCopy
from models.store.database import connection, execute, fetch_column, transaction
from tests.factories import make_listing
from tests.fediverse import Person
from tests.inbox.desk import Desk

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
async def book(desk: Desk, bob: Person, alice: Actor) -> Listing:
    """The appointments of a shop elsewhere, as they are held here."""
    await desk.follow(alice, bob)
    async with transaction(desk.instance.pool) as conn:
        author = await actors.find_by_uri(conn, bob.uri)
        assert author is not None
        uri = f"{bob.uri}/items/1"
        post = {"uri": uri, "local": False}
        return await make_listing(conn, author, post=post, mode="service", slots_uri=f"{uri}/slots")


def tell(uri: str, *items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A collection as it comes."""
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": uri,
        "type": "OrderedCollection",
        "orderedItems": list(items),
    } | changes


def slot(hours: int, left: Any = 1, **changes: Any) -> dict[str, Any]:
    """A slot of an hour, so many hours from now."""
    return {
        "type": "Slot",
        "startTime": (NOW + timedelta(hours=hours)).isoformat(),
        "endTime": (NOW + timedelta(hours=hours + 1)).isoformat(),
        "remainingAttendeeCapacity": left,
    } | changes


async def load(desk: Desk, book: Listing) -> SlotCopy:
    async with connection(desk.instance.pool) as conn:
        return await slot_copies.load(conn, book.id, at=NOW)


async def test_looking_has_them_asked_for_at_most_once_a_minute(desk: Desk, book: Listing) -> None:
    async with transaction(desk.instance.pool) as conn:
        asked = [await ask(conn, book) for _ in range(3)]
        await execute(conn, "UPDATE slot_copy SET asked_at = now() - interval '61 seconds'")
        asked.append(await ask(conn, book))
        queued = await fetch_column(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", JOB)

    assert asked == [True, False, False, True] and queued == [1]


async def test_what_is_over_far_off_full_or_no_slot_is_not_kept(desk: Desk, book: Listing) -> None:
    uri = book.details.slots_uri or ""
    odd = [slot(-5), slot(24 * 250), slot(5, 0), slot(6, "x"), slot(7, endTime=NOW.isoformat()), slot(8, type="Event")]
    desk.fediverse.documents[uri] = tell(uri, slot(30, 3), *odd, slot(9))

    await refresh(desk.instance, book.id)

    found = await load(desk, book)
    assert [((one.begins_at - NOW).total_seconds() // 3600, one.left) for one in found.slots] == [(9, 1), (30, 3)]
    assert found.told_at is not None


async def test_what_is_not_its_own_word_changes_nothing(desk: Desk, book: Listing) -> None:
    uri = book.details.slots_uri or ""
    desk.fediverse.documents[uri] = tell(uri, slot(9))
    await refresh(desk.instance, book.id)
    desk.fediverse.documents[uri] = tell(uri, id="https://elsewhere.test/slots")

    await refresh(desk.instance, book.id)

    assert len((await load(desk, book)).slots) == 1
