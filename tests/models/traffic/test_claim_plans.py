"""What a claim reads stays in proportion to what waits, although PostgreSQL last looked when nothing waited."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from models.store.database import Connection, execute, fetch_value
from models.traffic.inbound import received
from models.traffic.outbound import deliveries
from tests.explaining import Explaining
from tests.factories import make_activity, make_local_actor, make_remote_actor

FINISHED, WAITING = 2_000, 3_000

_RECEIVED = """
    INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, state, finished_at)
    SELECT n, 'https://h.test/a/' || n, '', 'Create', 'https://h.test/users/p' || n % 300, 'h.test', '', $3,
        CASE WHEN $3 = 'done' THEN now() END
    FROM generate_series($1::int + 1, $1::int + $2::int) AS n
"""

_DELIVERIES = """
    INSERT INTO delivery (activity_id, actor_id, inbox, host, state, due_at, finished_at)
    SELECT $1::bigint, $5::bigint + n / 150, 'https://h' || n || '.test/inbox', 'h' || n % 150 || '.test', $4, $6,
        CASE WHEN $4 = 'done' THEN now() END
    FROM generate_series($2::int + 1, $2::int + $3::int) AS n
"""


async def count_pages(conn: Connection, claim: Callable[[Connection], Awaitable[Any]]) -> tuple[int, int]:
    """Pages that a claim touches, and how many rows it takes once it was explained."""
    explaining = Explaining(cast(Any, conn))
    await claim(cast(Any, explaining))
    return explaining.pages, explaining.rows


async def test_what_came_in_is_claimed_without_reading_for_each_all_that_waits(conn: Connection) -> None:
    await execute(conn, _RECEIVED, 0, FINISHED, "done")
    await execute(conn, "ANALYZE received")
    await execute(conn, _RECEIVED, FINISHED, WAITING, "waiting")

    at = datetime.now(UTC) + timedelta(minutes=1)
    pages, _ = await count_pages(conn, lambda on: received.claim(on, worker=uuid4(), limit=200, at=at))

    assert pages < 15 * 200 + WAITING


async def test_deliveries_are_claimed_without_reading_for_each_all_that_waits(conn: Connection) -> None:
    activity_id = await make_activity(conn, alice := await make_local_actor(conn))
    now = datetime.now(UTC)
    await execute(conn, _DELIVERIES, activity_id, 0, FINISHED, "done", alice.id, now)
    await execute(conn, "ANALYZE delivery")
    await execute(conn, _DELIVERIES, activity_id, FINISHED, WAITING, "waiting", alice.id, now)

    at = datetime.now(UTC) + timedelta(minutes=1)
    pages, _ = await count_pages(conn, lambda on: deliveries.claim(on, worker=uuid4(), limit=100, at=at))

    assert pages < 20 * 100 + 3 * WAITING


async def test_what_is_planned_reads_its_own_lanes_and_not_all_that_waits_for_each(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    others = await make_activity(conn, alice)
    now, readers = datetime.now(UTC), [await make_remote_actor(conn, "bob", f"h{number}.test") for number in range(20)]
    await execute(conn, _DELIVERIES, others, 0, FINISHED, "done", alice.id + 1, now)
    await execute(conn, "ANALYZE delivery")
    await execute(conn, _DELIVERIES, others, FINISHED, WAITING, "waiting", alice.id + 1, now)
    told, gone = await make_activity(conn, alice, object_uri="a"), await make_activity(conn, alice, object_uri="a")

    def plan(on: Connection) -> Awaitable[Any]:
        ids = [one.id for one in readers]
        return deliveries.schedule(on, activity_id=told, actor_id=alice.id, named_ids=ids, followed_ids=[])

    def plan_deletion(on: Connection) -> Awaitable[Any]:
        return deliveries.schedule_to_recipients_of(on, activity_id=gone, actor_id=alice.id, object_uri="a")

    assert (await count_pages(conn, plan))[0] < 2_000
    assert (await count_pages(conn, plan_deletion))[0] < 2_000


async def test_deliveries_that_wait_for_later_are_not_read(conn: Connection) -> None:
    activity_id = await make_activity(conn, alice := await make_local_actor(conn))
    at = datetime.now(UTC) + timedelta(minutes=1)
    await execute(conn, _DELIVERIES, activity_id, 0, FINISHED, "done", alice.id, at)
    await execute(conn, "ANALYZE delivery")
    await execute(conn, _DELIVERIES, activity_id, FINISHED, 20_000, "waiting", alice.id, at + timedelta(hours=1))
    await execute(conn, _DELIVERIES, activity_id, 30_000, 10, "waiting", alice.id, at)

    pages, _ = await count_pages(conn, lambda on: deliveries.claim(on, worker=uuid4(), limit=100, at=at))

    assert await fetch_value(conn, "SELECT count(*) FROM delivery WHERE claimed_until > $1", at) == 10
    assert pages < 20_000 / 10
