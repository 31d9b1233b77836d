"""The queue of what came in: once each, in order per actor, taken again when a worker dies."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from models.errors import Unavailable
from models.store.database import Connection, Pool, execute, fetch_value
from models.store.write_batcher import WriteBatcher
from models.traffic.inbound import received
from models.traffic.inbound.received import NewReceived, Received, enqueue_many
from tests.database_queries import enqueue_one
from tests.factories import make_remote_actor


def make_new(number: int = 1, actor: str = "bob", body: bytes = b"{}") -> NewReceived:
    """An activity as it came in."""
    return NewReceived(
        activity_uri=f"https://henin.test/activities/{number}",
        body_hash=hashlib.sha256(body).digest(),
        type="Create",
        actor_uri=f"https://henin.test/users/{actor}",
        host="henin.test",
        body=body,
    )


async def claim(
    conn: Connection, *, seconds: float = 0, limit: int = 100, worker: UUID | None = None
) -> list[Received]:
    """What a worker gets so many seconds from now."""
    at = datetime.now(UTC) + timedelta(seconds=1 + seconds)
    return await received.claim(conn, worker=worker or uuid4(), limit=limit, at=at)


async def test_the_same_activity_twice_is_kept_once(conn: Connection) -> None:
    assert await enqueue_one(conn, make_new())

    assert not await enqueue_one(conn, make_new())
    assert await enqueue_one(conn, make_new(body=b"another body"))


async def test_copies_within_one_batch_are_kept_once(conn: Connection) -> None:
    assert await received.enqueue_many(conn, [make_new(), make_new(), make_new(2)]) == 2


async def test_activities_are_claimed_in_the_order_they_came(conn: Connection) -> None:
    for number in (1, 2, 3):
        await enqueue_one(conn, make_new(number))

    assert [row.activity_uri[-1] for row in await claim(conn)] == ["1", "2", "3"]


async def test_an_actors_activities_come_in_their_order_whatever_their_turns(conn: Connection) -> None:
    now = datetime.now(UTC)
    for number, seconds in ((1, -10), (2, -20), (3, 0)):
        await enqueue_one(conn, replace(make_new(number), turn=now + timedelta(seconds=seconds)))
    claimed = []

    while rows := await claim(conn):
        claimed.append([row.activity_uri[-1] for row in rows])
        for row in rows:
            await received.finish(conn, row.id)

    assert claimed == [["1"], ["2", "3"]]


async def test_an_actor_in_somebodys_hands_is_left_alone(conn: Connection) -> None:
    await enqueue_one(conn, make_new(1))
    await enqueue_one(conn, make_new(2))
    await enqueue_one(conn, make_new(3, "carl"))

    first = await claim(conn, limit=1)
    rest = await claim(conn)

    assert [row.activity_uri[-1] for row in first + rest] == ["1", "3"]


async def test_what_a_dead_worker_held_is_taken_again_in_order(conn: Connection) -> None:
    for number in (1, 2):
        await enqueue_one(conn, make_new(number))
    await claim(conn, limit=1)

    again = await claim(conn, seconds=31)

    assert [(row.activity_uri[-1], row.attempts) for row in again] == [("1", 2), ("2", 1)]


async def test_a_renewed_claim_is_kept(conn: Connection) -> None:
    await enqueue_one(conn, make_new())
    worker = uuid4()
    [row] = await claim(conn, worker=worker)

    await received.renew(conn, worker=worker, ids=[row.id], at=datetime.now(UTC) + timedelta(seconds=20))

    assert await claim(conn, seconds=35) == []


async def test_what_is_done_is_not_claimed_again(conn: Connection) -> None:
    for number in (1, 2, 3):
        await enqueue_one(conn, make_new(number))
    done, ignored, failed = await claim(conn)

    await received.finish(conn, done.id)
    await received.finish(conn, ignored.id, ignored="nobody here is concerned")
    await received.give_up(conn, failed.id, error="broken")

    assert await claim(conn, seconds=60) == []
    assert await fetch_value(conn, "SELECT error FROM received WHERE state = 'ignored'") == "nobody here is concerned"


async def test_a_retry_does_not_hold_up_what_came_later(conn: Connection) -> None:
    await enqueue_one(conn, make_new(1))
    [row] = await claim(conn)
    await received.retry(conn, row.id, error="cannot fetch", due_at=datetime.now(UTC) + timedelta(minutes=1))
    await enqueue_one(conn, make_new(2))

    assert [row.activity_uri[-1] for row in await claim(conn)] == ["2"]
    assert [row.activity_uri[-1] for row in await claim(conn, seconds=90)] == ["1", "2"]


async def test_fifty_parallel_copies_are_committed_once(pool: Pool) -> None:
    intake = WriteBatcher(pool, enqueue_many)

    await asyncio.gather(*(intake.put(make_new()) for _ in range(50)), *(intake.put(make_new(n)) for n in range(9)))

    assert await pool.fetchval("SELECT count(*) FROM received") == 9


async def test_a_request_cut_off_does_not_take_others_with_it(pool: Pool) -> None:
    intake = WriteBatcher(pool, enqueue_many)
    cut = asyncio.create_task(intake.put(make_new(1)))
    other = asyncio.create_task(intake.put(make_new(2)))
    await asyncio.sleep(0)

    cut.cancel()
    await other

    assert await pool.fetchval("SELECT count(*) FROM received WHERE activity_uri LIKE '%/2'") == 1


async def test_without_a_database_nothing_is_acknowledged(pool: Pool) -> None:
    intake = WriteBatcher(pool, enqueue_many)
    await pool.close()

    with pytest.raises(Unavailable):
        await intake.put(make_new())


async def test_d16_what_outlived_two_workers_is_given_alone_to_one_that_does_nothing_else(conn: Connection) -> None:
    for number, actor in ((1, "bob"), (2, "carl"), (3, "dora")):
        await enqueue_one(conn, make_new(number, actor))
    for seconds in (0, 31):
        assert len(await claim(conn, seconds=seconds)) == 3
    await enqueue_one(conn, make_new(4, "eve"))
    at = datetime.now(UTC) + timedelta(seconds=63)

    busy = await received.claim(conn, worker=uuid4(), limit=100, at=at, busy=True)
    alone = [(await received.claim(conn, worker=uuid4(), limit=100, at=at)) for _ in range(4)]

    assert busy == [], "what it holds would die with it"
    assert [[(row.activity_uri[-1], row.deaths) for row in rows] for rows in alone] == [
        [("1", 2)], [("2", 2)], [("3", 2)], [("4", 0)]
    ]  # fmt: skip


async def test_an_end_that_is_written_down_is_no_death(conn: Connection) -> None:
    await enqueue_one(conn, make_new())
    for _ in range(6):
        [row] = await claim(conn, seconds=100)
        await received.retry(conn, row.id, error="not yet", due_at=datetime.now(UTC))

    assert [row.deaths for row in await claim(conn, seconds=200)] == [0]


@pytest.mark.parametrize(
    ("type", "marks", "known"),
    [
        ("Create", "deleted_at = NULL", True),
        ("Create", "deleted_at = now()", False),
        ("Delete", "deleted_at = now()", True),
        ("Create", "deleted_at = now(), suspended_at = now()", True),
    ],
    ids=["living", "deleted", "their end", "deleted and suspended"],
)
async def test_nobodys_server_is_asked_for_whom_we_know_well_enough(
    conn: Connection, type: str, marks: str, known: bool
) -> None:
    bob = await make_remote_actor(conn)
    await execute(conn, f"UPDATE actor SET {marks} WHERE id = $1", bob.id)
    await enqueue_one(conn, replace(make_new(), type=type))
    await enqueue_one(conn, replace(make_new(2, "nobody"), type=type))

    assert [row.sender_known for row in await claim(conn)] == [known, False]


async def test_of_a_large_body_only_the_beginning_stays_once_it_took_effect(conn: Connection) -> None:
    await enqueue_one(conn, make_new(body=b"{" + b"x" * 1_000_000 + b"}"))
    await enqueue_one(conn, make_new(2, body=b"{}"))
    large, small = await claim(conn)
    await received.finish(conn, large.id, ignored="not wanted")
    await received.finish(conn, small.id)

    assert await fetch_value(conn, "SELECT length(body) FROM received WHERE id = $1", large.id) == 8192
    assert await fetch_value(conn, "SELECT body FROM received WHERE id = $1", small.id) == b"{}"
    assert not await enqueue_one(conn, make_new(body=large.body)), "it is known all the same"
