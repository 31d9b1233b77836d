"""What is sent again to a server that lost it, and which names stay taken once this one lost something."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from models.store import backups
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic import restorations
from models.traffic.outbound import activities, deliveries
from models.traffic.outbound.activities import NewActivity
from tests.factories import make_follow, make_member, make_remote_actor

NOW = datetime.now(UTC)
LOST = {"lost_from": NOW - timedelta(hours=20), "restored_at": NOW}


async def deliver(conn: Connection, hours: float, *, type: str = "Create", object: str = "", body: str = "{}") -> int:
    """Something of Alice's that Bob's server took so many hours ago; the id of its activity."""
    alice = await fetch_value(conn, "SELECT id FROM actor WHERE username = 'alice'")
    number = await fetch_value(conn, "SELECT count(*) FROM activity")
    uri = f"https://lomme.test/users/alice/activities/{number}"
    new = NewActivity(uri=uri, type=type, actor_id=alice, object_uri=object or uri, public=True, body=body)
    id = await activities.save(conn, new)
    await deliveries.schedule(conn, activity_id=id, actor_id=alice, named_ids=[], followed_ids=[alice])
    await execute(
        conn,
        "UPDATE delivery SET state = 'done', finished_at = $2 WHERE activity_id = $1",
        id,
        NOW - timedelta(hours=hours),
    )
    return id


@pytest.fixture
async def alice(conn: Connection) -> Connection:
    """Bob of another server follows Alice."""
    await make_follow(conn, await make_remote_actor(conn, "bob", "henin.test"), await make_member(conn, "alice"))
    return conn


async def list_waiting(conn: Connection) -> list[int]:
    return await fetch_column(conn, "SELECT activity_id FROM delivery WHERE state = 'waiting' ORDER BY activity_id")


async def test_what_arrived_in_what_was_lost_is_sent_again_once_and_nothing_else(alice: Connection) -> None:
    await deliver(alice, 30)
    wanted = [await deliver(alice, 19), await deliver(alice, 2)]

    first = await restorations.hear(alice, "henin.test", **LOST)
    again = await restorations.hear(alice, "henin.test", **LOST)
    sooner = {"lost_from": LOST["lost_from"], "restored_at": NOW + timedelta(minutes=5)}
    soon = await restorations.hear(alice, "henin.test", **sooner)
    other = await restorations.hear(alice, "mallory.test", **LOST)

    assert (first, again, soon, other) == (2, None, None, 0)
    assert await list_waiting(alice) == wanted


async def test_what_was_deleted_or_taken_back_since_is_not_brought_to_life(alice: Connection) -> None:
    gone = "https://lomme.test/users/alice/notes/1"
    await deliver(alice, 10, object=gone)
    deleted = await deliver(alice, 9, type="Delete", object=gone)
    follow = await deliver(alice, 8, type="Follow", object="https://henin.test/users/bob")
    uri = await fetch_value(alice, "SELECT uri FROM activity WHERE id = $1", follow)
    undo = await deliver(alice, 7, type="Undo", object=uri, body=f'{{"object": "{uri}"}}')

    assert await restorations.hear(alice, "henin.test", **LOST) == 2
    assert await list_waiting(alice) == [deleted, undo]


async def test_names_that_others_speak_of_stay_taken_after_a_loss_alone(alice: Connection) -> None:
    before = await restorations.take_names(alice, ["carol"])
    await execute(alice, "INSERT INTO restoration (lost_from) VALUES ($1)", LOST["lost_from"])

    taken = await restorations.take_names(alice, ["carol", "alice", "dora"])
    again = await restorations.take_names(alice, ["carol"])
    await execute(alice, "UPDATE restoration SET names = $1", restorations.MOST_NAMES)
    full = await restorations.take_names(alice, ["erin"])

    assert (before, sorted(taken), again, full) == ([], ["carol", "dora"], [], [])
    used = await fetch_column(alice, "SELECT username FROM used_username WHERE username IN ('carol', 'dora', 'erin')")
    assert sorted(used) == ["carol", "dora"]


async def test_a_backup_of_before_there_was_a_place_for_it_is_noted_all_the_same(database_url: str) -> None:
    conn = await asyncpg.connect(database_url)
    sql = (Path(restorations.__file__).parents[1] / "store" / "migrations" / "0670_restorations.sql").read_text()
    await conn.execute("DROP TABLE restoration, peer_restoration")

    await backups.note_restoration(database_url, NOW - timedelta(hours=20))
    await conn.execute(sql)

    assert await conn.fetchval("SELECT lost_from FROM restoration WHERE told_at IS NULL") == NOW - timedelta(hours=20)
    assert not await conn.fetchval("SELECT EXISTS (SELECT FROM preference WHERE key = 'restored')")
    await conn.close()
