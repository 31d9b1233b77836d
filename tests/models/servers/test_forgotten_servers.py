"""Servers with which nobody has to do any more are forgotten, and nothing that somebody decided about one."""

from datetime import timedelta

import pytest

from models.servers import forgotten_servers
from models.servers.forgotten_servers import KEPT, forget_strangers
from models.store.database import Connection, execute, fetch_column
from tests.factories import make_remote_actor

OLD = KEPT + timedelta(days=1)


async def meet(conn: Connection, host: str = "henin.test") -> None:
    """A server of which nothing was heard since."""
    await execute(conn, "INSERT INTO server (host, first_seen_at) VALUES ($1, now() - $2::interval)", host, OLD)


async def list_there(conn: Connection) -> list[str]:
    return await fetch_column(conn, "SELECT host FROM server ORDER BY host")


async def test_a_server_without_anybody_goes_and_the_one_of_somebody_stays(conn: Connection) -> None:
    await meet(conn)
    await meet(conn, "arras.test")
    await make_remote_actor(conn, host="arras.test")

    assert await forget_strangers(conn) == 1

    assert await list_there(conn) == ["arras.test"]


@pytest.mark.parametrize(
    "told",
    [
        "level = 'aside'", "level = 'friend'", "listed = true", "note = 'nous en parlons lundi'", "paused_at = now()",
        "public_reason = 'publicités'", "level_at = now()", "released_at = now()", "no_private = true",
        "last_in_at = now()", "last_out_at = now()", "last_failure_at = now()",
    ],
)  # fmt: skip
async def test_what_was_decided_or_heard_lately_keeps_a_server(conn: Connection, told: str) -> None:
    await meet(conn)
    await conn.execute(f"UPDATE server SET {told}")

    assert await forget_strangers(conn) == 0


@pytest.mark.parametrize(
    "row",
    [
        "INSERT INTO known_host (host, why) VALUES ('henin.test', 'answered')",
        "INSERT INTO territory (host, domain) VALUES ('henin.test', 'henin.test')",
        "INSERT INTO waiting_host (host, domain) VALUES ('henin.test', 'henin.test')",
        "INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body)"
        " VALUES (1, 'x', 'x', 'Like', 'x', 'henin.test', 'x')",
        *(
            "INSERT INTO delivery (activity_id, actor_id, inbox, host, state)"
            f" VALUES (1, 1, 'x', 'henin.test', '{state}')"
            for state in ("waiting", "held", "failed")
        ),
    ],
)
async def test_what_waits_or_is_known_keeps_a_server(conn: Connection, row: str) -> None:
    await meet(conn)
    await execute(conn, "SET LOCAL session_replication_role = replica")
    await conn.execute(row)

    assert await forget_strangers(conn) == 0


async def test_many_servers_are_looked_at_in_turns(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        await meet(conn, f"h{number}.test")
    monkeypatch.setattr(forgotten_servers, "LOOKED_AT", 2)

    went = [await forget_strangers(conn) for _ in range(3)]

    assert went == [2, 2, 1]
