"""What the cooperative decides about other servers, and what follows from it at once."""

from datetime import UTC, datetime, timedelta

import pytest

from models.people.actors import Actor
from models.servers import trust_levels
from models.servers.directory.reading import list_entries
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic.outbound import deliveries
from models.traffic.peer_traffic import find_peer
from outbox.servers import peers
from outbox.traffic import resend
from tests.factories import make_activity, make_follow, make_local_actor, make_remote_actor

HENIN = "henin.test"


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, whom Bob of Hénin follows, and whose activity is on its way to him."""
    alice = await make_local_actor(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    await deliveries.schedule(
        conn,
        activity_id=await make_activity(conn, alice),
        actor_id=alice.id,
        named_ids=[],
        followed_ids=[alice.id],
    )
    return alice


async def states(conn: Connection) -> list[str]:
    return list(await fetch_column(conn, "SELECT state FROM delivery ORDER BY id"))


async def test_what_waits_for_a_server_set_aside_is_cancelled(conn: Connection, alice: Actor) -> None:
    await peers.trust(conn, HENIN, "aside", note="Pourriels")

    assert await states(conn) == ["cancelled"]
    assert not await trust_levels.is_welcome(conn, HENIN)


async def test_whoever_is_vouched_for_is_a_friend_and_stays_one(conn: Connection) -> None:
    await peers.vouch(conn, HENIN)
    [vouched] = await list_entries(conn)

    await peers.withdraw_vouch(conn, HENIN)

    [entry] = await list_entries(conn)
    server = await find_peer(conn, HENIN)
    assert vouched.vouched and not entry.vouched
    assert server is not None and server.level == "friend"


async def test_strangers_are_refused_with_or_without_their_server(conn: Connection) -> None:
    await peers.refuse_strangers(conn, HENIN, aside=False)
    assert await trust_levels.is_welcome(conn, HENIN)

    await peers.refuse_strangers(conn, HENIN, aside=True)
    assert not await trust_levels.is_welcome(conn, HENIN)


async def test_what_is_held_leaves_when_it_is_released(conn: Connection, alice: Actor) -> None:
    assert await peers.hold(conn, HENIN) == 1
    assert await states(conn) == ["held"]

    assert await peers.release(conn, HENIN) == 1
    assert await states(conn) == ["waiting"]


async def test_catching_up_sends_what_failed_and_what_waits(conn: Connection, alice: Actor) -> None:
    now = datetime.now(UTC)
    await execute(conn, "UPDATE delivery SET state = 'failed', finished_at = now()")
    await deliveries.schedule(
        conn, activity_id=await make_activity(conn, alice), actor_id=alice.id, named_ids=[], followed_ids=[alice.id]
    )
    await execute(conn, "UPDATE delivery SET due_at = now() + interval '1 hour' WHERE state = 'waiting'")

    queued = await resend.catch_up(conn, HENIN, since=now - timedelta(days=1), at=now)

    assert queued == 1
    assert await fetch_value(conn, "SELECT count(*) FROM delivery WHERE state = 'waiting' AND due_at <= $1", now) == 2
