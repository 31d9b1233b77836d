"""Servers to which nothing private is sent: what stays here, what goes, and what a later decision changes (B-52)."""

from datetime import UTC, datetime, timedelta

import pytest

from models.people.actors import Actor
from models.personal_data import account_erasure
from models.posts import Audience, Post
from models.servers import private_hosts
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic import peer_traffic
from models.traffic.outbound import deliveries, requeue
from tests.factories import make_activity, make_follow, make_local_actor, make_note, make_remote_actor

NOW = datetime.now(UTC)
STATES = "SELECT host || ' ' || state || coalesce(' ' || cause, '') FROM delivery WHERE activity_id = $1 ORDER BY host"


async def make_followed(conn: Connection, *hosts: str) -> Actor:
    """Alice, whom somebody at each of these hosts follows."""
    alice = await make_local_actor(conn)
    for host in hosts:
        await make_follow(conn, await make_remote_actor(conn, "bob", host), alice)
    return alice


async def send(conn: Connection, author: Actor, post: Post, *, type: str = "Create") -> int:
    """An activity about a post to the author's followers; its row id."""
    activity = await make_activity(conn, author, type=type, object_uri=post.uri, public=post.audience == "network")
    await deliveries.schedule(conn, activity_id=activity, actor_id=author.id, named_ids=[], followed_ids=[author.id])
    return activity


@pytest.mark.parametrize("audience", ["followers", "direct", "territories"])
@pytest.mark.parametrize("type", ["Create", "Update"])
async def test_b52_what_is_private_stays_here_for_that_server_and_what_stands_under_its_name(
    conn: Connection, audience: Audience, type: str
) -> None:
    alice = await make_followed(conn, "henin.test", "sub.henin.test", "arras.test")
    await private_hosts.withhold(conn, "henin.test")

    activity = await send(conn, alice, await make_note(conn, alice, audience=audience), type=type)

    assert await fetch_column(conn, STATES, activity) == [
        "arras.test waiting",
        "henin.test failed withheld",
        "sub.henin.test failed withheld",
    ]


@pytest.mark.parametrize("audience", ["network", "unlisted"])
async def test_b52_what_is_for_everybody_goes_on(conn: Connection, audience: Audience) -> None:
    alice = await make_followed(conn, "henin.test")
    await private_hosts.withhold(conn, "henin.test")

    post = await send(conn, alice, await make_note(conn, alice, audience=audience))
    profile = await make_activity(conn, alice, type="Update", object_uri=alice.uri, public=False)
    await deliveries.schedule(conn, activity_id=profile, actor_id=alice.id, named_ids=[], followed_ids=[alice.id])

    assert await fetch_column(conn, STATES, post) == ["henin.test waiting"]
    assert await fetch_column(conn, STATES, profile) == ["henin.test waiting"]


async def test_b52_what_waits_when_it_is_decided_stays_here_too(conn: Connection) -> None:
    alice = await make_followed(conn, "henin.test", "arras.test")
    private = await send(conn, alice, await make_note(conn, alice, audience="followers"))
    public = await send(conn, alice, await make_note(conn, alice))

    kept = await private_hosts.withhold(conn, "henin.test")

    assert kept == 1
    assert await fetch_column(conn, STATES, private) == ["arras.test waiting", "henin.test failed withheld"]
    assert await fetch_column(conn, STATES, public) == ["arras.test waiting", "henin.test waiting"]


async def test_b52_it_is_sent_again_only_once_it_is_decided_otherwise(conn: Connection) -> None:
    alice = await make_followed(conn, "henin.test")
    await private_hosts.withhold(conn, "henin.test")
    activity = await send(conn, alice, await make_note(conn, alice, audience="followers"))
    since = NOW - timedelta(days=1)

    refused = await requeue.catch_up(conn, "henin.test", since=since, at=NOW)
    allowed = await private_hosts.allow(conn, "henin.test")
    queued = await requeue.catch_up(conn, "henin.test", since=since, at=NOW)

    assert (refused, allowed, queued) == (0, True, 1)
    assert await fetch_column(conn, STATES, activity) == ["henin.test waiting"]


async def test_b52_what_failed_before_does_not_leave_after_it(conn: Connection) -> None:
    alice = await make_followed(conn, "henin.test")
    await send(conn, alice, await make_note(conn, alice, audience="followers"))
    await execute(conn, "UPDATE delivery SET state = 'failed', attempts = 16")
    await private_hosts.withhold(conn, "henin.test")

    assert await requeue.catch_up(conn, "henin.test", since=NOW - timedelta(days=1), at=NOW) == 0


async def test_b52_a_deletion_goes_only_where_the_post_may_be(conn: Connection) -> None:
    alice = await make_followed(conn, "henin.test", "arras.test")
    seen = await make_note(conn, alice, audience="followers")
    await send(conn, alice, seen)
    await execute(conn, "UPDATE delivery SET state = 'done', attempts = 1")
    await private_hosts.withhold(conn, "henin.test")
    unseen = await make_note(conn, alice, audience="followers")
    await send(conn, alice, unseen)

    found = []
    for post in (seen, unseen):
        delete = await make_activity(conn, alice, type="Delete", object_uri=post.uri)
        await deliveries.schedule_to_recipients_of(conn, activity_id=delete, actor_id=alice.id, object_uri=post.uri)
        found.append(await fetch_column(conn, STATES, delete))

    assert found == [["arras.test waiting", "henin.test waiting"], ["arras.test waiting"]]


@pytest.mark.parametrize(
    ("state", "attempts", "cause", "told"),
    [
        ("failed", 0, "withheld", False),
        ("failed", 1, "withheld", True),  # it was on its way when that was decided
        ("failed", 0, None, True),
        ("cancelled", 0, None, False),
        ("cancelled", 1, None, True),
        ("done", 1, None, True),
        ("waiting", 0, None, True),
    ],
)
async def test_b52_a_farewell_and_a_deletion_go_where_something_of_hers_may_have_arrived(
    conn: Connection, state: str, attempts: int, cause: str | None, told: bool
) -> None:
    alice = await make_followed(conn, "henin.test")
    post = await make_note(conn, alice, audience="followers")
    await send(conn, alice, post)
    await execute(conn, "UPDATE delivery SET state = $1, attempts = $2, cause = $3", state, attempts, cause)
    await execute(conn, "DELETE FROM follow")
    farewell = await make_activity(conn, alice, type="Delete", object_uri=alice.uri)
    delete = await make_activity(conn, alice, type="Delete", object_uri=post.uri)

    counts = (
        await account_erasure.schedule_deletes(conn, activity_id=farewell, actor_id=alice.id),
        await deliveries.schedule_to_recipients_of(conn, activity_id=delete, actor_id=alice.id, object_uri=post.uri),
    )

    assert await fetch_column(conn, STATES, farewell) == ["henin.test waiting"] * told
    assert await fetch_column(conn, STATES, delete) == ["henin.test waiting"] * told
    assert counts == (told, told)


async def test_b52_a_name_above_decides_and_the_figures_count_no_failure(conn: Connection) -> None:
    alice = await make_followed(conn, "sub.henin.test")
    await execute(conn, "INSERT INTO server (host) VALUES ('sub.henin.test')")
    await private_hosts.withhold(conn, "henin.test")
    await send(conn, alice, await make_note(conn, alice, audience="followers"))

    allowed = await private_hosts.allow(conn, "sub.henin.test")
    found = await peer_traffic.find_peer(conn, "sub.henin.test")
    listed = {one.host: one.no_private for one in await peer_traffic.list_peers(conn)}

    assert not allowed and not await private_hosts.may_have(conn, "sub.henin.test")
    assert found is not None and (found.no_private, found.failed) == (True, 0)
    assert listed == {"henin.test": True, "sub.henin.test": True}
    assert await peer_traffic.list_peers(conn, selection="trouble") == []
    assert await fetch_value(conn, "SELECT count(*) FROM delivery WHERE state = 'waiting'") == 0
