"""How other servers do, and how far they are trusted."""

from datetime import UTC, datetime, timedelta

from models.servers import circuit_breakers, servers
from models.store.database import Connection, execute, fetch_value
from models.traffic import peer_traffic
from tests.factories import save_failure


def arrive(*hosts: str) -> list[circuit_breakers.DeliverySuccess]:
    """A delivery to the shared inbox of each."""
    return [circuit_breakers.DeliverySuccess(host=host, inbox=f"https://{host}/inbox") for host in hosts]


async def test_ht07_a_host_is_unavailable_after_seven_days_of_failing(conn: Connection) -> None:
    today = datetime.now(UTC).date()

    told = [await save_failure(conn, "henin.test", "down", on=today - timedelta(days=day)) for day in range(8)]

    assert told == [False] * 6 + [True, False]
    server = await peer_traffic.find_peer(conn, "henin.test")
    assert server is not None and server.unavailable_since is not None and server.probe_at is not None


async def test_ht07_failing_often_on_one_day_is_one_day(conn: Connection) -> None:
    today = datetime.now(UTC).date()

    assert not any([await save_failure(conn, "henin.test", "down", on=today) for _ in range(20)])


async def test_ht07_a_success_forgets_failures_and_opens_the_host_once(conn: Connection) -> None:
    today = datetime.now(UTC).date()
    for day in range(7):
        await save_failure(conn, "henin.test", "down", on=today - timedelta(days=day))

    [opened] = await circuit_breakers.save_success(conn, arrive("arras.test", "henin.test"))
    assert (opened.host, opened.unavailable) == ("henin.test", True)
    assert await circuit_breakers.save_success(conn, arrive("arras.test", "henin.test")) == []

    server = await peer_traffic.find_peer(conn, "henin.test")
    assert server is not None and server.failure is None and server.failing_since is None


async def test_ht07_a_host_that_speaks_again_is_probed_at_once_but_not_over_and_over(conn: Connection) -> None:
    today = datetime.now(UTC).date()
    for day in range(7):
        await save_failure(conn, "henin.test", "down", on=today - timedelta(days=day))
    await execute(conn, "UPDATE server SET probe_at = now() + interval '20 hours'")

    await servers.save_seen(conn, ["henin.test"])
    assert await fetch_value(conn, "SELECT probe_at <= now() FROM server")

    await execute(conn, "UPDATE server SET probe_at = now() + interval '24 hours', last_in_at = NULL")
    await servers.save_seen(conn, ["henin.test"])
    assert await fetch_value(conn, "SELECT probe_at > now() FROM server")
