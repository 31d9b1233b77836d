"""The queue of what leaves: whom it goes to, in which order, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from models.people.actors import Actor
from models.servers import circuit_breakers, servers
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic.outbound import deliveries, delivery_trace, held_deliveries
from models.traffic.outbound.deliveries import Delivery
from models.traffic.outbound.forgotten_traffic import forget_deliveries
from tests.factories import (
    make_activity,
    make_follow,
    make_listing,
    make_local_actor,
    make_note,
    make_remote_actor,
    save_failure,
)


async def claim(
    conn: Connection, *, at: datetime | None = None, limit: int = 100, worker: UUID | None = None
) -> list[Delivery]:
    """What a worker gets at this moment; by default a minute from now, when everything fresh is due."""
    moment = at or datetime.now(UTC) + timedelta(minutes=1)
    return await deliveries.claim(conn, worker=worker or uuid4(), limit=limit, at=moment)


async def schedule(conn: Connection, actor: Actor, *followed: Actor, named: tuple[Actor, ...] = ()) -> int:
    """One new activity of this actor to the followers of these; its row id."""
    activity_id = await make_activity(conn, actor)
    await deliveries.schedule(
        conn,
        activity_id=activity_id,
        actor_id=actor.id,
        named_ids=[person.id for person in named],
        followed_ids=[person.id for person in followed],
    )
    return activity_id


async def inboxes(conn: Connection) -> list[str]:
    return await fetch_column(conn, "SELECT inbox FROM delivery ORDER BY inbox")


async def test_followers_of_one_server_share_one_delivery(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    for name in ("bob", "bea"):
        await make_follow(conn, await make_remote_actor(conn, name), alice)
    await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice)

    await schedule(conn, alice, alice)

    assert await inboxes(conn) == ["https://arras.test/inbox", "https://henin.test/inbox"]


async def test_a_server_without_shared_inbox_gets_one_for_each_person(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    for name in ("bob", "bea"):
        await make_follow(conn, await make_remote_actor(conn, name, shared_inbox=None), alice)

    await schedule(conn, alice, alice)

    assert await inboxes(conn) == ["https://henin.test/users/bea/inbox", "https://henin.test/users/bob/inbox"]


async def test_what_is_for_one_person_alone_goes_to_her_own_inbox(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    bob, bea = await make_remote_actor(conn), await make_remote_actor(conn, "bea")
    carl = await make_remote_actor(conn, "carl", "arras.test")
    server = await make_remote_actor(conn, "instance", "floh.test", type="Application")

    for named, expected in (
        ((bob,), [bob.inbox]),
        ((bob, carl), [carl.inbox, bob.inbox]),
        ((bob, bea), ["https://henin.test/inbox"]),
        ((bob, bea, carl), [carl.inbox, "https://henin.test/inbox"]),
        ((server,), ["https://floh.test/inbox"]),
    ):
        await schedule(conn, alice, named=named)
        assert await inboxes(conn) == expected
        assert await fetch_value(
            conn, "SELECT bool_and((personal_inbox IS NULL) = (inbox LIKE '%/users/%')) FROM delivery"
        )
        await execute(conn, "DELETE FROM delivery")


async def test_whatever_followers_get_goes_to_the_shared_inbox_although_it_names_one(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)

    await schedule(conn, alice, alice, named=(bob,))

    assert await inboxes(conn) == ["https://henin.test/inbox"]


async def test_what_is_for_one_person_and_what_is_for_all_keep_their_order(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    said = [
        await schedule(conn, alice, named=(bob,)),
        await schedule(conn, alice, alice),
        await schedule(conn, alice, named=(bob,)),
    ]
    at = datetime.now(UTC) + timedelta(minutes=1)

    claimed = await claim(conn, at=at)
    assert [row.activity_id for row in claimed] == said
    await deliveries.retry(conn, claimed[0].id, status=500, error="down", due_at=at + timedelta(hours=1))

    assert await claim(conn, at=at) == []


async def test_local_pending_suspended_and_set_aside_get_nothing(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_local_actor(conn, "anna"), alice)
    await make_follow(conn, await make_remote_actor(conn, "bob"), alice, state="pending")
    suspended = await make_remote_actor(conn, "carl", "arras.test")
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", suspended.id)
    await make_follow(conn, suspended, alice)
    await servers.save_level(conn, "spam.test", "aside")
    await make_follow(conn, await make_remote_actor(conn, "dora", "spam.test"), alice)

    await schedule(conn, alice, alice)

    assert await inboxes(conn) == []


async def test_people_named_go_first(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_remote_actor(conn, "bob", "a.test"), alice)
    named = await make_remote_actor(conn, "zoe", "z.test")

    await schedule(conn, alice, alice, named=(named,))

    assert [row.host for row in await claim(conn)] == ["z.test", "a.test"]


async def test_nothing_overtakes_what_waits_in_its_lane(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    first = await schedule(conn, alice, alice)
    second = await schedule(conn, alice, named=(bob,))

    claimed = await claim(conn, limit=1) + await claim(conn, limit=1)

    assert [row.activity_id for row in claimed] == [first]  # the lane is in somebody's hands
    await deliveries.succeed(conn, [claimed[0].id])
    assert [row.activity_id for row in await claim(conn)] == [second]


async def test_a_lane_that_waits_for_a_retry_lets_other_lanes_pass(conn: Connection) -> None:
    alice, anna, bob = await make_local_actor(conn), await make_local_actor(conn, "anna"), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    await make_follow(conn, bob, anna)
    at = datetime.now(UTC) + timedelta(minutes=1)
    await schedule(conn, alice, alice)
    stuck = await claim(conn, at=at)
    await deliveries.retry(conn, stuck[0].id, status=500, error="down", due_at=at + timedelta(hours=1))

    await schedule(conn, alice, alice)
    other = await schedule(conn, anna, anna)

    [passed] = await claim(conn, at=at)
    await deliveries.succeed(conn, [passed.id])
    assert passed.activity_id == other
    later = await claim(conn, at=at + timedelta(hours=2))
    assert [row.actor_id for row in later] == [alice.id, alice.id]
    assert later[0].id == stuck[0].id


async def test_a_retry_holds_back_what_was_already_behind_it(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    at = datetime.now(UTC) + timedelta(minutes=1)
    for _ in range(3):
        await schedule(conn, alice, alice)
    rows = await claim(conn, at=at)

    await deliveries.retry(conn, rows[0].id, status=None, error="down", due_at=at + timedelta(hours=1))

    assert await claim(conn, at=at + timedelta(minutes=59)) == []
    assert len(await claim(conn, at=at + timedelta(minutes=61))) == 3


async def test_what_is_due_waits_for_an_earlier_one_that_is_due_later(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    first = await schedule(conn, alice, named=(bob,))
    second = await schedule(conn, alice, named=(bob,))  # as where it was said while the first failed
    at = datetime.now(UTC) + timedelta(minutes=1)
    await execute(conn, "UPDATE delivery SET due_at = $2 WHERE activity_id = $1", first, at + timedelta(hours=1))

    assert await claim(conn, at=at) == []
    assert [row.activity_id for row in await claim(conn, at=at + timedelta(hours=2))] == [first, second]


async def test_a_claim_ends_after_half_a_minute_unless_renewed(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    await schedule(conn, alice, alice)
    at, worker = datetime.now(UTC) + timedelta(minutes=1), uuid4()
    [row] = await claim(conn, at=at, worker=worker)

    await deliveries.renew(conn, worker=worker, ids=[row.id], at=at + timedelta(seconds=20))

    assert await claim(conn, at=at + timedelta(seconds=40)) == []
    assert len(await claim(conn, at=at + timedelta(seconds=51))) == 1


async def test_one_lane_does_not_fill_a_whole_batch(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    for _ in range(25):
        await schedule(conn, alice, alice)

    assert len(await claim(conn)) == 20


async def test_deliveries_to_an_unavailable_host_are_held_and_probed_daily(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    now = datetime.now(UTC)
    for day in range(circuit_breakers.FAILING_DAYS):
        became = await save_failure(conn, bob.host, "down", on=(now - timedelta(days=day)).date())
    first = await schedule(conn, alice, alice)
    await schedule(conn, alice, alice)

    assert became and await claim(conn) == []
    assert await held_deliveries.probe(conn, at=now + timedelta(days=1, minutes=1)) == 1
    assert await held_deliveries.probe(conn, at=now + timedelta(days=1, minutes=2)) == 0
    [probe] = await claim(conn, at=now + timedelta(days=1, minutes=3))
    assert probe.activity_id == first


def arrive(*hosts: str) -> list[circuit_breakers.DeliverySuccess]:
    """A delivery to the shared inbox of each."""
    return [circuit_breakers.DeliverySuccess(host=host, inbox=f"https://{host}/inbox") for host in hosts]


async def test_ht07_a_failed_probe_is_held_again_and_a_good_one_opens_the_host(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    now = datetime.now(UTC)
    for day in range(circuit_breakers.FAILING_DAYS):
        await save_failure(conn, bob.host, "down", on=(now - timedelta(days=day)).date())
    await schedule(conn, alice, alice)
    await schedule(conn, alice, alice)
    await held_deliveries.probe(conn, at=now + timedelta(days=2))
    [probe] = await claim(conn, at=now + timedelta(days=2))

    await deliveries.retry(conn, probe.id, status=None, error="down", due_at=now)
    assert await fetch_value(conn, "SELECT count(*) FROM delivery WHERE state = 'held'") == 2

    [opened] = await circuit_breakers.save_success(conn, arrive(bob.host, "fine.test"))
    await held_deliveries.reopen(conn, [opened.host])
    assert (opened.host, opened.unavailable) == (bob.host, True)
    assert len(await claim(conn)) == 2


async def test_what_was_held_too_long_fails(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    await schedule(conn, alice, alice)
    await held_deliveries.hold(conn, bob.host)

    now = datetime.now(UTC)

    assert await held_deliveries.give_up_held(conn, days=10, at=now + timedelta(days=9)) == 0
    assert await held_deliveries.give_up_held(conn, days=10, at=now + timedelta(days=11)) == 1


async def test_ht11_a_deletion_finds_every_copy_and_cancels_what_was_not_sent(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    listing = await make_listing(conn, alice)
    sent = await make_remote_actor(conn, "bob", "sent.test")
    unsent = await make_remote_actor(conn, "carl", "unsent.test")
    sharer = await make_remote_actor(conn, "dora", "sharer.test")
    create = await make_activity(conn, alice, object_uri=listing.uri)
    await deliveries.schedule(
        conn, activity_id=create, actor_id=alice.id, named_ids=[sent.id, unsent.id], followed_ids=[]
    )
    rows = {row.host: row for row in await claim(conn)}
    await deliveries.succeed(conn, [rows["sent.test"].id])
    await deliveries.release(conn, [rows["unsent.test"].id])
    await execute(
        conn,
        "INSERT INTO share (id, uri, actor_id, post_id) VALUES (1, 'https://sharer.test/1', $1, $2)",
        sharer.id,
        listing.id,
    )

    cancelled = await deliveries.cancel(conn, listing.uri)
    delete = await make_activity(conn, alice, type="Delete", object_uri=listing.uri)
    await deliveries.schedule_to_recipients_of(conn, activity_id=delete, actor_id=alice.id, object_uri=listing.uri)

    assert cancelled == 1
    found = await fetch_column(conn, "SELECT host FROM delivery WHERE activity_id = $1 ORDER BY host", delete)
    assert found == ["sent.test", "sharer.test"]


async def test_where_a_living_post_went_is_not_forgotten(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    note = await make_note(conn, alice)
    for type in ("Create", "Update"):
        activity = await make_activity(conn, alice, type=type, object_uri=note.uri)
        await deliveries.schedule(conn, activity_id=activity, actor_id=alice.id, named_ids=[bob.id], followed_ids=[])
    await execute(conn, "UPDATE delivery SET state = 'done', finished_at = now() - interval '90 days'")

    assert await forget_deliveries(conn) == 1
    assert await fetch_column(conn, "SELECT a.type FROM delivery d JOIN activity a ON a.id = d.activity_id") == [
        "Create"
    ]


async def test_where_a_living_post_went_by_an_edit_or_to_be_quoted_alone_is_not_forgotten(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    note = await make_note(conn, alice, audience="network")
    bob, carl, dora = [await make_remote_actor(conn, name, f"{name}.test") for name in ("bob", "carl", "dora")]
    changes = [("Update", carl)] * 3
    for type, to in (("Create", bob), ("Update", bob), *changes, ("QuoteRequest", dora)):
        activity = await make_activity(conn, alice, type=type, object_uri=note.uri)
        await deliveries.schedule(conn, activity_id=activity, actor_id=alice.id, named_ids=[to.id], followed_ids=[])
    await execute(conn, "UPDATE delivery SET state = 'done', finished_at = now() - interval '90 days'")

    last = await fetch_value(conn, "SELECT max(id) FROM delivery WHERE host = 'carl.test'")
    assert await forget_deliveries(conn) == 3
    assert await fetch_column(conn, "SELECT host FROM delivery ORDER BY id") == ["bob.test", "carl.test", "dora.test"]
    assert await fetch_value(conn, "SELECT id FROM delivery WHERE host = 'carl.test'") == last


async def test_the_author_sees_where_it_went(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    note = await make_note(conn, alice)
    good, bad = await make_remote_actor(conn, "bob", "good.test"), await make_remote_actor(conn, "carl", "bad.test")
    activity = await make_activity(conn, alice, object_uri=note.uri)
    await deliveries.schedule(
        conn, activity_id=activity, actor_id=alice.id, named_ids=[good.id, bad.id], followed_ids=[]
    )
    rows = {row.host: row for row in await claim(conn)}
    await deliveries.succeed(conn, [rows["good.test"].id])
    await deliveries.give_up(conn, rows["bad.test"].id, status=403, error="forbidden")

    found = (await delivery_trace.list_traces(conn, [note.uri]))[note.uri]

    assert [(passage.host, passage.state, passage.error) for passage in found] == [
        ("bad.test", "failed", "forbidden"),
        ("good.test", "done", None),
    ]


async def test_ht09_what_is_held_leaves_in_its_order_whoever_is_named_later(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    await held_deliveries.pause(conn, "henin.test")
    said = [await schedule(conn, alice, alice), await schedule(conn, alice, alice, named=(bob,))]
    await held_deliveries.resume(conn, "henin.test")

    assert [row.activity_id for row in await claim(conn)] == said
    await execute(conn, "UPDATE delivery SET claimed_by = NULL, claimed_until = NULL")
    assert [row.activity_id for row in await claim(conn, limit=1)] == said[:1]
