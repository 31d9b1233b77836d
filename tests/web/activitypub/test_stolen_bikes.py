"""The door at which friends ask about frame numbers: for all others it is an address where nothing stands."""

import pytest

from models.store.database import transaction
from tests.factories import make_member
from tests.fediverse import Person
from tests.frame_numbers import NUMBER, add_bike, question
from tests.repair_shops import make_friend
from tests.web.activitypub.conftest import Answer, Door

HERE = "/users/coop/stolen_bikes"
NOWHERE = "/users/coop/broken_bikes"


@pytest.fixture
async def server(door: Door) -> Person:
    """The server's own actor of a friend; a bike of a member here was stolen."""
    async with transaction(door.instance.pool) as conn:
        await make_friend(conn)
        await add_bike(conn, await make_member(conn, "olga"))
    return door.fediverse.add_person("instance", type="Application")


async def post(door: Door, path: str, person: Person, **changes: str) -> Answer:
    return await door.post(f"{door.instance.site.url}{path}", person, question(person.uri), **changes)


async def test_a_friend_reads_yes_and_nothing_else(door: Door, server: Person) -> None:
    answer = await post(door, HERE, server)

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.headers["Content-Type"].startswith("application/activity+json")
    assert b'"stolen":true' in answer.body and NUMBER.encode() not in answer.body


async def test_strangers_unsigned_and_nowhere_are_answered_to_the_byte_alike(door: Door, server: Person) -> None:
    stranger = door.fediverse.add_person("instance", "mallory.test", type="Application")
    signed = [await post(door, path, stranger) for path in (HERE, NOWHERE)]
    unsigned = [await post(door, path, stranger, Signature="") for path in (HERE, NOWHERE)]

    assert [one.status for one in (*signed, *unsigned)] == [404] * 4
    assert signed[0].seen == signed[1].seen == unsigned[0].seen == unsigned[1].seen


async def test_what_does_not_hold_or_is_too_long_is_refused(door: Door, server: Person) -> None:
    wrong = await post(door, HERE, server, Date="Thu, 01 Jan 2026 00:00:00 GMT")
    address = f"{door.instance.site.url}{HERE}"
    long = await door.post(address, server, question(server.uri, contact="b" * 5_000))
    odd = await door.post(address, server, question(server.uri, frameNumber="1"))

    assert [one.status for one in (wrong, long, odd)] == [401, 413, 400]


async def test_more_than_a_hundred_a_day_are_told_to_wait(door: Door, server: Person) -> None:
    await door.execute(
        """
        INSERT INTO frame_question (id, host, uri, ending, stolen)
        SELECT n, 'henin.test', n::text, '471', false FROM generate_series(1, 100) n
        """
    )

    answer = await post(door, HERE, server)

    assert answer.status == 429 and "Retry-After" in answer.headers
