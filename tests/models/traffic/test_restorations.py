"""An instance that goes back to an earlier moment: it is written down, and what cannot be undone waits."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from models.coop import shutdown
from models.moderation import decision_deadlines
from models.personal_data import deletion_requests
from models.store import backups, going_back
from models.store.database import Connection, execute, fetch_value
from models.traffic import backfills, restorations
from tests.factories import make_follow, make_member, make_remote_actor

NOW = datetime.now(UTC)


async def test_who_was_to_leave_and_the_end_of_the_instance_wait_some_days_and_nobody_is_logged_in(
    conn: Connection,
) -> None:
    alice, bob = await make_member(conn, "alice"), await make_member(conn, "bob")
    await deletion_requests.begin(conn, alice.id, after=timedelta(hours=-1), paused_ids=[])
    await deletion_requests.begin(conn, bob.id, after=timedelta(days=9), paused_ids=[])
    await shutdown.begin(conn, by=None, due_at=NOW + timedelta(hours=1))
    await execute(
        conn,
        "INSERT INTO session (token_hash, actor_id, csrf_token, expires_at) VALUES ('x', $1, 'y', now())",
        alice.id,
    )

    moved = await going_back.note(conn, NOW - timedelta(hours=20))

    assert moved == going_back.PutOff(departures=1, shutdown=True, sessions=1)
    found, hers = await shutdown.find(conn), await deletion_requests.find(conn, alice.id)
    assert found is not None and found.due_at >= NOW + timedelta(days=14)
    assert hers is not None and hers.due_at >= NOW + timedelta(days=3)
    assert await fetch_value(conn, "SELECT count(*) FROM session") == 0
    assert (await going_back.note(conn, NOW)) == going_back.PutOff(departures=0, shutdown=False, sessions=0)


async def test_nobody_who_was_excluded_is_erased_while_the_loss_is_new(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    await execute(conn, "UPDATE actor SET excluded_at = now() WHERE id = $1", alice.id)
    await execute(conn, "INSERT INTO moderation_case (id) VALUES (1)")
    await execute(
        conn,
        """
        INSERT INTO moderation_decision (id, case_id, actor_id, kind, effective_at)
        VALUES (1, 1, $1, 'exclude', now() - interval '40 days')
        """,
        alice.id,
    )
    before = await decision_deadlines.list_final_exclusions(conn, at=NOW, limit=9)
    await going_back.note(conn, NOW - timedelta(hours=20))

    soon = await decision_deadlines.list_final_exclusions(conn, at=NOW, limit=9)
    later = await decision_deadlines.list_final_exclusions(conn, at=NOW + timedelta(days=4), limit=9)

    assert (before, soon, later) == ([alice.id], [], [alice.id])


async def test_of_two_losses_that_nobody_was_told_of_the_actor_says_the_earliest(conn: Connection) -> None:
    first, second = NOW - timedelta(hours=50), NOW - timedelta(hours=20)
    await going_back.note(conn, first)
    await going_back.note(conn, second)

    claimed, latest = await restorations.claim_untold(conn), await restorations.find_latest(conn)

    assert claimed is not None and latest is not None
    assert (claimed.lost_from, latest.lost_from) == (first, first)
    assert await restorations.claim_untold(conn) is None


async def test_what_was_asked_for_and_told_at_another_time_does_not_count_as_what_came_back(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    await make_follow(conn, alice, bob := await make_remote_actor(conn, "bob"))
    await going_back.note(conn, NOW - timedelta(hours=20))
    found = await restorations.claim_untold(conn)
    assert found is not None
    await backfills.ask(conn, bob.id)
    await backfills.ask(conn, (await make_remote_actor(conn, "erin")).id)
    await execute(conn, "UPDATE backfill SET asked_at = asked_at + interval '1 hour' WHERE actor_id <> $1", bob.id)

    returned = await restorations.find_returned(conn, found, alice.id)

    assert (returned.reading, returned.told) == (1, 0)


async def test_a_backup_of_before_there_was_a_place_for_it_is_noted_all_the_same(database_url: str) -> None:
    conn = await asyncpg.connect(database_url)
    sql = (Path(restorations.__file__).parents[1] / "store" / "migrations" / "0670_restorations.sql").read_text()
    await conn.execute("DROP TABLE restoration_word, restoration, peer_restoration")

    await backups.note_restoration(database_url, NOW - timedelta(hours=20))
    await conn.execute(sql)

    assert await conn.fetchval("SELECT lost_from FROM restoration WHERE told_at IS NULL") == NOW - timedelta(hours=20)
    assert not await conn.fetchval("SELECT EXISTS (SELECT FROM preference WHERE key = 'restored')")
    await conn.close()
