"""Counters against guessing."""

from datetime import timedelta

import pytest

from models import attempts
from models.database import Connection, execute

HOUR = timedelta(hours=1)


async def test_tries_are_counted_by_key(conn: Connection) -> None:
    counted = [await attempts.count(conn, key, within=HOUR) for key in ("alice", "alice", "bob", "alice")]

    assert counted == [1, 2, 1, 3]


async def test_the_count_starts_again_after_its_period(conn: Connection) -> None:
    await attempts.count(conn, "alice", within=HOUR)
    await execute(conn, "UPDATE attempt SET ends_at = now() - interval '1 second'")

    assert await attempts.count(conn, "alice", within=HOUR) == 1
    assert await attempts.count(conn, "alice", within=HOUR) == 2


async def test_the_right_person_starts_again_from_nothing(conn: Connection) -> None:
    await attempts.count(conn, "alice", within=HOUR)

    await attempts.forget(conn, "alice")

    assert await attempts.count(conn, "alice", within=HOUR) == 1


async def test_old_counters_are_forgotten(conn: Connection) -> None:
    await attempts.count(conn, "alice", within=timedelta(seconds=-1))
    await attempts.count(conn, "bob", within=HOUR)

    assert await attempts.forget_old(conn) == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_visitor_is_known_by_the_network_that_she_cannot_change(address: str | None, network: str) -> None:
    assert attempts.network_of(address) == network
