"""What somebody keeps for herself."""

from models import posts
from models.store.database import connection
from tests.factories import make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice
from tests.web.api.mastodon.timelines.test_timelines import follow_links


async def test_keeping_twice_is_keeping_once_and_is_nobody_elses_business(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, await make_remote_actor(conn))
        dora = await alice.api.as_member(await make_member(conn, "dora"))
    path = f"/api/v1/statuses/{listing.id}"

    first = await alice.api.post(f"{path}/bookmark", strict.status)
    again = await alice.api.post(f"{path}/bookmark", strict.status)

    assert (first["bookmarked"], again["bookmarked"]) == (True, True)
    assert [one["id"] for one in await alice.api.get("/api/v1/bookmarks", strict.many(strict.status))] == [first["id"]]
    assert await dora.get("/api/v1/bookmarks") == []
    assert (await dora.get(path, strict.status))["bookmarked"] is False
    undone = await alice.api.post(f"{path}/unbookmark", strict.status)
    assert undone["bookmarked"] is False
    assert await alice.api.get("/api/v1/bookmarks") == []


async def test_bookmarks_are_walked_by_the_time_of_keeping(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        made = [str((await make_note(conn, await make_remote_actor(conn))).id) for _ in range(3)]
    kept = [made[1], made[2], made[0]]
    for id in kept:
        await alice.api.post(f"/api/v1/statuses/{id}/bookmark")

    down = await follow_links(alice.api, "/api/v1/bookmarks?limit=2", "next")
    up = await follow_links(alice.api, "/api/v1/bookmarks?limit=2&min_id=1", "prev")

    assert down == [[made[0], made[2]], [made[1]], []]
    assert up == [[made[2], made[1]], [made[0]], []]


async def test_what_was_taken_back_or_is_hidden_is_not_kept(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        gone, secret = await make_note(conn, bob), await make_note(conn, bob, audience="followers")
    await alice.api.post(f"/api/v1/statuses/{gone.id}/bookmark")
    async with connection(alice.api.pool) as conn:
        await posts.delete(conn, gone.id)

    assert await alice.api.get("/api/v1/bookmarks") == []
    assert (await alice.api.ask("POST", f"/api/v1/statuses/{secret.id}/bookmark")).status == 404
