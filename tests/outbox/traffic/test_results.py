"""What arrives tells of the others that wait for its host; the chore that asks unavailable hosts again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from federation.instance import Instance
from models.servers import circuit_breakers
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute, fetch_column
from models.traffic.outbound import deliveries, held_deliveries
from outbox.traffic.outcomes import Delivered
from outbox.traffic.results import probe_hosts, save_sent
from tests.factories import HERE, make_activity, make_follow, make_local_actor, make_remote_actor, save_failure
from tests.fediverse import FakeFediverse


async def test_ht07_each_unavailable_host_is_asked_once_a_day_and_what_is_too_old_fails(
    pool: Pool, tmp_path: Path
) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())
    async with connection(pool) as conn:
        alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
        await make_follow(conn, bob, alice)
        for _ in range(3):
            activity = await make_activity(conn, alice)
            await deliveries.schedule(
                conn, activity_id=activity, actor_id=alice.id, named_ids=[], followed_ids=[alice.id]
            )
        for day in range(circuit_breakers.FAILING_DAYS):
            await save_failure(conn, bob.host, "down", on=(datetime.now(UTC) - timedelta(days=day)).date())
        await held_deliveries.hold(conn, bob.host)
        await execute(conn, "UPDATE server SET probe_at = now()")
        await execute(
            conn,
            "UPDATE delivery SET created_at = now() - interval '11 days' WHERE id = (SELECT min(id) FROM delivery)",
        )

    assert await probe_hosts(instance) == 1
    assert await probe_hosts(instance) == 0

    states = [row["state"] for row in await pool.fetch("SELECT state FROM delivery ORDER BY id")]
    assert states == ["failed", "waiting", "held"]
