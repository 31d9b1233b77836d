"""Sending again what was given up, without bringing back what was taken back."""

from datetime import UTC, datetime, timedelta

from models.people.actors import Actor
from models.servers import circuit_breakers, servers
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic.outbound import deliveries, delivery_trace, held_deliveries, requeue
from tests.factories import make_activity, make_local_actor, make_note, make_remote_actor, save_failure

HOST = "henin.test"
AT = datetime.now(UTC)
LAST_WEEK = AT - timedelta(days=7)


async def send(conn: Connection, author: Actor, target: Actor, uri: str, *, type: str = "Create", state: str) -> int:
    """An activity that went there and ended in this state; its row id."""
    activity = await make_activity(conn, author, type=type, object_uri=uri)
    await deliveries.schedule(conn, activity_id=activity, actor_id=author.id, named_ids=[target.id], followed_ids=[])
    await execute(
        conn,
        "UPDATE delivery SET state = $2, attempts = 16, error = 'down', finished_at = now() WHERE activity_id = $1",
        activity,
        state,
    )
    return activity


async def waiting(conn: Connection) -> list[str]:
    """The types of what is to be sent, in order."""
    return await fetch_column(
        conn,
        """
        SELECT a.type FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE d.state = 'waiting' ORDER BY d.id
        """,
    )


async def test_what_failed_since_then_is_queued_again_with_ten_new_days(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    old = await send(conn, alice, bob, "https://lomme.test/1", state="failed")
    await send(conn, alice, bob, "https://lomme.test/2", state="failed")
    await send(conn, alice, bob, "https://lomme.test/3", state="done")
    await execute(conn, "UPDATE delivery SET created_at = now() - interval '20 days' WHERE activity_id = $1", old)

    assert await requeue.catch_up(conn, HOST, since=LAST_WEEK, at=AT) == 1
    assert await requeue.catch_up(conn, HOST, since=AT - timedelta(days=30), at=AT) == 1

    assert await waiting(conn) == ["Create", "Create"]
    assert await held_deliveries.give_up_held(conn, days=10, at=AT) == 0
    assert await fetch_value(conn, "SELECT max(attempts) FROM delivery WHERE state = 'waiting'") == 0


async def test_what_was_deleted_meanwhile_is_not_brought_back(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await send(conn, alice, bob, "https://lomme.test/1", state="failed")
    await send(conn, alice, bob, "https://lomme.test/1", type="Delete", state="done")

    assert await requeue.catch_up(conn, HOST, since=LAST_WEEK, at=AT) == 0
    assert await waiting(conn) == []


async def test_a_deletion_that_failed_is_sent_again(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await send(conn, alice, bob, "https://lomme.test/1", state="done")
    await send(conn, alice, bob, "https://lomme.test/1", type="Delete", state="failed")

    await requeue.catch_up(conn, HOST, since=LAST_WEEK, at=AT)

    assert await waiting(conn) == ["Delete"]


async def test_a_follow_that_was_undone_is_not_sent_again(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    follow = await send(conn, alice, bob, bob.uri, type="Follow", state="failed")
    undo = await send(conn, alice, bob, bob.uri, type="Undo", state="done")
    await execute(
        conn, "UPDATE activity SET body = (SELECT uri FROM activity WHERE id = $1) WHERE id = $2", follow, undo
    )

    assert (
        await requeue.send_act_again(conn, actor_id=alice.id, object_uri=bob.uri, types=("Follow", "Undo"), at=AT) == 0
    )


async def test_updates_follow_the_create_that_is_sent_again(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await send(conn, alice, bob, "https://lomme.test/1", state="failed")
    await send(conn, alice, bob, "https://lomme.test/1", type="Update", state="done")

    await requeue.catch_up(conn, HOST, since=LAST_WEEK, at=AT)

    assert await waiting(conn) == ["Create", "Update"]


async def test_nothing_is_queued_for_a_host_set_aside_and_all_is_held_for_one_that_is_away(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    await send(conn, alice, bob, "https://lomme.test/1", state="failed")
    for day in range(circuit_breakers.FAILING_DAYS):
        await save_failure(conn, HOST, "down", on=(AT - timedelta(days=day)).date())

    assert await requeue.catch_up(conn, HOST, since=LAST_WEEK, at=AT) == 1
    assert await fetch_value(conn, "SELECT state FROM delivery") == "held"

    await execute(conn, "UPDATE delivery SET state = 'failed'")
    await servers.save_level(conn, HOST, "aside")
    assert await requeue.catch_up(conn, HOST, since=LAST_WEEK, at=AT) == 0


async def test_an_author_has_a_post_sent_again_and_what_waits_tried_now(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    carl = await make_remote_actor(conn, "carl", "arras.test")
    note = await make_note(conn, alice)
    await send(conn, alice, bob, note.uri, state="failed")
    await send(conn, alice, carl, note.uri, state="waiting")
    await execute(conn, "UPDATE delivery SET due_at = now() + interval '6 hours' WHERE host = 'arras.test'")

    assert await requeue.send_post_again(conn, note.uri, at=AT) == 2

    assert await fetch_value(conn, "SELECT max(due_at) < now() + interval '1 minute' FROM delivery")
    [first, second] = (await delivery_trace.list_traces(conn, [note.uri]))[note.uri]
    assert {first.state, second.state} == {"waiting"}


async def test_a_request_to_follow_is_seen_and_sent_again_by_whoever_made_it(conn: Connection) -> None:
    alice, anna, bob = await make_local_actor(conn), await make_local_actor(conn, "anna"), await make_remote_actor(conn)
    await send(conn, alice, bob, bob.uri, type="Follow", state="failed")
    await send(conn, anna, bob, bob.uri, type="Follow", state="done")

    [hers] = (await delivery_trace.list_request_traces(conn, alice.id, [bob.uri]))[bob.uri]
    assert (hers.state, hers.error) == ("failed", "down")
    assert (
        await requeue.send_act_again(conn, actor_id=alice.id, object_uri=bob.uri, types=("Follow", "Undo"), at=AT) == 1
    )
    assert await waiting(conn) == ["Follow"]


async def test_what_only_a_marketplace_was_told_to_take_away_is_sent_again_to_all_others(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    floh = await make_remote_actor(conn, "instance", "floh.test", type="Application")
    tent = await make_note(conn, alice, audience="network")
    for host in (bob, floh):
        await send(conn, alice, host, tent.uri, state="failed")
    await send(conn, alice, floh, tent.uri, type="Delete", state="done")

    assert await requeue.send_post_again(conn, tent.uri, at=AT) == 1
    assert await fetch_column(conn, "SELECT host FROM delivery WHERE state = 'waiting'") == [HOST]
