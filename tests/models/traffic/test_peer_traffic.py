"""What administrators watch: order, counts, states, clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.servers import circuit_breakers, servers
from models.servers.circuit_breakers import DeliverySuccess
from models.store.database import Connection, execute
from models.traffic import peer_traffic
from models.traffic.outbound import deliveries, held_deliveries
from models.traffic.peer_traffic import Peer, PeerState, Selection
from tests.factories import make_activity, make_local_actor, make_remote_actor, save_failure

NOW = datetime.now(UTC)


async def hear(conn: Connection, *hosts: str) -> None:
    """Something came from these."""
    await servers.save_seen(conn, list(hosts))


async def test_what_is_in_the_queue_is_counted_for_each_server(conn: Connection) -> None:
    alice = await make_local_actor(conn)
    for host, states in {"arras.test": ("waiting", "failed", "failed"), "lens.test": ("held", "done")}.items():
        bob = await make_remote_actor(conn, "bob", host)
        for state in states:
            activity = await make_activity(conn, alice)
            await deliveries.schedule(
                conn, activity_id=activity, actor_id=alice.id, named_ids=[bob.id], followed_ids=[]
            )
            await execute(conn, "UPDATE delivery SET state = $2, error = 'x' WHERE activity_id = $1", activity, state)
    await hear(conn, "arras.test", "lens.test")

    found = {one.host: one for one in await peer_traffic.list_peers(conn)}

    assert [(one.waiting, one.held, one.failed) for one in (found["arras.test"], found["lens.test"])] == [
        (1, 0, 2),
        (0, 1, 0),
    ]
    assert [one.state for one in await peer_traffic.list_failed_deliveries(conn, "arras.test")] == ["failed", "failed"]


async def test_those_that_need_somebody_come_first_and_those_set_aside_last(conn: Connection) -> None:
    await hear(conn, "well.test", "paused.test", "failing.test", "away.test")
    await servers.save_level(conn, "aside.test", "aside")
    await held_deliveries.pause(conn, "paused.test")
    await save_failure(conn, "failing.test", "down", on=NOW.date())
    for day in range(7):
        await save_failure(conn, "away.test", "down", on=(NOW - timedelta(days=day)).date())

    found = await peer_traffic.list_peers(conn)

    assert [(one.host, one.state) for one in found] == [
        ("paused.test", "paused"),
        ("away.test", "unavailable"),
        ("failing.test", "failing"),
        ("well.test", "well"),
        ("aside.test", "aside"),
    ]
    assert [one.host for one in await peer_traffic.list_peers(conn, limit=2, offset=3)] == ["well.test", "aside.test"]


@pytest.mark.parametrize(
    ("selection", "search", "hosts"),
    [
        ("trouble", "", ["failing.test"]),
        ("friend", "", ["friend.test"]),
        ("aside", "", ["aside.test"]),
        ("all", "FRIEND", ["friend.test"]),
        ("all", "%", []),
    ],
)
async def test_servers_are_chosen_and_searched(
    conn: Connection, selection: Selection, search: str, hosts: list[str]
) -> None:
    await servers.save_level(conn, "friend.test", "friend")
    await servers.save_level(conn, "aside.test", "aside")
    await save_failure(conn, "failing.test", "down", on=NOW.date())

    found = await peer_traffic.list_peers(conn, selection=selection, search=search)

    assert [one.host for one in found] == hosts


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "unknown"),
        ({"last_in_at": NOW}, "well"),
        ({"failure": "down", "last_failure_at": NOW}, "failing"),
        ({"failure": "down", "last_failure_at": NOW, "last_out_at": NOW - timedelta(days=1)}, "failing"),
        ({"failure": "down", "last_failure_at": NOW, "last_out_at": NOW + timedelta(days=1)}, "well"),
        ({"unavailable_since": NOW}, "unavailable"),
        ({"unavailable_since": NOW, "paused_at": NOW}, "paused"),
        ({"level": "aside", "paused_at": NOW}, "aside"),
    ],
)
def test_the_circuit_is_one_word(changes: dict[str, Any], state: PeerState) -> None:
    assert Peer(**({"host": "henin.test", "level": "reader"} | changes)).state == state


@pytest.mark.parametrize(("seconds", "off"), [(None, None), (299, None), (-301, -301), (2820, 2820)])
def test_a_few_minutes_are_no_wrong_clock(seconds: int | None, off: int | None) -> None:
    assert Peer(host="henin.test", level="reader", clock_seconds=seconds).clock_off == off


@pytest.mark.parametrize(
    ("clocks", "own"), [([7200, 7205], None), ([7200, 7205, 7190], 7200), ([7200, 0, 3], None), ([-3000] * 4, -3000)]
)
async def test_when_the_others_agree_it_is_our_clock_that_is_wrong(
    conn: Connection, clocks: list[int], own: int | None
) -> None:
    for number, seconds in enumerate(clocks):
        await circuit_breakers.save_success(
            conn, [DeliverySuccess(host=f"host{number}.test", inbox="https://host.test/inbox", clock_seconds=seconds)]
        )

    assert await peer_traffic.find_own_clock(conn) == own


async def test_a_cooperative_is_asked_about_before_anybody_else(conn: Connection) -> None:
    await make_remote_actor(conn, "coop", "henin.test", type="Organization")
    await make_remote_actor(conn, "bob", "henin.test")

    found = await peer_traffic.find_known_actor(conn, "henin.test")

    assert found is not None and found.username == "coop"
    assert await peer_traffic.find_known_actor(conn, "lens.test") is None


async def test_server_of_a_cooperative_goes_by_its_name(conn: Connection) -> None:
    await execute(conn, "INSERT INTO server (host, name) VALUES ('lens.test', 'NodeInfo'), ('arras.test', 'Arras')")
    await make_remote_actor(conn, "coop", "lens.test", type="Organization", name="La Gaillette")

    named = {one.host: one.name for one in await peer_traffic.list_peers(conn)}
    found = await peer_traffic.list_peers(conn, search="gaillette")
    one = await peer_traffic.find_peer(conn, "lens.test")

    assert named == {"lens.test": "La Gaillette", "arras.test": "Arras"}
    assert [peer.host for peer in found] == ["lens.test"]
    assert one and one.name == "La Gaillette"
