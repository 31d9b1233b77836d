"""What strangers wrote, as Mastodon's clients let it in or dismiss it; nothing of it shows anywhere else before."""

import pytest

from inbox.processing.process import process_due
from models.people.actors import Actor
from models.store.database import transaction
from outbox.moderation.message_requests import notify_waiting
from tests.factories import make_local_actor, make_member, make_note
from tests.sample_message_requests import make_stranger, make_waiting
from tests.web.api import strict
from tests.web.api.conftest import Alice

PATH = "/api/v1/notifications/requests"

REQUESTS = strict.many(strict.notification_request)


@pytest.fixture
async def eve(alice: Alice) -> Actor:
    """Somebody of whom two messages wait for Alice."""
    async with transaction(alice.api.pool) as conn:
        eve = await make_stranger(conn)
        await make_waiting(conn, eve, alice.actor, text="Un secret")
        await make_waiting(conn, eve, alice.actor, text="Un autre secret")
        return eve


async def count_policy(alice: Alice) -> tuple[int, int]:
    summary = (await alice.api.get("/api/v2/notifications/policy", strict.policy))["summary"]
    return summary["pending_requests_count"], summary["pending_notifications_count"]


async def test_each_person_stands_there_once_with_how_much_waits(alice: Alice, eve: Actor) -> None:
    [request] = await alice.api.get(PATH, REQUESTS)

    assert request["account"]["acct"] == "eve@neu.test" and request["notifications_count"] == "2"
    assert await alice.api.get(f"{PATH}/{request['id']}", strict.notification_request) == request
    assert await count_policy(alice) == (1, 2)


async def test_pages_follow_one_another(alice: Alice, eve: Actor) -> None:
    async with transaction(alice.api.pool) as conn:
        for name in ("fay", "gil"):
            await make_waiting(conn, await make_stranger(conn, name), alice.actor)

    first = await alice.api.ask("GET", f"{PATH}?limit=2")
    second = await alice.api.ask("GET", first.links["next"].removeprefix(alice.api.site.url))

    assert [one["account"]["username"] for one in (*first.json, *second.json)] == ["gil", "fay", "eve"]


@pytest.mark.parametrize("many", [False, True])
async def test_what_is_accepted_comes_in_and_makes_a_conversation(alice: Alice, eve: Actor, many: bool) -> None:
    [request] = await alice.api.get(PATH)

    if many:
        await alice.api.post(f"{PATH}/accept", **{"id[]": request["id"]})
    else:
        await alice.api.post(f"{PATH}/{request['id']}/accept")
    on_its_way = await alice.api.get(f"{PATH}/merged")
    await process_due(alice.api.instance)

    assert on_its_way == {"merged": False} and await alice.api.get(f"{PATH}/merged") == {"merged": True}
    assert await alice.api.get(PATH) == [] and await count_policy(alice) == (0, 0)
    assert [one["type"] for one in await alice.api.get("/api/v1/notifications")] == ["mention", "mention"]
    assert len(await alice.api.get("/api/v1/conversations", strict.many(strict.conversation))) == 2


@pytest.mark.parametrize("many", [False, True])
async def test_what_is_dismissed_is_gone(alice: Alice, eve: Actor, many: bool) -> None:
    [request] = await alice.api.get(PATH)

    if many:
        await alice.api.post(f"{PATH}/dismiss", **{"id[]": request["id"]})
    else:
        await alice.api.post(f"{PATH}/{request['id']}/dismiss")
    await process_due(alice.api.instance)

    assert await alice.api.get(PATH) == [] and await alice.api.get("/api/v1/notifications") == []


async def test_b56_other_peoples_and_missing_ones_are_answered_alike(alice: Alice, eve: Actor) -> None:
    [request] = await alice.api.get(PATH)
    async with transaction(alice.api.pool) as conn:
        member = await make_member(conn, "carol")
    carol = await alice.api.as_member(member)
    before = [await carol.ask("GET", f"{PATH}/{id}") for id in (request["id"], 1)]
    acts = [await carol.ask("POST", f"{PATH}/{id}/{act}") for id in (request["id"], 1) for act in ("accept", "dismiss")]
    several = [await carol.ask("POST", f"{PATH}/{act}", data={"id[]": request["id"]}) for act in ("accept", "dismiss")]

    assert {(answer.status, str(answer.json)) for answer in (*before, *acts, *several)} == {(404, str(before[1].json))}
    assert await carol.get(PATH) == []
    assert await count_policy(alice) == (1, 2)


async def test_nothing_that_waits_shows_anywhere_else(alice: Alice, eve: Actor) -> None:
    async with transaction(alice.api.pool) as conn:
        await make_note(conn, alice.actor)
    uri = await alice.api.pool.fetchval("SELECT uri FROM message_request LIMIT 1")

    for path in ("/api/v1/notifications", "/api/v1/conversations", f"/api/v1/accounts/{eve.id}/statuses"):
        assert await alice.api.get(path) == []
    assert await alice.api.get("/api/v1/notifications/unread_count") == {"count": 0}
    for query in (uri, "secret"):
        assert (await alice.api.get(f"/api/v2/search?q={query}&type=statuses"))["statuses"] == []
    assert [one["account"]["id"] for one in await alice.api.get("/api/v1/timelines/public")] == [str(alice.actor.id)]
    account = await alice.api.get(f"/api/v1/accounts/{eve.id}", strict.account)
    assert (account["statuses_count"], account["last_status_at"]) == (0, None)
    for path in ("statuses/{0}", "statuses/{0}/context"):
        id = await alice.api.pool.fetchval("SELECT id FROM message_request LIMIT 1")
        assert (await alice.api.ask("GET", f"/api/v1/{path.format(id)}")).status == 404


async def test_the_cooperative_tells_it_in_the_app_without_a_word_of_it(alice: Alice, eve: Actor) -> None:
    async with transaction(alice.api.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")

    await notify_waiting(alice.api.instance, {"reader_id": alice.actor.id})

    [told] = await alice.api.get("/api/v1/notifications", strict.many(strict.notification))
    assert told["type"] == "mention" and told["account"]["username"] == "coop"
    assert "/messages/inconnus" in told["status"]["content"] and "secret" not in told["status"]["content"]
