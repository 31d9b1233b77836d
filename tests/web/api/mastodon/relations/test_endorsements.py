"""People on profiles, and people to follow."""

from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, execute
from tests.factories import make_follow, make_local_actor, make_member, make_remote_actor
from tests.web.api import strict, strict_newer
from tests.web.api.conftest import Alice

ACCOUNTS = strict.many(strict.account)
SUGGESTIONS = "/api/v2/suggestions"


async def test_whom_one_follows_is_shown_on_the_profile_until_followed_no_more(alice: Alice, bob: Actor) -> None:
    path = f"/api/v1/accounts/{alice.actor.id}/endorsements"

    shown = await alice.api.post(f"/api/v1/accounts/{bob.id}/endorse", strict.relationship)
    again = await alice.api.post(f"/api/v1/accounts/{bob.id}/pin", strict.relationship)

    assert shown["endorsed"] and again == shown
    for api in (alice.api, alice.api.as_anybody()):
        assert [one["id"] for one in await api.get(path, ACCOUNTS)] == [str(bob.id)]
    assert len(await alice.api.get("/api/v1/endorsements", ACCOUNTS)) == 1
    await alice.api.post(f"/api/v1/accounts/{bob.id}/unfollow")
    assert await alice.api.get(path) == []
    [relation] = await alice.api.get(f"/api/v1/accounts/relationships?id[]={bob.id}")
    assert not relation["endorsed"]


async def test_a_profile_shows_nobody_whom_its_owner_does_not_follow(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        carol = await make_remote_actor(conn, "carol")
        await make_follow(conn, alice.actor, carol, state="pending")

    for other in (carol, alice.actor):
        assert (await alice.api.ask("POST", f"/api/v1/accounts/{other.id}/endorse")).status == 422
    assert await alice.api.get("/api/v1/endorsements") == []


async def test_it_is_taken_off_in_both_words_and_who_is_blocked_sees_none(alice: Alice, bob: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        erin = await alice.api.as_member(await make_member(conn, "erin"))
    for act in ("unendorse", "unpin"):
        await alice.api.post(f"/api/v1/accounts/{bob.id}/endorse")
        assert not (await alice.api.post(f"/api/v1/accounts/{bob.id}/{act}", strict.relationship))["endorsed"]
    await alice.api.post(f"/api/v1/accounts/{bob.id}/endorse")
    own = (await erin.get("/api/v1/accounts/verify_credentials"))["id"]
    await alice.api.post(f"/api/v1/accounts/{own}/block")

    assert await erin.get(f"/api/v1/accounts/{alice.actor.id}/endorsements") == []


async def test_streams_and_those_whom_ones_own_people_follow_are_proposed(alice: Alice, bob: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        offers = await make_local_actor(conn, "offres", type="Group")
        near, shy, gone = [await make_remote_actor(conn, name) for name in ("near", "shy", "gone")]
        for other in (near, shy, gone, alice.actor):
            await make_follow(conn, bob, other)
        await execute(conn, "UPDATE actor SET discoverable = false WHERE id = $1", shy.id)
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", gone.id)
        await make_remote_actor(conn, "far")

    found = await alice.api.get(SUGGESTIONS, strict.many(strict_newer.suggestion))

    assert [(int(one["account"]["id"]), one["sources"]) for one in found] == [
        (offers.id, ["featured"]),
        (near.id, ["friends_of_friends"]),
    ]
    older = await alice.api.get("/api/v1/suggestions?limit=1", ACCOUNTS)
    assert [int(one["id"]) for one in older] == [offers.id]
    await alice.api.post(f"/api/v1/accounts/{offers.id}/follow")
    assert (await alice.api.ask("DELETE", f"/api/v1/suggestions/{near.id}")).json == {}
    assert await alice.api.get(SUGGESTIONS) == []


async def test_who_is_hidden_or_unconfirmed_is_not_proposed(alice: Alice, bob: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        erin, muted = await make_member(conn, "erin"), await make_remote_actor(conn, "muted")
        for other in (erin, muted):
            await make_follow(conn, bob, other)
        await execute(conn, "UPDATE account SET confirmed_at = NULL WHERE actor_id = $1", erin.id)
        assert await actors.find_local(conn, "erin") is not None
    await alice.api.post(f"/api/v1/accounts/{muted.id}/mute")

    assert await alice.api.get(SUGGESTIONS) == []
