"""What arrives tells of the others that wait for its host; the chore that asks unavailable hosts again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

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


SHARED, OWN = "https://henin.test/inbox", "https://henin.test/users/dora/inbox"


@pytest.mark.parametrize(
    ("failed", "due"),
    [(SHARED, ["anna", "dora", "eva"]), (OWN, ["anna", "dora"])],
    ids=["the inbox that failed takes something", "another inbox does, and the one that failed is asked once"],
)
async def test_when_something_arrives_what_waits_for_its_host_is_due(
    conn: Connection, failed: str, due: list[str]
) -> None:
    now, bob = datetime.now(UTC), await make_remote_actor(conn)
    for name in ("alice", "anna", "dora", "eva"):
        author = await make_local_actor(conn, name)
        activity = await make_activity(conn, author)
        await deliveries.schedule(conn, activity_id=activity, actor_id=author.id, named_ids=[bob.id], followed_ids=[])
    first, *others = await deliveries.claim(conn, worker=uuid4(), limit=4, at=now + timedelta(seconds=1))
    for other in others:
        await deliveries.retry(conn, other.id, status=None, error="down", due_at=now + timedelta(hours=9))
    await execute(conn, "UPDATE delivery SET inbox = $1 WHERE id = ANY($2)", OWN, [one.id for one in others[1:]])
    await save_failure(conn, "henin.test", "down", on=now.date(), inbox=failed)

    await save_sent(conn, [Delivered(delivery=first)], at=now)

    found = await fetch_column(
        conn,
        """
        SELECT a.username FROM delivery d JOIN actor a ON a.id = d.actor_id
        WHERE d.state = 'waiting' AND d.due_at <= $1 ORDER BY d.id
        """,
        now,
    )
    assert found == due
