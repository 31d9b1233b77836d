"""How far somebody has read, the same in all her apps."""

import pytest

from models.errors import Conflict
from models.news import markers, notifications
from models.store.database import connection
from tests.factories import make_member, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

URL = "/api/v1/markers"


async def test_markers_are_set_in_every_encoding_and_count_their_changes(alice: Alice) -> None:
    assert await alice.api.get(URL) == {}

    first = await alice.api.ask("POST", URL, json={"home": {"last_read_id": "9"}, "notifications": {"last_read_id": 5}})
    second = await alice.api.post(URL, None, **{"home[last_read_id]": "12"})

    for marker in (*first.json.values(), *second.values()):
        strict.marker(marker)
    assert {name: (one["last_read_id"], one["version"]) for name, one in first.json.items()} == {
        "home": ("9", 1),
        "notifications": ("5", 1),
    }
    assert {name: (one["last_read_id"], one["version"]) for name, one in second.items()} == {"home": ("12", 2)}
    assert await alice.api.get(URL) == first.json | second
    assert await alice.api.get(f"{URL}?timeline[]=home") == second
    assert await alice.api.get(f"{URL}?timeline[]=nothing") == {}


async def test_what_is_no_id_is_refused_and_an_empty_change_changes_nothing(alice: Alice) -> None:
    refused = await alice.api.ask("POST", URL, json={"home": {"last_read_id": "last"}})

    assert refused.status == 422
    assert await alice.api.post(URL) == {}
    assert await alice.api.get(URL) == {}


async def test_of_two_apps_that_move_the_same_marker_one_is_told_so(alice: Alice) -> None:
    me = alice.actor.id
    async with connection(alice.api.pool) as conn:
        await markers.save(conn, actor_id=me, timeline="home", last_read_id=5, known_version=0)
        with pytest.raises(Conflict):
            await markers.save(conn, actor_id=me, timeline="home", last_read_id=6, known_version=0)
        await markers.save(conn, actor_id=me, timeline="home", last_read_id=7, known_version=1)
        with pytest.raises(Conflict):
            await markers.save(conn, actor_id=me, timeline="home", last_read_id=8, known_version=1)
        with pytest.raises(Conflict):
            await markers.save(conn, actor_id=me, timeline="notifications", last_read_id=8, known_version=1)

    stale = await alice.api.ask("POST", URL, json={"home": {"last_read_id": "9", "version": 1}})
    fresh = await alice.api.ask("POST", URL, json={"home": {"last_read_id": "9", "version": 2}})

    assert (stale.status, fresh.status, fresh.json["home"]["version"]) == (409, 200, 3)


async def test_markers_are_each_members_own(alice: Alice) -> None:
    await alice.api.post(URL, None, **{"home[last_read_id]": "12"})
    async with connection(alice.api.pool) as conn:
        dora = await alice.api.as_member(await make_member(conn, "dora"))

    assert await dora.get(URL) == {}


async def test_unread_notifications_are_those_above_the_marker(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        people = [await make_remote_actor(conn, name) for name in ("bob", "carol", "eve")]
        told = [
            await notifications.notify(conn, recipient_id=alice.actor.id, type="follow", actor_id=one.id)
            for one in people
        ]
    count = "/api/v1/notifications/unread_count"

    before = await alice.api.get(count)
    await alice.api.post(URL, None, **{"notifications[last_read_id]": str(told[0])})

    assert before == {"count": 3}
    assert await alice.api.get(count) == {"count": 2}
    assert await alice.api.get(f"{count}?limit=1") == {"count": 1}
    assert await alice.api.get(f"{count}?account_id={people[2].id}") == {"count": 1}
    assert await alice.api.get(f"{count}?types[]=mention") == {"count": 0}
    assert await alice.api.get(f"{count}?exclude_types[]=follow") == {"count": 0}
