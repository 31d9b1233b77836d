"""Gifts and sales for marketplaces elsewhere that follow `@instance`, in the way that flohmarkt reads."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest

from federation.json.fields import PUBLIC
from models import preferences
from models.listings.listings import Listing, ListingDraft
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import Connection, fetch_records
from models.traffic.outbound import activities, marketplaces
from outbox.listings import listings
from outbox.listings.marketplaces import allow, answer_follow, stop
from outbox.posts.quotes import change_policy
from tests.factories import HERE, make_follow, make_local_actor, make_member, make_remote_actor
from tests.inbox.handlers.activities import by

FLOH = "https://floh.test/inbox"


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """A member of a cooperative that wishes marketplaces."""
    await preferences.save(conn, replace(await preferences.load(conn), markets=True))
    return await make_member(conn)


@pytest.fixture
async def floh(conn: Connection) -> Actor:
    """A flohmarkt, which calls its own actor a person, and follows ours."""
    instance = await make_local_actor(conn, "instance", type="Application")
    floh = await make_remote_actor(conn, "instance", "floh.test")
    await make_follow(conn, floh, instance)
    return floh


def draft(**changes: Any) -> ListingDraft:
    values: dict[str, Any] = {"kind": "offer", "mode": "gift", "title": "Poussette", "text": "Bon état."}
    return ListingDraft(**(values | changes))


async def publish(conn: Connection, author: Actor, **changes: Any) -> Listing:
    return await listings.publish(conn, HERE, author, draft(**changes))


async def went(conn: Connection, inbox: str = FLOH) -> list[dict[str, Any]]:
    """What was said there, in order."""
    rows = await fetch_records(
        conn,
        "SELECT a.body FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE d.inbox = $1 ORDER BY d.id",
        inbox,
    )
    return [orjson.loads(row["body"]) for row in rows]


def is_safe(activity: dict[str, Any]) -> bool:
    """Whether flohmarkt does not fail on it: never exactly one addressee in `to` that is not everybody."""
    return "cc" in activity and (len(activity["to"]) != 1 or activity["to"] == [PUBLIC])


@pytest.mark.parametrize(
    ("changes", "goes"),
    [
        ({}, True),
        ({"mode": "sale", "price": Decimal(20)}, True),
        ({"mode": "loan"}, False),
        ({"mode": "service"}, False),
        ({"kind": "request"}, False),
        ({"audience": "coop"}, False),
        ({"audience": "territories"}, False),
    ],
)
async def test_public_gifts_and_sales_go_there_and_nothing_else(
    conn: Connection, alice: Actor, floh: Actor, changes: dict[str, Any], goes: bool
) -> None:
    listing = await publish(conn, alice, **changes)

    told = await went(conn)
    assert len(told) == goes
    if goes:
        assert (told[0]["type"], told[0]["object"]["id"]) == ("Create", listing.uri)
        assert told[0]["object"]["flohmarkt:data"]["name"] == "Poussette" and is_safe(told[0])


async def test_a_cooperative_that_does_not_wish_it_sends_nothing(conn: Connection, floh: Actor) -> None:
    assert not (await preferences.load(conn)).markets

    await publish(conn, await make_member(conn))

    assert await went(conn) == []


async def test_what_changed_is_taken_away_there_and_given_anew(conn: Connection, alice: Actor, floh: Actor) -> None:
    listing = await publish(conn, alice)

    await listings.edit(conn, HERE, alice, listing.uri, draft(title="Poussette double"))

    told = await went(conn)
    assert [one["type"] for one in told] == ["Create", "Delete", "Create"]
    assert told[1]["object"]["id"] == told[2]["object"]["id"] == listing.uri
    assert told[2]["object"]["flohmarkt:data"]["name"] == "Poussette double"
    assert all(is_safe(one) for one in told)


async def test_others_get_the_update_and_nothing_of_this(conn: Connection, alice: Actor, floh: Actor) -> None:
    bob = await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    listing = await publish(conn, alice)

    await listings.edit(conn, HERE, alice, listing.uri, draft(title="Poussette double"))

    assert [one["type"] for one in await went(conn, "https://henin.test/inbox")] == ["Create", "Update"]
    outbox = await activities.list_outbox(conn, alice.id, before=None, limit=10)
    assert [one.type for one in outbox] == ["Create"]
    first = await activities.find_create(conn, actor_id=alice.id, object_uri=listing.uri)
    assert first is not None and first.id == outbox[0].id


async def test_who_may_quote_is_no_business_of_theirs(conn: Connection, alice: Actor, floh: Actor) -> None:
    listing = await publish(conn, alice)

    await change_policy(conn, HERE, alice, listing.post, "nobody")

    assert [one["type"] for one in await went(conn)] == ["Create"]


@pytest.mark.parametrize("outcome", ["done", "elsewhere", "cancelled", "paused"])
async def test_what_is_not_to_be_had_is_taken_away_and_comes_back(
    conn: Connection, alice: Actor, floh: Actor, outcome: str
) -> None:
    listing = await publish(conn, alice)

    await listings.close(conn, HERE, alice, listing.uri, outcome)
    assert [one["type"] for one in await went(conn)] == ["Create", "Delete"]

    await listings.reopen(conn, HERE, alice, listing.uri)
    assert [one["type"] for one in await went(conn)][-1] == "Create"


async def test_what_is_withdrawn_is_deleted_there_and_its_words_leave_the_database(
    conn: Connection, alice: Actor, floh: Actor
) -> None:
    listing = await publish(conn, alice)
    await listings.edit(conn, HERE, alice, listing.uri, draft(title="Poussette double"))

    await listings.withdraw(conn, HERE, alice, listing.uri)

    rows = await fetch_records(conn, "SELECT body FROM activity WHERE object_uri = $1", listing.uri)
    assert not any("Poussette" in row["body"] for row in rows)
    assert (await went(conn))[-1].get("type") == "Delete"


async def test_what_was_given_becomes_a_loan_and_is_taken_away(conn: Connection, alice: Actor, floh: Actor) -> None:
    listing = await publish(conn, alice)

    await listings.edit(conn, HERE, alice, listing.uri, draft(mode="loan"))

    assert [one["type"] for one in await went(conn)] == ["Create", "Delete"]


async def test_what_one_shows_that_was_stopped_is_still_taken_away(conn: Connection, alice: Actor, floh: Actor) -> None:
    listing = await publish(conn, alice)
    await stop(conn, HERE, "floh.test")

    await listings.close(conn, HERE, alice, listing.uri, "done")

    assert [one["type"] for one in await went(conn)][-1] == "Delete"


async def test_administrators_stop_one_and_let_it_have_things_again(
    conn: Connection, alice: Actor, floh: Actor
) -> None:
    await stop(conn, HERE, "floh.test")
    await publish(conn, alice)
    assert [one["type"] for one in await went(conn)] == ["Reject"]

    await allow(conn, HERE, "floh.test")
    await publish(conn, alice)

    told = await went(conn)
    assert [one["type"] for one in told] == ["Reject", "Accept", "Create"] and all(is_safe(one) for one in told)
    assert [(one.host, one.state) for one in await marketplaces.list_markets(conn)] == [("floh.test", "accepted")]


async def test_one_that_blocked_our_server_is_refused(conn: Connection, alice: Actor) -> None:
    instance, floh = await make_local_actor(conn, "instance", type="Application"), await make_market(conn)
    await blocks.save(conn, uri=f"{floh.uri}/blocks/1", actor_id=floh.id, target_id=instance.id)

    await answer_follow(conn, HERE, instance, floh, by(floh, "Follow", instance.uri))

    assert [one["type"] for one in await went(conn)] == ["Reject"]


@pytest.mark.parametrize(("wished", "answer"), [(True, "Accept"), (False, "Reject")])
async def test_one_that_asks_gets_what_the_cooperative_wishes(
    conn: Connection, alice: Actor, wished: bool, answer: str
) -> None:
    await preferences.save(conn, replace(await preferences.load(conn), markets=wished))
    instance, floh = await make_local_actor(conn, "instance", type="Application"), await make_market(conn)
    asked = by(floh, "Follow", instance.uri)

    await answer_follow(conn, HERE, instance, floh, asked)

    [told] = await went(conn)
    assert (told["type"], told["object"]["id"]) == (answer, asked.id) and is_safe(told)
    assert [one.state for one in await marketplaces.list_markets(conn)] == (["accepted"] if wished else [])


async def test_people_and_a_second_actor_of_one_server_are_no_marketplace(conn: Connection, alice: Actor) -> None:
    instance, floh = await make_local_actor(conn, "instance", type="Application"), await make_market(conn)
    person = await make_remote_actor(conn, "bob", "henin.test")
    second = await make_remote_actor(conn, "relay", "floh.test", type="Service")
    await answer_follow(conn, HERE, instance, floh, by(floh, "Follow", instance.uri))

    for sender in (person, second):
        await answer_follow(conn, HERE, instance, sender, by(sender, "Follow", instance.uri))

    assert [one["type"] for one in await went(conn)] == ["Accept", "Reject"]
    assert [one["type"] for one in await went(conn, person.inbox)] == ["Reject"]


async def make_market(conn: Connection) -> Actor:
    """A flohmarkt that has not asked yet."""
    return await make_remote_actor(conn, "instance", "floh.test")
