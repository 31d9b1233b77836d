"""Following from a client, and answering those who want to follow."""

from models.store.database import connection, execute, fetch_value
from tests.factories import make_follow, make_member, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice, Api

RELATIONSHIPS = strict.many(strict.relationship)
ACCOUNTS = strict.many(strict.account)


async def follow(api: Api, id: int, **options: str) -> dict[str, object]:
    value: dict[str, object] = await api.post(f"/api/v1/accounts/{id}/follow", strict.relationship, **options)
    return value


async def test_somebody_elsewhere_is_requested_until_they_accept(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)

    asked = await follow(alice.api, bob.id)
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE follow SET state = 'accepted'")
        delivered = await fetch_value(conn, "SELECT count(*) FROM delivery")
    [now] = await alice.api.get(f"/api/v1/accounts/relationships?id[]={bob.id}", RELATIONSHIPS)

    assert (asked["requested"], asked["following"]) == (True, False)
    assert delivered == 1
    assert (now["requested"], now["following"], now["showing_reblogs"]) == (False, True, True)


async def test_a_member_here_is_followed_at_once_unless_the_account_is_locked(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, carol = await make_member(conn, "bob"), await make_member(conn, "carol", locked=True)

    assert (await follow(alice.api, bob.id))["following"] is True
    assert (await follow(alice.api, carol.id))["requested"] is True
    [waiting] = await (await alice.api.as_member(carol)).get("/api/v1/follow_requests", ACCOUNTS)
    assert waiting["acct"] == "alice"


async def test_following_again_changes_the_options_only(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")

    await follow(alice.api, bob.id)
    muted = await follow(alice.api, bob.id, reblogs="false")
    rung = await follow(alice.api, bob.id, notify="true")

    assert (muted["showing_reblogs"], muted["notifying"]) == (False, False)
    assert (rung["showing_reblogs"], rung["notifying"]) == (False, True)
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM follow") == 1


async def test_unfollowing_twice_is_unfollowing_once(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
    await follow(alice.api, bob.id)

    for _ in range(2):
        after = await alice.api.post(f"/api/v1/accounts/{bob.id}/unfollow", strict.relationship)

        assert (after["following"], after["requested"]) == (False, False)
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Undo'") == 1


async def test_nobody_follows_herself_or_somebody_who_moved_or_blocks(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        moved = await make_remote_actor(conn, "moved", moved_to="https://new.test/users/moved")
        blocker = await make_remote_actor(conn, "blocker")
        await execute(
            conn, "INSERT INTO block (id, actor_id, target_id) VALUES (1, $1, $2)", blocker.id, alice.actor.id
        )

    async def status(id: int) -> int:
        return (await alice.api.ask("POST", f"/api/v1/accounts/{id}/follow")).status

    assert [await status(id) for id in (alice.actor.id, moved.id, blocker.id, 5)] == [422, 422, 403, 404]


async def test_relationships_come_in_the_order_asked_with_ones_own_and_without_unknown_ids(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        await make_follow(conn, bob, alice.actor)

    found = await alice.api.get(
        f"/api/v1/accounts/relationships?id[]={bob.id}&id[]=7&id[]={alice.actor.id}", RELATIONSHIPS
    )
    single = await alice.api.get(f"/api/v1/accounts/relationships?id={bob.id}", RELATIONSHIPS)

    assert [one["id"] for one in found] == [str(bob.id), str(alice.actor.id)]
    assert single[0]["followed_by"] is True


async def test_requests_are_answered_by_yes_or_no(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
        for asking in (bob, carol):
            await make_follow(conn, asking, alice.actor, state="pending")

    waiting = await alice.api.ask("GET", "/api/v1/follow_requests?limit=1")
    rest = await alice.api.ask("GET", waiting.links["next"].removeprefix(alice.api.site.url))
    yes = await alice.api.post(f"/api/v1/follow_requests/{bob.id}/authorize", strict.relationship)
    no = await alice.api.post(f"/api/v1/follow_requests/{carol.id}/reject", strict.relationship)
    again = await alice.api.ask("POST", f"/api/v1/follow_requests/{bob.id}/authorize")

    assert [one["username"] for one in waiting.json + rest.json] == ["carol", "bob"]
    assert (yes["followed_by"], no["followed_by"], no["requested_by"]) == (True, False, False)
    assert again.status == 404
    assert await alice.api.get("/api/v1/follow_requests") == []


async def test_a_follower_can_be_sent_away(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        await make_follow(conn, bob, alice.actor)

    after = await alice.api.post(f"/api/v1/accounts/{bob.id}/remove_from_followers", strict.relationship)

    assert after["followed_by"] is False


async def test_a_note_about_somebody_is_for_its_writer_alone(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
    path, bobs = f"/api/v1/accounts/{bob.id}/note", await alice.api.as_member(bob)

    noted = await alice.api.post(path, strict.relationship, comment="Prête sa remorque")

    assert noted["note"] == "Prête sa remorque"
    [hers] = await alice.api.get(f"/api/v1/accounts/relationships?id[]={bob.id}", RELATIONSHIPS)
    [his] = await bobs.get(f"/api/v1/accounts/relationships?id[]={alice.actor.id}", RELATIONSHIPS)
    assert (hers["note"], his["note"]) == ("Prête sa remorque", "")
    assert (await alice.api.ask("POST", path, data={"comment": "x" * 2001})).status == 422
    assert (await alice.api.post(path, strict.relationship, comment=""))["note"] == ""
    assert (await alice.api.ask("POST", "/api/v1/accounts/5/note", data={"comment": "x"})).status == 404


async def test_whoever_rings_the_bell_hears_of_each_post(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
    await follow(alice.api, bob.id, notify="true")

    status = await (await alice.api.as_member(bob)).post("/api/v1/statuses", strict.status, status="Bonjour")

    [told] = await alice.api.get("/api/v1/notifications", strict.many(strict.notification))
    assert (told["type"], told["status"]["id"]) == ("status", status["id"])


async def test_somebody_is_read_in_the_languages_that_are_wanted_only(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
    bobs = await alice.api.as_member(bob)
    path = f"/api/v1/accounts/{bob.id}/follow"
    ids = {}
    for language in ("fr", "en", "nl"):
        status = await bobs.post("/api/v1/statuses", strict.status, status="Hoi", language=language)
        ids[language] = status["id"]
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE post SET language = NULL WHERE id = $1", int(ids["nl"]))

    async def read(limit: int = 20) -> list[str]:
        return [one["id"] for one in await alice.api.get("/api/v1/timelines/home", limit=str(limit))]

    chosen = await alice.api.ask("POST", path, json={"languages": ["FR"]})

    strict.relationship(chosen.json)
    assert chosen.json["languages"] == ["fr"]
    assert await read() == [ids["nl"], ids["fr"]]
    await bobs.post("/api/v1/statuses", strict.status, status="Newest", language="en")
    assert await read(1) == [ids["nl"]]
    kept = await follow(alice.api, bob.id, reblogs="false")
    everything = await alice.api.ask("POST", path, data={"languages[]": ""})
    assert (kept["languages"], everything.json["languages"]) == (["fr"], None)
    assert len(await read()) == 4
    for wrong in (["../x"], ["x" * 20], [f"a{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(31)]):
        assert (await alice.api.ask("POST", path, json={"languages": wrong})).status == 422
