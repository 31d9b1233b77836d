"""The directory, familiar followers, and the figures of the server."""

from datetime import UTC, datetime, timedelta

from models.people.actors import Actor
from models.relations.blocking import blocks
from models.servers import trust_levels
from models.store.database import Connection, connection, execute
from tests.factories import make_follow, make_local_actor, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice, Api

ACCOUNTS = strict.many(strict.account)


async def hide(conn: Connection, actor: Actor) -> None:
    await execute(conn, "UPDATE actor SET discoverable = false WHERE id = $1", actor.id)


async def test_the_directory_shows_members_who_want_to_be_found(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, carol = await make_member(conn, "bob"), await make_member(conn, "carol")
        await hide(conn, carol)
        unconfirmed = await make_member(conn, "dora")
        await execute(conn, "UPDATE account SET confirmed_at = NULL WHERE actor_id = $1", unconfirmed.id)
        await make_local_actor(conn, "coop", type="Organization")
        await make_remote_actor(conn, "eve")
        await make_note(conn, alice.actor)
    everybody = alice.api.as_anybody()

    active = await everybody.get("/api/v1/directory", ACCOUNTS)
    new = await everybody.get("/api/v1/directory?order=new&limit=1", ACCOUNTS)
    second = await everybody.get("/api/v1/directory?order=new&limit=1&offset=1", ACCOUNTS)

    assert [one["acct"] for one in active] == ["alice", "bob"]
    assert [one["acct"] for one in new + second] == ["bob", "alice"]
    async with connection(alice.api.pool) as conn:
        await blocks.save(conn, uri="urn:b", actor_id=bob.id, target_id=alice.actor.id)
    assert [one["acct"] for one in await alice.api.get("/api/v1/directory")] == ["alice"]


async def test_familiar_followers_are_those_whom_the_reader_follows(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
        stranger, asked = await make_remote_actor(conn, "eve"), await make_remote_actor(conn, "dave")
        for followed in (bob, carol):
            await make_follow(conn, alice.actor, followed)
        for follower in (bob, stranger):
            await make_follow(conn, follower, asked)
        await make_follow(conn, carol, asked, state="pending")

    found = await alice.api.get(f"/api/v1/accounts/familiar_followers?id[]={asked.id}&id[]={bob.id}&id[]=5")

    assert [one["id"] for one in found] == [str(asked.id), str(bob.id), "5"]
    for one in found:
        ACCOUNTS(one["accounts"])
    assert [[account["acct"] for account in one["accounts"]] for one in found] == [["bob@henin.test"], [], []]


async def test_peers_are_told_but_not_by_a_server_that_chooses_them(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        await execute(conn, "INSERT INTO server (host, level) VALUES ('b.test', 'reader'), ('a.test', 'friend')")
        await execute(conn, "INSERT INTO server (host, level) VALUES ('c.test', 'aside')")

    assert await anybody.get("/api/v1/instance/peers") == ["a.test", "b.test"]
    async with connection(anybody.pool) as conn:
        await trust_levels.save_limited(conn, limited=True)
    assert (await anybody.ask("GET", "/api/v1/instance/peers")).status == 404


async def test_activity_counts_twelve_weeks_without_anything_private(alice: Alice) -> None:
    now = datetime.now(UTC)
    monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    async with connection(alice.api.pool) as conn:
        await make_note(conn, alice.actor)
        await make_note(conn, alice.actor, audience="followers")
        await make_note(conn, await make_remote_actor(conn))

    weeks = await alice.api.get("/api/v1/instance/activity", strict.many(strict.week))

    assert [int(one["week"]) for one in weeks] == [int((monday - timedelta(weeks=n)).timestamp()) for n in range(12)]
    assert weeks[0] | {"week": ""} == {"week": "", "statuses": "1", "logins": "1", "registrations": "0"}
    assert {(one["statuses"], one["logins"], one["registrations"]) for one in weeks[1:]} == {("0", "0", "0")}
