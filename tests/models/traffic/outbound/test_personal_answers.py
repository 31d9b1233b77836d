"""Answers to many people at once are queued as each of them alone."""

from typing import Any

import pytest

from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_records
from models.traffic.outbound import deliveries, personal_answers
from models.traffic.outbound.personal_answers import AnswerTo
from tests.factories import make_activity, make_local_actor, make_remote_actor


async def read_queue(conn: Connection) -> list[tuple[Any, ...]]:
    """All that waits, by whom it is for."""
    rows = await fetch_records(
        conn,
        """
        SELECT activity_id, actor_id, inbox, personal_inbox, host, private, priority, state, due_at, error, cause
        FROM delivery ORDER BY activity_id, inbox
        """,
    )
    return [tuple(row) for row in rows]


@pytest.fixture
async def people(conn: Connection) -> list[Actor]:
    """Everybody to whom an answer may go, and some to whom none does."""
    plain = [await make_remote_actor(conn, name) for name in ("bob", "bea", "service", "own", "gone", "away", "silent")]
    elsewhere = [await make_remote_actor(conn, "carl", host) for host in ("paused.test", "busy.test")]
    signing = await make_remote_actor(conn, "instance", "arras.test")
    for change in (
        "UPDATE actor SET type = 'Service' WHERE username = 'service'",
        "UPDATE actor SET shared_inbox = NULL WHERE username = 'own'",
        "UPDATE actor SET deleted_at = now() WHERE username = 'gone'",
        "UPDATE actor SET suspended_at = now() WHERE username = 'away'",
        "UPDATE actor SET inbox = '' WHERE username = 'silent'",
        "INSERT INTO server (host, paused_at) VALUES ('paused.test', now())",
    ):
        await execute(conn, change)
    return [*plain, *elsewhere, signing, await make_local_actor(conn, "anna")]


async def test_each_goes_where_it_would_go_alone(conn: Connection, people: list[Actor]) -> None:
    alice = await make_local_actor(conn)
    before = await make_activity(conn, alice, type="Create")
    [busy] = [one for one in people if one.host == "busy.test"]
    await deliveries.schedule(conn, activity_id=before, actor_id=alice.id, named_ids=[busy.id], followed_ids=[])
    await execute(conn, "UPDATE delivery SET due_at = now() - interval '1 hour', priority = 1")
    said = [(await make_activity(conn, alice, type="Accept", public=False), person) for person in people]

    found = []
    for at_once in (True, False):
        undone = conn.transaction()
        await undone.start()
        if at_once:
            answers = [AnswerTo(activity_id=id, actor_id=alice.id, named_id=person.id) for id, person in said]
            queued = await personal_answers.schedule_each(conn, answers)
        else:
            queued = 0
            for id, person in said:
                queued += await deliveries.schedule(
                    conn, activity_id=id, actor_id=alice.id, named_ids=[person.id], followed_ids=[]
                )
        found.append((queued, await read_queue(conn)))
        await undone.rollback()

    assert found[0] == found[1]
    assert found[0][0] == 7
    assert {row[7] for row in found[0][1]} == {"waiting", "held"}


async def test_behind_what_failed_they_wait_as_shortly_as_one_alone(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn), await make_remote_actor(conn)
    before = await make_activity(conn, alice, type="Accept", public=False)
    answers = [
        AnswerTo(
            activity_id=await make_activity(conn, alice, type="Accept", public=False),
            actor_id=alice.id,
            named_id=bob.id,
        )
        for _ in range(2)
    ]
    await personal_answers.schedule_each(conn, [AnswerTo(activity_id=before, actor_id=alice.id, named_id=bob.id)])
    await execute(conn, "UPDATE delivery SET due_at = now() + interval '6 hours', attempts = 4")

    assert await personal_answers.schedule_each(conn, answers) == 2

    rows = await read_queue(conn)
    assert len(rows) == 3 and len({row[8] for row in rows}) == 1, "in their order, none before what failed"
