"""What asks for deliveries that wait or are held reads these, and not all that were ever sent."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from models.coop import overdue, pending_operation
from models.people import actors
from models.servers import private_hosts, trust_levels
from models.store.database import Connection, execute, fetch_value
from models.traffic import peer_traffic
from tests.factories import make_activity, make_local_actor, make_remote_actor

FINISHED = 3_000

HOST = "henin.test"

Act = Callable[[Connection, int], Awaitable[object]]

ACTS: dict[str, Act] = {
    "somebody is gone": actors.delete,
    "what is overdue": lambda conn, _: overdue.map_overdue(conn),
    "what waits for the team": lambda conn, _: pending_operation.find_servers(conn),
    "nothing private any more": lambda conn, _: private_hosts.withhold(conn, HOST),
    "decisions": lambda conn, _: trust_levels.put_into_effect(conn, [HOST]),
    "whom a decision would reach": lambda conn, _: trust_levels.list_reach(conn, [HOST]),
    "what failed": lambda conn, _: peer_traffic.list_failed_deliveries(conn, HOST),
}


async def count_read(conn: Connection) -> int:
    """Rows of what was sent and of what came in that were looked at in this transaction."""
    read = """
        SELECT sum(seq_tup_read + idx_tup_fetch)::bigint FROM pg_stat_xact_user_tables
        WHERE relname = 'delivery' OR relname = 'received'
    """
    return int(await fetch_value(conn, read))


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("name", ACTS)
async def test_what_is_finished_is_not_read(conn: Connection, name: str, mode: str) -> None:
    bob = await make_remote_actor(conn, "bob")
    activity_id = await make_activity(conn, alice := await make_local_actor(conn))
    for state, count in (("done", FINISHED), ("waiting", 3), ("held", 3)):
        await execute(
            conn,
            """
            INSERT INTO delivery (activity_id, actor_id, inbox, host, state)
            SELECT $1, $2, $3 || '/' || $4 || n, $5, $4 FROM generate_series(1, $6::int) AS n
            """,
            activity_id,
            alice.id,
            bob.inbox,
            state,
            bob.host,
            count,
        )
        await execute(
            conn,
            """
            INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, state, finished_at)
            SELECT nextval('delivery_id_seq'), $1 || n, '', 'Create', $1, $2, '', $3,
                CASE WHEN $3 = 'done' THEN now() END
            FROM generate_series(1, $4::int) AS n
            """,
            f"https://henin.test/{uuid4()}/",
            bob.host,
            state,
            count,
        )
    await execute(
        conn,
        """
        INSERT INTO server (host, failure, unavailable_since, level, last_failure_at)
        VALUES ($1, 'it is gone', now(), 'friend', now())
        ON CONFLICT (host) DO UPDATE SET failure = 'it is gone', unavailable_since = now(), level = 'friend'
        """,
        bob.host,
    )
    await execute(conn, "ANALYZE delivery, received")
    await execute(conn, "SELECT set_config('plan_cache_mode', $1, true)", mode)
    before = await count_read(conn)

    await ACTS[name](conn, bob.id)

    assert await count_read(conn) - before < 200
