"""When a listing is not to be had, for other servers: ranges alone, for whoever may read it, short when unchanged."""

from datetime import UTC, date, timedelta
from typing import Any

import pytest

from models.listings import unavailabilities
from models.listings.listings import Listing
from models.listings.unavailabilities import midnight
from models.people.actors import Actor
from models.store.database import transaction
from outbox.listings.listings import withdraw
from tests.fediverse import Person
from tests.today import today
from tests.web.activitypub.conftest import Door, publish_tent


def day(ahead: int) -> date:
    return today() + timedelta(days=ahead)


async def lend_tent(door: Door, alice: Actor, **changes: Any) -> Listing:
    """A tent that Alice keeps on some days: from the second to the fourth from today."""
    tent = await publish_tent(door, alice, **({"mode": "loan"} | changes))
    async with transaction(door.instance.pool) as conn:
        await unavailabilities.add(conn, tent.id, midnight(day(2)), midnight(day(5)))
    return tent


async def test_it_is_named_on_the_listing_and_tells_ranges_and_nothing_else(door: Door, alice: Actor) -> None:
    tent = await lend_tent(door, alice)
    address = (await door.get(tent.uri)).json["unavailabilities"]

    told = (await door.get(address)).json

    assert told.pop("@context")[0] == "https://www.w3.org/ns/activitystreams"
    first, last = (midnight(moment).astimezone(UTC) for moment in (day(2), day(5)))
    assert told == {
        "id": f"{tent.uri}/unavailabilities",
        "type": "OrderedCollection",
        "attributedTo": alice.uri,
        "totalItems": 1,
        "orderedItems": [
            {
                "type": "Unavailability",
                "startTime": f"{first:%Y-%m-%dT%H:%M:%SZ}",
                "endTime": f"{last:%Y-%m-%dT%H:%M:%SZ}",
            }
        ],
    }


@pytest.mark.parametrize("signed", [False, True])
async def test_whoever_holds_it_asks_again_by_its_tag(door: Door, alice: Actor, bob: Person, signed: bool) -> None:
    tent, reader = await lend_tent(door, alice), bob if signed else None
    address = f"{tent.uri}/unavailabilities"
    first = await door.get(address, reader=reader)

    again = await door.get(address, reader=reader, headers={"If-None-Match": first.headers["ETag"]})
    async with transaction(door.instance.pool) as conn:
        await unavailabilities.add(conn, tent.id, midnight(day(9)), midnight(day(10)))
    changed = await door.get(address, reader=reader, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status, again.status, again.body, changed.status) == (200, 304, b"", 200)
    assert ("private" in first.headers["Cache-Control"]) == signed
    assert len(changed.json["orderedItems"]) == 2


async def test_it_is_for_whoever_may_read_the_listing(door: Door, alice: Actor, bob: Person) -> None:
    tent = await lend_tent(door, alice, audience="territories")
    address = f"{tent.uri}/unavailabilities"

    strange = [await door.get(address), await door.get(address, reader=bob)]
    await door.befriend(bob, alice)
    known = await door.get(address, reader=bob)

    assert [one.status for one in strange] == [404, 404]
    assert known.status == 200 and known.headers["Cache-Control"].startswith("private")


async def test_it_goes_with_the_listing(door: Door, alice: Actor) -> None:
    tent = await lend_tent(door, alice)
    async with transaction(door.instance.pool) as conn:
        await withdraw(conn, door.instance.site, alice, tent.uri)

    assert (await door.get(f"{tent.uri}/unavailabilities")).status == 410


async def test_what_is_given_or_looked_for_has_none(door: Door, alice: Actor) -> None:
    for changes in ({"mode": "gift"}, {"kind": "request", "mode": "loan"}):
        listing = await publish_tent(door, alice, **changes)

        assert "unavailabilities" not in (await door.get(listing.uri)).json
        assert (await door.get(f"{listing.uri}/unavailabilities")).status == 404
