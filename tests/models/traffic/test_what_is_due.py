"""Whether something waits is asked before what works through it is read."""

from datetime import UTC, datetime, timedelta

from models.store.database import Connection
from models.traffic import backfills, queue_lengths
from models.traffic.inbound import received
from models.traffic.inbound.received import NewReceived


async def test_what_came_in_is_due_until_it_is_done_or_somebody_works_on_it(conn: Connection) -> None:
    now = datetime.now(UTC) + timedelta(seconds=1)
    assert not await queue_lengths.is_received_due(conn, at=now)
    new = NewReceived(
        activity_uri="https://henin.test/activities/1",
        body_hash=b"1",
        type="Like",
        actor_uri="https://henin.test/users/bob",
        host="henin.test",
        body=b"{}",
    )

    await received.enqueue_many(conn, [new])

    assert await queue_lengths.is_received_due(conn, at=now)
    await conn.execute("UPDATE received SET claimed_until = $1", now + timedelta(seconds=30))
    assert not await queue_lengths.is_received_due(conn, at=now)
    assert await queue_lengths.is_received_due(conn, at=now + timedelta(seconds=31))
    await conn.execute("UPDATE received SET claimed_until = NULL, due_at = $1", now + timedelta(minutes=1))
    assert not await queue_lengths.is_received_due(conn, at=now)


async def test_an_absence_is_over_once_and_a_life_goes_on_unnoticed(conn: Connection) -> None:
    await conn.execute("DELETE FROM last_alive")
    assert await backfills.is_absence_over(conn), "the first time"
    await backfills.end_absence(conn)
    assert not await backfills.is_absence_over(conn)

    for away, over in ((timedelta(minutes=2), False), (timedelta(hours=2), True)):
        await conn.execute("UPDATE last_alive SET at = now() - $1::interval", away)
        assert await backfills.is_absence_over(conn) is over
        fresh = await conn.fetchval("SELECT at > now() - interval '1 second' FROM last_alive")
        assert fresh is not over
