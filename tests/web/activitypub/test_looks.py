"""The door at which friends ask to be looked at: for all others it is an address where nothing stands."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from models.store.database import transaction
from tests.factories import make_local_actor
from tests.fediverse import Person
from tests.repair_shops import make_friend
from tests.web.activitypub.conftest import Answer, Door

HERE, NOWHERE = "/users/coop/looks", "/users/coop/glances"


@pytest.fixture
async def server(door: Door) -> Person:
    async with transaction(door.instance.pool) as conn:
        await make_friend(conn)
        ours = await make_local_actor(conn, "instance", type="Application")
        await save_local_keys(conn, door.instance.site, ours, await make_key_pairs(door.instance.settings))
    door.fediverse.add_person("coop", type="Organization")
    return door.fediverse.add_person("instance", type="Application")


async def post(door: Door, path: str, person: Person, changes: dict[str, Any] | None = None, **headers: str) -> Answer:
    asked = {"id": f"urn:uuid:{uuid4()}", "type": "LookRequest", "actor": person.uri}
    asked |= {"published": datetime.now(UTC).isoformat()} | (changes or {})
    return await door.post(f"{door.instance.site.url}{path}", person, asked, **headers)


async def test_a_friend_reads_what_was_seen(door: Door, server: Person) -> None:
    answer = await post(door, HERE, server)

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.headers["Content-Type"].startswith("application/activity+json")
    assert b'"LookReport"' in answer.body and b'"certificate"' in answer.body


async def test_strangers_unsigned_and_nowhere_are_answered_to_the_byte_alike(door: Door, server: Person) -> None:
    stranger = door.fediverse.add_person("instance", "mallory.test", type="Application")
    signed = [await post(door, path, stranger) for path in (HERE, NOWHERE)]
    unsigned = [await post(door, path, stranger, Signature="") for path in (HERE, NOWHERE)]

    assert [one.status for one in (*signed, *unsigned)] == [404] * 4
    assert signed[0].seen == signed[1].seen == unsigned[0].seen == unsigned[1].seen
    assert door.fediverse.tried == []


async def test_what_does_not_hold_is_too_long_or_too_much_is_refused(door: Door, server: Person) -> None:
    wrong = await post(door, HERE, server, Date="Thu, 01 Jan 2026 00:00:00 GMT")
    long = await post(door, HERE, server, {"note": "b" * 5_000})
    odd = await post(door, HERE, server, {"type": "Note"})
    await door.execute("INSERT INTO given_look (id, host, uri) VALUES (1, 'lens.test', 'a')")
    beside = await post(door, HERE, server)
    await door.execute("INSERT INTO given_look (id, host, uri) SELECT n, 'henin.test', n FROM generate_series(2, 11) n")
    many = await post(door, HERE, server)

    assert [one.status for one in (wrong, long, odd, beside, many)] == [401, 413, 400, 429, 429]
    assert all("Retry-After" in one.headers for one in (beside, many))
    assert door.fediverse.tried == []
