"""Notifications set apart or dropped as a member chose, and let in later."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.processing.process import process_due
from models.exchanges import exchanges
from models.news import notification_policies, notifications
from models.news.notifications import NotificationType
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value, transaction
from tests.factories import make_follow, make_listing, make_local_actor, make_member, make_note, make_remote_actor
from tests.sample_message_requests import make_stranger, make_waiting
from tests.web.api import strict, strict_newer
from tests.web.api.conftest import Alice

POLICY = "/api/v2/notifications/policy"
REQUESTS = "/api/v1/notifications/requests"
NOTIFICATIONS = "/api/v1/notifications"
LONG_AGO = datetime.now(UTC) - timedelta(days=90)


async def choose(alice: Alice, **answers: str) -> Any:
    answer = await alice.api.ask("PATCH", POLICY, json=answers)
    strict.policy(answer.json)
    return answer.json


async def follow(alice: Alice, by: Actor) -> int | None:
    async with transaction(alice.api.pool) as conn:
        await make_follow(conn, by, alice.actor)
        return await notifications.notify(conn, recipient_id=alice.actor.id, type="follow", actor_id=by.id)


async def write(alice: Alice, by: Actor, **changes: Any) -> int | None:
    async with transaction(alice.api.pool) as conn:
        note = await make_note(conn, by, **changes)
        return await notifications.notify(
            conn, recipient_id=alice.actor.id, type="mention", actor_id=by.id, post_id=note.id
        )


@pytest.fixture
async def carol(alice: Alice) -> Actor:
    """Carol of elsewhere, known for long, whom Alice does not follow."""
    async with connection(alice.api.pool) as conn:
        return await make_remote_actor(conn, "carol", published_at=LONG_AGO)


async def test_everything_is_told_until_somebody_chooses(alice: Alice, carol: Actor) -> None:
    shown = await alice.api.get(POLICY, strict.policy)

    assert {shown[kind] for kind in shown if kind != "summary"} == {"accept"}
    assert await write(alice, carol) is not None
    assert (await alice.api.ask("PATCH", POLICY, json={"for_new_accounts": "perhaps"})).status == 422
    assert await alice.api.get(POLICY) == shown


async def test_what_is_set_apart_waits_by_person_and_is_told_nowhere_else(alice: Alice, carol: Actor) -> None:
    chosen = await choose(alice, for_not_following="filter")

    assert await follow(alice, carol) is None and await write(alice, carol) is None

    assert (chosen["for_not_following"], chosen["for_new_accounts"]) == ("filter", "accept")
    [request] = await alice.api.get(REQUESTS, strict.many(strict.notification_request))
    assert (request["account"]["acct"], request["notifications_count"]) == ("carol@henin.test", "2")
    assert request["last_status"]["account"]["acct"] == "carol@henin.test"
    assert await alice.api.get(f"{REQUESTS}/{request['id']}", strict.notification_request) == request
    counts = (await alice.api.get(POLICY))["summary"]
    assert counts == {"pending_requests_count": 1, "pending_notifications_count": 2}
    assert await alice.api.get(NOTIFICATIONS) == []
    of_carol = await alice.api.get(f"{NOTIFICATIONS}?account_id={carol.id}", strict.many(strict.notification))
    all_of_them = await alice.api.get("/api/v2/notifications?include_filtered=true", strict_newer.grouped_notifications)
    assert [one["type"] for one in of_carol] == ["mention", "follow"]
    assert [one["type"] for one in all_of_them["notification_groups"]] == ["mention", "follow"]
    assert await alice.api.get(f"{NOTIFICATIONS}/unread_count") == {"count": 0}


async def test_who_is_let_in_is_heard_from_then_on(alice: Alice, carol: Actor) -> None:
    await choose(alice, for_not_following="filter")
    await follow(alice, carol)
    [request] = await alice.api.get(REQUESTS)

    assert await alice.api.post(f"{REQUESTS}/{request['id']}/accept") == {}

    assert await write(alice, carol) is not None
    assert [one["type"] for one in await alice.api.get(NOTIFICATIONS)] == ["mention", "follow"]
    assert await alice.api.get(REQUESTS) == []
    assert await alice.api.get(f"{REQUESTS}/merged") == {"merged": True}


async def test_what_is_dismissed_is_gone_and_the_next_waits_again(alice: Alice, carol: Actor) -> None:
    await choose(alice, for_not_following="filter")
    await write(alice, carol)
    [request] = await alice.api.get(REQUESTS)
    async with connection(alice.api.pool) as conn:
        erin = await alice.api.as_member(await make_member(conn, "erin"))

    assert (await erin.ask("POST", f"{REQUESTS}/{request['id']}/dismiss")).status == 404
    assert (await alice.api.ask("POST", f"{REQUESTS}/dismiss", data={"id[]": request["id"]})).status == 200

    assert await alice.api.get(REQUESTS) == [] == await alice.api.get(NOTIFICATIONS)
    assert await write(alice, carol) is None
    assert len(await alice.api.get(REQUESTS)) == 1


async def test_what_is_dropped_is_told_never_and_counts_before_filtering(alice: Alice, carol: Actor) -> None:
    await choose(alice, for_not_following="filter", for_not_followers="drop")

    assert await write(alice, carol) is None

    assert await alice.api.get(REQUESTS) == [] == await alice.api.get(NOTIFICATIONS)


async def test_each_answer_concerns_its_own_people(alice: Alice, carol: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        new = await make_remote_actor(conn, "new", published_at=datetime.now(UTC))
        friend = await make_remote_actor(conn, "friend", published_at=datetime.now(UTC))
        await make_follow(conn, alice.actor, friend)
        own = await make_note(conn, alice.actor)
    direct: dict[str, Any] = {"audience": "direct", "to_uris": [alice.actor.uri]}

    async def told(by: Actor, **post: Any) -> bool:
        return await write(alice, by, **post) is not None

    await choose(alice, for_new_accounts="filter")
    assert [await told(one) for one in (carol, new, friend)] == [True, False, True]
    await choose(alice, for_new_accounts="accept", for_private_mentions="filter")
    assert [await told(carol), await told(carol, **direct), await told(friend, **direct)] == [True, False, True]
    assert await told(carol, **direct, in_reply_to_uri=own.uri)
    await choose(alice, for_private_mentions="accept", for_not_followers="filter")
    async with connection(alice.api.pool) as conn:
        await make_follow(conn, carol, alice.actor)
    assert [await told(carol), await told(friend)] == [False, False]
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE follow SET created_at = $1", LONG_AGO)
    assert [await told(carol), await told(friend)] == [True, False]


async def test_exchanges_and_the_cooperative_itself_are_never_set_apart(alice: Alice, carol: Actor) -> None:
    await choose(alice, for_not_following="drop", for_not_followers="drop", for_new_accounts="drop")
    async with connection(alice.api.pool) as conn:
        coop = await make_local_actor(conn, "coop", type="Organization")
        welcome = await make_member(conn, "welcome", roles=["moderator"])
        listing = await make_listing(conn, alice.actor)
        await exchanges.open(conn, listing_id=listing.id, owner_id=alice.actor.id, partner_id=carol.id)

    assert None not in [await write(alice, one) for one in (coop, welcome, carol)]


async def test_the_teams_news_and_calls_that_she_asked_for_are_never_set_apart(alice: Alice, carol: Actor) -> None:
    await choose(alice, for_not_following="filter", for_not_followers="drop", for_new_accounts="drop")
    async with transaction(alice.api.pool) as conn:
        zoe = await make_member(conn, "zoe")
        call = await make_listing(conn, carol, kind="repair_call", mode="repair")
        news: list[tuple[NotificationType, Actor, int | None]] = [
            ("repair_call", carol, call.id),
            ("coop_follow", carol, None),
        ]
        for type, by, post_id in news:
            assert await notifications.notify(
                conn,
                recipient_id=alice.actor.id,
                type=type,
                actor_id=by.id,
                post_id=post_id,
            )
        assert await notifications.notify(conn, recipient_id=alice.actor.id, type="admin.sign_up", actor_id=zoe.id)

    assert [one["type"] for one in await alice.api.get(NOTIFICATIONS)] == ["admin.sign_up", "status"]


async def test_a_stranger_whose_message_is_let_in_does_not_wait_a_second_time(alice: Alice) -> None:
    await choose(alice, for_not_following="filter", for_private_mentions="drop")
    async with transaction(alice.api.pool) as conn:
        eve = await make_stranger(conn)
        await make_waiting(conn, eve, alice.actor)
    [request] = await alice.api.get(REQUESTS)

    await alice.api.post(f"{REQUESTS}/{request['id']}/accept")
    await process_due(alice.api.instance)

    assert [one["type"] for one in await alice.api.get(NOTIFICATIONS)] == ["mention"]
    assert await alice.api.get(REQUESTS) == [] and await write(alice, eve) is not None


async def test_of_one_person_both_that_wait_are_let_in_together(alice: Alice) -> None:
    await choose(alice, for_not_following="filter")
    async with transaction(alice.api.pool) as conn:
        eve = await make_stranger(conn)
        await make_waiting(conn, eve, alice.actor)
    await follow(alice, eve)
    ids = sorted(one["id"] for one in await alice.api.get(REQUESTS))
    assert len(ids) == 2

    assert (await alice.api.ask("POST", f"{REQUESTS}/accept", json={"id": ids})).status == 200

    assert [one["type"] for one in await alice.api.get(NOTIFICATIONS)] == ["follow"]


async def test_of_whoever_is_gone_nothing_is_kept(alice: Alice, carol: Actor) -> None:
    await choose(alice, for_not_following="filter")
    await follow(alice, carol)
    async with transaction(alice.api.pool) as conn:
        dave = await make_remote_actor(conn, "dave")
        await notification_policies.let_in(conn, alice.actor.id, dave.id)
        for gone in (carol, dave):
            await actors.delete(conn, gone.id)

        assert await fetch_value(conn, "SELECT count(*) FROM filtered_notification") == 0
        assert await fetch_value(conn, "SELECT count(*) FROM notification_permission") == 0


async def test_what_is_taken_back_or_blocked_waits_no_longer(alice: Alice, carol: Actor) -> None:
    await choose(alice, for_not_following="filter")
    await follow(alice, carol)
    async with connection(alice.api.pool) as conn:
        dave = await make_remote_actor(conn, "dave")
        await write(alice, dave)
        await execute(conn, "DELETE FROM follow WHERE follower_id = $1", carol.id)
    await alice.api.post(f"/api/v1/accounts/{dave.id}/block")

    assert await alice.api.get(REQUESTS) == []


async def test_strangers_letters_and_what_is_set_apart_stand_in_one_list(alice: Alice, carol: Actor) -> None:
    await choose(alice, for_not_following="filter")
    async with transaction(alice.api.pool) as conn:
        await make_waiting(conn, await make_stranger(conn), alice.actor)
    await write(alice, carol)

    first = await alice.api.ask("GET", f"{REQUESTS}?limit=1")
    second = await alice.api.ask("GET", first.links["next"].removeprefix(alice.api.site.url))
    upwards = await alice.api.get(f"{REQUESTS}?min_id={second.json[0]['id']}&limit=1")

    assert [one["account"]["username"] for one in (*first.json, *second.json)] == ["carol", "eve"]
    assert upwards == first.json
    assert (await alice.api.get(POLICY))["summary"]["pending_requests_count"] == 2


async def test_the_older_form_says_yes_or_no(alice: Alice) -> None:
    older = "/api/v1/notifications/policy"
    shown = await alice.api.get(older, strict_newer.policy_v1)

    changed = await alice.api.ask("PUT", older, json=shown | {"filter_not_followers": True})

    assert changed.json == shown | {"filter_not_followers": True}
    assert (await alice.api.get(POLICY))["for_not_followers"] == "filter"
    await alice.api.ask("PATCH", older, json={"filter_not_followers": False})
    assert await alice.api.get(older) == shown
