"""What others did that concerns the reader."""

from typing import Any

from models.news import notifications
from models.store.database import Connection, connection, execute
from tests.factories import make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

URL = "/api/v1/notifications"
NOTIFICATIONS = strict.many(strict.notification)


async def tell(conn: Connection, alice: Alice, type: Any, by: Any, post_id: int | None = None) -> int:
    id = await notifications.notify(conn, recipient_id=alice.actor.id, type=type, actor_id=by.id, post_id=post_id)
    assert id is not None
    return id


async def make_some(conn: Connection, alice: Alice) -> dict[str, int]:
    bob = await make_remote_actor(conn)
    mine, theirs = await make_listing(conn, alice.actor), await make_note(conn, bob)
    return {
        "follow": await tell(conn, alice, "follow", bob),
        "favourite": await tell(conn, alice, "favourite", bob, mine.id),
        "reblog": await tell(conn, alice, "reblog", bob, mine.id),
        "mention": await tell(conn, alice, "mention", bob, theirs.id),
    }


async def test_they_come_newest_first_with_who_and_what(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        made = await make_some(conn, alice)

    found = await alice.api.get(URL, NOTIFICATIONS)

    assert [(one["type"], int(one["id"])) for one in found] == list(reversed(made.items()))
    assert {one["account"]["acct"] for one in found} == {"bob@henin.test"}
    assert "status" not in found[-1]


async def test_they_are_narrowed_and_paged(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        made = await make_some(conn, alice)

    async def types(query: str) -> list[str]:
        return [one["type"] for one in await alice.api.get(URL + query, NOTIFICATIONS)]

    assert await types("?types[]=follow&types[]=mention") == ["mention", "follow"]
    assert await types("?exclude_types[]=follow&exclude_types[]=mention") == ["reblog", "favourite"]
    assert await types(f"?since_id={made['favourite']}") == ["mention", "reblog"]
    assert await types(f"?min_id={made['follow']}&limit=1") == ["favourite"]
    assert await types(f"?max_id={made['favourite']}") == ["follow"]
    assert await types(f"?account_id={alice.actor.id}") == []
    first = await alice.api.ask("GET", f"{URL}?limit=3&types[]=follow&types[]=reblog&types[]=mention&types[]=favourite")
    second = await alice.api.ask("GET", first.links["next"].removeprefix(alice.api.site.url))
    assert [one["type"] for one in first.json + second.json] == ["mention", "reblog", "favourite", "follow"]


async def test_those_whose_post_or_author_is_gone_are_left_out(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_some(conn, alice)
        carol, dave = await make_remote_actor(conn, "carol"), await make_remote_actor(conn, "dave")
        await tell(conn, alice, "follow", carol)
        await tell(conn, alice, "mention", dave, (await make_note(conn, dave, audience="direct")).id)
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", carol.id)

    found = await alice.api.get(URL, NOTIFICATIONS)

    assert len(found) == 4


async def test_one_is_read_and_removed_by_its_owner_alone(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        made = await make_some(conn, alice)
        bob = await alice.api.as_member(await make_member(conn, "bob"))
    path = f"{URL}/{made['reblog']}"

    strict.notification((await alice.api.ask("GET", path)).json)
    assert (await bob.ask("GET", path)).status == 404
    assert (await bob.ask("POST", f"{path}/dismiss")).status == 404
    assert await alice.api.post(f"{path}/dismiss") == {}
    assert (await alice.api.ask("GET", path)).status == 404
    assert (await alice.api.ask("GET", f"{URL}/9999999999999999999")).status == 404
    assert len(await alice.api.get(URL)) == 3


async def test_a_hundred_are_counted_where_no_limit_is_named(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        for number in range(101):
            await tell(conn, alice, "follow", await make_remote_actor(conn, f"bob{number}"))

    counts = [
        (await alice.api.get(f"/api/{version}/notifications/unread_count?grouped_types[]=reblog{limit}"))["count"]
        for version in ("v1", "v2")
        for limit in ("", "&limit=101")
    ]

    assert counts == [100, 101] * 2


async def test_all_are_counted_and_cleared(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_some(conn, alice)

    assert await alice.api.get(f"{URL}/unread_count") == {"count": 4}
    assert await alice.api.post(f"{URL}/clear") == {}
    assert await alice.api.get(URL) == []
