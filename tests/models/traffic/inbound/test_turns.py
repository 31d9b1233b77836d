"""Whose turn it is: a server that sends much at once lets those pass that send little."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from models.store.database import Connection, execute, fetch_value
from models.traffic.inbound import received, turns
from models.traffic.inbound.received import NewReceived
from models.traffic.inbound.turns import MOST_AHEAD, STEP, Turns

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def make_new(number: int, host: str, turn: datetime, actor: str = "bob") -> NewReceived:
    """An activity of somebody there."""
    return NewReceived(
        activity_uri=f"https://{host}/activities/{number}",
        body_hash=b"0",
        type="Create",
        actor_uri=f"https://{host}/users/{actor}",
        host=host,
        body=b"{}",
        turn=turn,
    )


async def claim(conn: Connection, limit: int, at: datetime) -> list[str]:
    """What a worker gets."""
    claimed = await received.claim(conn, worker=uuid4(), limit=limit, at=at)
    return [row.activity_uri for row in claimed]


def test_whoever_sends_little_has_her_turn_at_once() -> None:
    clocks = Turns()

    assert clocks.take("henin.test", at=NOON) == NOON
    assert clocks.take("henin.test", at=NOON + 2 * STEP) == NOON + 2 * STEP


def test_whoever_sends_much_at_once_is_a_step_further_behind_with_each() -> None:
    clocks = Turns()

    assert [clocks.take("loud.test", at=NOON) - NOON for _ in range(3)] == [0 * STEP, STEP, 2 * STEP]
    assert clocks.take("quiet.test", at=NOON) == NOON


def test_nobody_is_further_behind_than_two_minutes_nor_longer_than_it_lasts() -> None:
    clocks = Turns()
    for _ in range(2 * (MOST_AHEAD // STEP)):
        last = clocks.take("loud.test", at=NOON)

    assert last == NOON + MOST_AHEAD
    later = NOON + MOST_AHEAD + timedelta(seconds=1)
    assert clocks.take("loud.test", at=later) == later


def test_a_crowd_of_names_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_DOMAINS", 10)
    clocks = Turns()

    for number in range(100):
        clocks.take(f"host{number}.test", at=NOON)

    assert len(clocks) == 10


async def test_a_quiet_server_is_taken_before_the_hundreds_of_a_loud_one(conn: Connection) -> None:
    clocks, now = Turns(), datetime.now(UTC)
    loud = [make_new(n, "loud.test", clocks.take("loud.test", at=now), f"user{n % 7}") for n in range(300)]
    quiet = make_new(1, "quiet.test", clocks.take("quiet.test", at=now + timedelta(seconds=1)))
    await received.enqueue_many(conn, [*loud, quiet])

    claimed = await claim(conn, 200, now + timedelta(seconds=2))

    assert quiet.activity_uri in claimed
    assert len(claimed) == 200, "who is loud has all that nobody else wants"


async def test_what_one_actor_sent_is_taken_in_its_order_whatever_the_turns_say(conn: Connection) -> None:
    now = datetime.now(UTC)
    first, second = make_new(1, "henin.test", now + MOST_AHEAD), make_new(2, "henin.test", now)
    await received.enqueue_many(conn, [first])
    await received.enqueue_many(conn, [second])

    assert await claim(conn, 1, now + timedelta(seconds=1)) == [first.activity_uri]


async def test_an_activity_that_is_tried_again_later_holds_up_nothing_of_its_actor(conn: Connection) -> None:
    now = datetime.now(UTC)
    await received.enqueue_many(conn, [make_new(1, "henin.test", now + MOST_AHEAD)])
    await execute(conn, "UPDATE received SET due_at = $1", now + timedelta(hours=1))
    await received.enqueue_many(conn, [make_new(2, "henin.test", now)])

    assert await claim(conn, 5, now + timedelta(seconds=1)) == ["https://henin.test/activities/2"]


async def test_what_comes_without_a_turn_has_it_now(conn: Connection) -> None:
    await received.enqueue_many(conn, [make_new(1, "henin.test", NOON)])

    await execute(
        conn,
        "INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body) "
        "SELECT id + 1, activity_uri, '1', type, actor_uri, host, body FROM received",
    )

    assert await fetch_value(conn, "SELECT turn = received_at FROM received WHERE body_hash = '1'")
