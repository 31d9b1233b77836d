"""Blocks, mutes and blocked servers as clients use them; what they hide, and that relationships tell the truth."""

import pytest

from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import connection, execute, fetch_value
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

ACCOUNTS = strict.many(strict.account)
RELATIONSHIPS = strict.many(strict.relationship)
STATUSES = strict.many(strict.status)


@pytest.fixture
async def bob(alice: Alice) -> Actor:
    """Bob of henin.test and Alice follow each other; he wrote a note."""
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        me = await actors.get(conn, alice.actor.id)
        await make_follow(conn, me, bob)
        await make_follow(conn, bob, me)
        await make_note(conn, bob)
        return bob


async def count_home(alice: Alice) -> int:
    return len(await alice.api.get("/api/v1/timelines/home", STATUSES))


async def test_ax16_a_block_hides_both_ways_ends_follows_and_is_never_sent(alice: Alice, bob: Actor) -> None:
    before = await count_home(alice)

    relation = await alice.api.post(f"/api/v1/accounts/{bob.id}/block", strict.relationship)

    assert before == 1
    assert (relation["blocking"], relation["following"], relation["followed_by"]) == (True, False, False)
    assert await count_home(alice) == 0
    assert await alice.api.get("/api/v1/timelines/public", STATUSES) == []
    [blocked] = await alice.api.get("/api/v1/blocks", ACCOUNTS)
    assert blocked["acct"] == "bob@henin.test"
    async with connection(alice.api.pool) as conn:
        assert await blocks.between(conn, bob.id, alice.actor.id)
        sent = await fetch_value(conn, "SELECT array_agg(type ORDER BY type) FROM activity")
    assert sent == ["Reject", "Undo"]

    lifted = await alice.api.post(f"/api/v1/accounts/{bob.id}/unblock", strict.relationship)
    assert (lifted["blocking"], lifted["following"]) == (False, False)
    assert await alice.api.get("/api/v1/blocks", ACCOUNTS) == []


async def test_ax16_somebody_here_is_blocked_by_the_same_verb(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        carol = await make_member(conn, "carol")
        me = await actors.get(conn, alice.actor.id)
        await make_follow(conn, carol, me)
        await make_note(conn, me)
    other = await alice.api.as_member(carol)

    await alice.api.post(f"/api/v1/accounts/{carol.id}/block", strict.relationship)

    assert await other.get("/api/v1/timelines/home", STATUSES) == []
    assert (await other.ask("GET", f"/api/v1/accounts/{alice.actor.id}/statuses")).status == 200
    assert await other.get(f"/api/v1/accounts/{alice.actor.id}/statuses", STATUSES) == []


async def test_ax16_whoever_is_blocked_is_not_told(alice: Alice, bob: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        await blocks.save(conn, uri=f"{bob.uri}/blocks/1", actor_id=bob.id, target_id=alice.actor.id)

    [relation] = await alice.api.get("/api/v1/accounts/relationships", RELATIONSHIPS, id=str(bob.id))

    assert (relation["blocked_by"], relation["blocking"], relation["followed_by"]) == (False, False, False)


async def test_a_mute_hides_from_lists_and_says_for_how_long_but_follows_stay(alice: Alice, bob: Actor) -> None:
    relation = await alice.api.post(f"/api/v1/accounts/{bob.id}/mute", strict.relationship, duration="3600")

    assert (relation["muting"], relation["muting_notifications"], relation["following"]) == (True, True, True)
    assert relation["muting_expires_at"] is not None
    assert await count_home(alice) == 0
    [muted] = (await alice.api.ask("GET", "/api/v1/mutes")).json
    assert muted["acct"] == "bob@henin.test" and muted["mute_expires_at"] is not None

    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE mute SET until = now() - interval '1 second'")
    assert await count_home(alice) == 1
    assert await alice.api.get("/api/v1/mutes", ACCOUNTS) == []


async def test_a_mute_may_leave_notifications_and_unmute_brings_all_back(alice: Alice, bob: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, bob)
        await notifications.notify(conn, recipient_id=alice.actor.id, type="mention", actor_id=bob.id, post_id=note.id)

    async def count_told() -> int:
        return len((await alice.api.ask("GET", "/api/v1/notifications")).json)

    await alice.api.post(f"/api/v1/accounts/{bob.id}/mute", strict.relationship, notifications="false")
    assert await count_told() == 1
    await alice.api.post(f"/api/v1/accounts/{bob.id}/mute", strict.relationship)
    assert await count_told() == 0
    await alice.api.post(f"/api/v1/accounts/{bob.id}/unmute", strict.relationship)
    assert await count_told() == 1


async def test_nobody_is_told_of_what_a_muted_person_does_but_of_others(alice: Alice, bob: Actor) -> None:
    await alice.api.post(f"/api/v1/accounts/{bob.id}/mute", strict.relationship)

    async with connection(alice.api.pool) as conn:
        told = await notifications.notify(conn, recipient_id=alice.actor.id, type="follow", actor_id=bob.id)
        carl = await make_remote_actor(conn, "carl")
        other = await notifications.notify(conn, recipient_id=alice.actor.id, type="follow", actor_id=carl.id)

    assert told is None and other is not None


async def test_answers_of_muted_and_blocked_people_are_left_out_of_threads(alice: Alice, bob: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        me = await actors.get(conn, alice.actor.id)
        note = await make_note(conn, me)
        await make_note(conn, bob, in_reply_to_uri=note.uri)
    path = f"/api/v1/statuses/{note.id}/context"

    before = (await alice.api.ask("GET", path)).json
    await alice.api.post(f"/api/v1/accounts/{bob.id}/mute", strict.relationship)
    muted = (await alice.api.ask("GET", path)).json
    await alice.api.post(f"/api/v1/accounts/{bob.id}/unmute", strict.relationship)
    await alice.api.post(f"/api/v1/accounts/{bob.id}/block", strict.relationship)
    blocked = (await alice.api.ask("GET", path)).json

    assert [len(seen["descendants"]) for seen in (before, muted, blocked)] == [1, 0, 0]


async def test_search_finds_nobody_blocked_and_no_listing_of_muted_people(alice: Alice, bob: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        await make_listing(conn, bob, title="Tente verte")

    async def find(text: str, kind: str) -> int:
        return len(((await alice.api.ask("GET", f"/api/v2/search?q={text}&type={kind}")).json)[kind])

    assert (await find("bob", "accounts"), await find("tente", "statuses")) == (1, 1)
    await alice.api.post(f"/api/v1/accounts/{bob.id}/mute", strict.relationship)
    assert (await find("bob", "accounts"), await find("tente", "statuses")) == (1, 0)
    await alice.api.post(f"/api/v1/accounts/{bob.id}/block", strict.relationship)
    assert (await find("bob", "accounts"), await find("tente", "statuses")) == (0, 0)


async def test_whom_she_blocks_is_found_by_the_whole_name_so_that_a_client_can_lift_it(
    alice: Alice, bob: Actor
) -> None:
    async with connection(alice.api.pool) as conn:
        carol = await make_member(conn, "carol")
        await blocks.save(conn, uri="urn:uuid:1", actor_id=carol.id, target_id=alice.actor.id)
    await alice.api.post(f"/api/v1/accounts/{bob.id}/block", strict.relationship)

    found = [
        (await alice.api.ask("GET", f"/api/v2/search?q={name}")).json["accounts"]
        for name in ("bob@henin.test", "carol")
    ]

    assert [[one["username"] for one in accounts] for accounts in found] == [["bob"], []]


async def test_b53_whoever_is_blocked_meets_nobody_who_does_so_beside_the_posts_of_others(
    alice: Alice, bob: Actor
) -> None:
    async with connection(alice.api.pool) as conn:
        carol = await make_member(conn, "carol")
        note = await make_note(conn, bob)
        await make_follow(conn, carol, bob)
    as_carol, path = await alice.api.as_member(carol), f"/api/v1/statuses/{note.id}"
    for act in ("favourite", "reblog"):
        shared = await as_carol.post(f"{path}/{act}", strict.status)
    lists = (f"{path}/favourited_by", f"{path}/reblogged_by", f"/api/v1/accounts/{bob.id}/followers")
    met = [len(await alice.api.get(address, ACCOUNTS)) for address in lists]

    await as_carol.post(f"/api/v1/accounts/{alice.actor.id}/block", strict.relationship)

    assert [len(await alice.api.get(address, ACCOUNTS)) for address in lists] == [before - 1 for before in met]
    assert (await alice.api.ask("GET", f"/api/v1/statuses/{shared['id']}")).status == 404
    assert (await alice.api.ask("POST", f"/api/v1/statuses/{shared['id']}/favourite")).status == 404
    assert [len(await alice.api.as_anybody().get(address, ACCOUNTS)) for address in lists] == met


@pytest.mark.parametrize("as_json", [False, True])
async def test_a_whole_server_is_blocked_for_oneself(alice: Alice, bob: Actor, as_json: bool) -> None:
    path = "/api/v1/domain_blocks"

    assert (await alice.api.ask("POST", path, data={"domain": "Henin.test"})).status == 200
    [relation] = await alice.api.get(f"/api/v1/accounts/relationships?id[]={bob.id}", RELATIONSHIPS)
    hidden = await count_home(alice), (await alice.api.ask("GET", path)).json
    async with connection(alice.api.pool) as conn:
        barred = await blocks.between(conn, bob.id, alice.actor.id)
    given = {"json": {"domain": "henin.test"}} if as_json else {"data": {"domain": "henin.test"}}
    lifted = await alice.api.ask("DELETE", path, **given)

    assert (relation["domain_blocking"], relation["following"], relation["followed_by"]) == (True, False, False)
    assert hidden == (0, ["henin.test"])
    assert barred
    assert lifted.status == 200
    assert (await alice.api.ask("GET", path)).json == []


async def test_nobody_blocks_or_mutes_herself_or_her_own_server(alice: Alice) -> None:
    me = alice.actor.id

    assert (await alice.api.ask("POST", f"/api/v1/accounts/{me}/block")).status == 422
    assert (await alice.api.ask("POST", f"/api/v1/accounts/{me}/mute")).status == 422
    assert (await alice.api.ask("POST", "/api/v1/domain_blocks", data={"domain": ""})).status == 422
    assert (await alice.api.ask("POST", f"/api/v1/accounts/{2**62}/block")).status == 404


async def test_lists_of_blocked_people_are_read_page_by_page(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        people = [await make_remote_actor(conn, f"p{number}") for number in range(5)]
    for person in people:
        await alice.api.post(f"/api/v1/accounts/{person.id}/block", strict.relationship)

    answer = await alice.api.ask("GET", "/api/v1/blocks?limit=2")
    first = [one["username"] for one in answer.json]
    following = answer.links["next"].partition("/api/")[2]
    second = [one["username"] for one in (await alice.api.ask("GET", f"/api/{following}")).json]

    assert (first, second) == (["p4", "p3"], ["p2", "p1"])
