"""Inboxes that say to be no more."""

from datetime import UTC, datetime, timedelta

from models.store.database import Connection
from models.traffic.outbound import gone_actors
from tests.factories import make_follow, make_member, make_remote_actor


async def test_ht08_an_inbox_that_is_gone_ends_follows_after_a_day_or_a_month(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    now = datetime.now(UTC)

    assert await gone_actors.save(conn, bob.inbox, certain=True, at=now) == 0
    assert await gone_actors.save(conn, bob.inbox, certain=False, at=now + timedelta(days=29)) == 0
    await gone_actors.forget(conn, [bob.inbox])
    assert await gone_actors.save(conn, bob.inbox, certain=True, at=now + timedelta(days=30)) == 0
    assert await gone_actors.save(conn, bob.inbox, certain=True, at=now + timedelta(days=31, minutes=1)) == 1


async def test_ht08_one_410_after_a_404_is_not_yet_the_end(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    now = datetime.now(UTC)

    assert await gone_actors.save(conn, bob.inbox, certain=False, at=now) == 0
    assert await gone_actors.save(conn, bob.inbox, certain=True, at=now + timedelta(days=2)) == 0
    assert await gone_actors.save(conn, bob.inbox, certain=True, at=now + timedelta(days=2, hours=23)) == 0
    assert await gone_actors.save(conn, bob.inbox, certain=True, at=now + timedelta(days=3, minutes=1)) == 1


async def test_ht08_a_404_is_waited_out_for_thirty_days(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    now = datetime.now(UTC)

    assert await gone_actors.save(conn, bob.inbox, certain=False, at=now) == 0
    assert await gone_actors.save(conn, bob.inbox, certain=False, at=now + timedelta(days=29)) == 0
    assert await gone_actors.save(conn, bob.inbox, certain=False, at=now + timedelta(days=30, minutes=1)) == 1
