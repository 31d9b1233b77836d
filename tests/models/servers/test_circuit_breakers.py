"""When a server counts as away, and what brings it back: only what proves it (HT7)."""

from datetime import UTC, date, datetime, timedelta

from models.people.actors import Actor
from models.servers import circuit_breakers, servers
from models.servers.circuit_breakers import DeliverySuccess, Failure, SlowHost
from models.store.database import Connection, execute, fetch_value
from models.traffic.outbound import deliveries, held_deliveries
from models.traffic.peer_traffic import Peer, find_peer
from tests.factories import make_activity, make_follow, make_local_actor, make_remote_actor, save_failure

HOST = "henin.test"
BROKEN, FINE = f"https://{HOST}/inbox", f"https://{HOST}/users/bob/inbox"


async def fail(conn: Connection, *, days: int = 7, inbox: str = BROKEN, until: date | None = None) -> bool:
    """This inbox fails on so many days in a row; whether the host became unavailable by it."""
    until = until or datetime.now(UTC).date()
    told = [
        await save_failure(conn, HOST, "down", on=until - timedelta(days=day), inbox=inbox)
        for day in reversed(range(days))
    ]
    return any(told)


async def get(conn: Connection) -> Peer:
    """What is known of the host."""
    found = await find_peer(conn, HOST)
    assert found is not None
    return found


async def queue(conn: Connection, author: Actor) -> None:
    """One more activity for whoever follows."""
    activity = await make_activity(conn, author)
    await deliveries.schedule(conn, activity_id=activity, actor_id=author.id, named_ids=[], followed_ids=[author.id])


async def test_ht07_a_success_of_the_inbox_that_failed_ends_the_failure(conn: Connection) -> None:
    await fail(conn)

    [opened] = await circuit_breakers.save_success(conn, [DeliverySuccess(host=HOST, inbox=BROKEN)])

    assert (opened.host, opened.unavailable, opened.woken, opened.doubtful) == (HOST, True, True, False)
    assert (await get(conn)).failure is None


async def test_ht07_a_success_of_another_inbox_proves_nothing_of_the_one_that_failed(conn: Connection) -> None:
    await fail(conn, days=3)

    await circuit_breakers.save_success(conn, [DeliverySuccess(host=HOST, inbox=FINE)])

    assert (await get(conn)).failure == "down"
    assert await fetch_value(conn, "SELECT cardinality(failing_days) FROM server") == 3


async def test_ht07_a_host_that_takes_something_is_never_unavailable(conn: Connection) -> None:
    await fail(conn, days=6)
    await circuit_breakers.save_success(conn, [DeliverySuccess(host=HOST, inbox=FINE)])

    assert not await fail(conn, days=1, until=datetime.now(UTC).date() + timedelta(days=1))
    assert (await get(conn)).unavailable_since is None


async def test_ht07_when_a_host_comes_back_the_inbox_that_failed_is_asked_a_day_later(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    await fail(conn)
    await queue(conn, alice)
    await execute(conn, "UPDATE delivery SET inbox = $1", BROKEN)

    [opened] = await circuit_breakers.save_success(conn, [DeliverySuccess(host=HOST, inbox=FINE)])
    await held_deliveries.reopen(conn, [opened.host])

    assert (opened.unavailable, opened.doubtful) == (True, True)
    assert await fetch_value(conn, "SELECT due_at > now() + interval '23 hours' FROM delivery WHERE state = 'waiting'")


async def test_ht07_a_request_from_there_brings_a_probe_and_not_the_whole_queue(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    await fail(conn)
    for _ in range(3):
        await queue(conn, alice)

    await execute(conn, "UPDATE server SET probe_at = now() + interval '20 hours'")
    await servers.save_seen(conn, [HOST])
    await held_deliveries.probe(conn, at=datetime.now(UTC) + timedelta(seconds=1))

    states = await fetch_value(conn, "SELECT array_agg(state ORDER BY id) FROM delivery")
    assert states == ["waiting", "held", "held"]


async def test_ht07_refusals_tell_the_administrators_but_count_no_day(conn: Connection) -> None:
    for day in range(10):
        await save_failure(conn, HOST, f"forbids {day}", on=None, inbox=FINE, cause="forbidden")

    found = await get(conn)

    assert (found.state, found.failure, found.failure_cause) == ("failing", "forbids 9", "forbidden")
    assert found.unavailable_since is None and found.failing_since is None


async def test_many_failures_of_one_host_are_one_row_written(conn: Connection) -> None:
    today = datetime.now(UTC).date()
    await save_failure(conn, HOST, "down", on=today, inbox=FINE)
    before = await _count_writes(conn)
    failures = [
        Failure(host=HOST, error=f"down {n}", cause="timeout", day=today, inbox=f"{FINE}{n}", clock_seconds=n)
        for n in range(25)
    ]

    await circuit_breakers.save_failures(conn, failures)

    found = await get(conn)
    inboxes = await fetch_value(conn, "SELECT failing_inboxes FROM server WHERE host = $1", HOST)
    assert await _count_writes(conn) - before == 1
    assert (found.failure, found.failure_cause, found.clock_seconds) == ("down 24", "timeout", 24)
    assert len(inboxes) == 20 and FINE in inboxes


async def _count_writes(conn: Connection) -> int:
    counted: int = await fetch_value(
        conn, "SELECT n_tup_ins + n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'server'"
    )
    return counted


async def test_latency_moves_slowly_towards_what_is_measured(conn: Connection) -> None:
    figures = []
    for latency in (100, 500, 500):
        await circuit_breakers.save_success(conn, [DeliverySuccess(host=HOST, inbox=FINE, latency_ms=latency)])
        figures.append((await get(conn)).latency_ms)
        await execute(conn, "UPDATE server SET last_out_at = now() - interval '1 minute'")

    assert figures == [100, 200, 275]


async def test_who_is_slow_for_a_day_is_named_until_it_is_quick_again(conn: Connection) -> None:
    async def deliver(latency: int) -> SlowHost | None:
        await execute(conn, "UPDATE server SET last_out_at = now() - interval '1 minute'")
        await circuit_breakers.save_success(conn, [DeliverySuccess(host=HOST, inbox=FINE, latency_ms=latency)])
        return await circuit_breakers.find_slowest(conn)

    assert await deliver(9000) is None, "it was slow once"
    await execute(
        conn, "UPDATE server SET slow_since = now() - interval '3 days', last_out_at = now() - interval '3 days'"
    )
    assert await circuit_breakers.find_slowest(conn) is None, "and nothing left for it since"
    await execute(conn, "UPDATE server SET slow_since = now() - interval '3 days'")
    slow = await deliver(6000)
    assert slow is not None and (slow.host, slow.latency_ms) == (HOST, 8250)
    assert (datetime.now(UTC) - slow.slow_since).days == 3
    assert await deliver(100) is not None, "one quick answer does not make it quick"
    for _ in range(3):
        found = await deliver(100)
    assert found is None


async def test_busy_hosts_are_written_every_ten_seconds_only(conn: Connection) -> None:
    for latency in (100, 500):
        await circuit_breakers.save_success(conn, [DeliverySuccess(host=HOST, inbox=FINE, latency_ms=latency)])

    assert (await get(conn)).latency_ms == 100


async def test_failing_days_do_not_grow_for_ever(conn: Connection) -> None:
    await fail(conn, days=40)

    assert await fetch_value(conn, "SELECT cardinality(failing_days) FROM server") <= 14


async def test_what_is_paused_by_hand_waits_until_it_is_released(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    await queue(conn, alice)

    assert await held_deliveries.pause(conn, HOST) == 1
    await queue(conn, alice)
    assert await held_deliveries.probe(conn, at=datetime.now(UTC) + timedelta(days=2)) == 0
    assert await fetch_value(conn, "SELECT array_agg(DISTINCT state) FROM delivery") == ["held"]
    assert (await get(conn)).state == "paused"

    assert await held_deliveries.resume(conn, HOST) == 2
    assert (await get(conn)).state == "unknown"


async def test_a_success_on_the_way_does_not_open_what_is_paused(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    await fail(conn)
    await queue(conn, alice)
    await held_deliveries.pause(conn, HOST)

    await circuit_breakers.save_success(conn, [DeliverySuccess(host=HOST, inbox=BROKEN)])
    await held_deliveries.reopen(conn, [HOST])

    assert await fetch_value(conn, "SELECT state FROM delivery") == "held"


async def test_retry_now_asks_a_host_that_is_away_with_one_delivery(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    await fail(conn)
    for _ in range(3):
        await queue(conn, alice)
    at = datetime.now(UTC) + timedelta(seconds=1)

    assert await held_deliveries.retry_now(conn, HOST, at=at) == 1
    states = await fetch_value(conn, "SELECT array_agg(state ORDER BY id) FROM delivery")
    assert states == ["waiting", "held", "held"]


async def test_retry_now_makes_all_that_waits_due(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    for _ in range(2):
        await queue(conn, alice)
    await execute(conn, "UPDATE delivery SET due_at = now() + interval '6 hours'")

    assert await held_deliveries.retry_now(conn, HOST, at=datetime.now(UTC)) == 2
    assert await fetch_value(conn, "SELECT max(due_at) < now() + interval '1 minute' FROM delivery")
