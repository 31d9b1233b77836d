"""Seconds that go by at once disturb no worker that runs meanwhile."""

import asyncio

from models.store.database import Pool, connection, execute, fetch_column, transaction
from models.traffic.inbound import received
from models.traffic.inbound.received import NewReceived
from tests.elapsing import pass_seconds
from tests.eventually import eventually


async def test_seconds_pass_beside_a_worker_that_takes_rows_in_another_order(pool: Pool) -> None:
    news = [
        NewReceived(
            activity_uri=f"https://a.test/{n}", body_hash=b"", type="Like", actor_uri="", host="a.test", body=b""
        )
        for n in range(2)
    ]
    async with transaction(pool) as conn:
        await received.enqueue_many(conn, news)
        first, last = await fetch_column(conn, "SELECT id FROM received ORDER BY id")
    hold = "UPDATE received SET attempts = 1 WHERE id = $1"

    async def is_waited_for() -> bool:
        async with connection(pool) as conn:
            return bool(await fetch_column(conn, "SELECT pid FROM pg_locks WHERE NOT granted"))

    async with connection(pool) as clock, transaction(pool) as worker:
        await execute(worker, hold, last)
        passing = asyncio.create_task(pass_seconds(clock, 30))
        await eventually(is_waited_for)
        await execute(worker, hold, first)
    async with asyncio.timeout(10):
        await passing

    async with connection(pool) as conn:
        past = await fetch_column(conn, "SELECT due_at < now() - interval '29 seconds' FROM received")
        tries = await fetch_column(conn, "SELECT attempts FROM received")
    assert (past, tries) == ([True, True], [1, 1])
