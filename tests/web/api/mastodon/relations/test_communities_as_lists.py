"""A community in an app of Mastodon's: a profile that is a group, a list for its members, and nothing for others."""

from models.store.database import connection
from outbox.communities.leaving import leave
from tests.factories import HERE, make_member
from tests.outbox.communities.inside.sample_inside import share_listing, share_note
from tests.outbox.communities.sample_community import found, put_in
from tests.web.api import strict
from tests.web.api.conftest import Alice

LIST = "/api/v1/lists"


async def test_what_stays_inside_is_a_list_in_the_apps_of_members(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        wanda = await make_member(conn, "wanda")
        community = await found(conn, wanda)
        note, listing = await share_note(conn, wanda, community), await share_listing(conn, wanda, community)
    id = str(community.actor_id)
    timeline = f"/api/v1/timelines/list/{id}"

    assert await alice.api.get(LIST) == []
    assert [(await alice.api.ask("GET", path)).status for path in (timeline, f"{LIST}/{id}")] == [404, 404]

    async with connection(alice.api.pool) as conn:
        await put_in(conn, alice.actor, community)
    [shown] = await alice.api.get(LIST, strict.many(strict.reading_list))
    assert (shown["id"], shown["title"]) == (id, "Remorques en commun")
    assert await alice.api.get(f"{LIST}/{id}", strict.reading_list) == shown
    statuses = await alice.api.get(timeline, strict.many(strict.status))
    assert [one["id"] for one in statuses] == [str(listing.id), str(note.id)]
    assert {one["visibility"] for one in statuses} == {"private"}
    assert all(one["content"].startswith("<p>🔒 Remorques en commun</p>") for one in statuses)

    async with connection(alice.api.pool) as conn:
        await leave(conn, HERE, alice.actor, community)
    assert (await alice.api.ask("GET", timeline)).status == 404


async def test_its_profile_is_a_group_and_of_a_hidden_one_there_is_none(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        wanda = await make_member(conn, "wanda")
        community = await found(conn, wanda)

    account = await alice.api.get("/api/v1/accounts/lookup?acct=remorques", strict.account)
    assert (account["group"], account["display_name"]) == (True, "Remorques en commun")
    assert await alice.api.get(f"/api/v1/accounts/{account['id']}/statuses") == []

    async with connection(alice.api.pool) as conn:
        await conn.execute("UPDATE community SET hidden = true WHERE actor_id = $1", community.actor_id)
    for path in ("lookup?acct=remorques", account["id"], f"{account['id']}/statuses"):
        assert (await alice.api.ask("GET", f"/api/v1/accounts/{path}")).status == 404, path
