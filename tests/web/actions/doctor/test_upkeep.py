"""What goes wrong silently is named: other ways of sorting, a lost extension, queues and sweeps that stand still."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Unfinished
from models.store import sweep_positions, sweep_rounds
from models.store.background import chores
from models.store.database import Connection, Pool, connection, execute, transaction
from tests.web.actions.doctor.patients import make_patient
from tests.web.rendering.data_register.test_register import OTHER_SWEEPS
from tests.web.small_app import make_instance
from web.actions.doctor import upkeep
from web.server.worker import nightly_sweep
from web.server.worker.jobs import list_periodic
from web.server.worker.nightly_sweep import IN_STEPS, SWEEPS


async def test_a_database_as_it_is_made_has_what_searches_need(pool: Pool) -> None:
    assert (await upkeep.check_sorting(make_patient(pool))).severity == "ok"


async def test_an_extension_that_is_gone_is_named(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await execute(conn, "DROP EXTENSION pg_trgm CASCADE")

    found = await upkeep.check_sorting(make_patient(pool))

    assert (found.severity, "pg_trgm" in found.what) == ("error", True)
    assert "CREATE EXTENSION pg_trgm" in found.command


async def test_indexes_of_another_system_are_named(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE pg_database SET datcollversion = '2.31' WHERE datname = current_database()")

    found = await upkeep.check_sorting(make_patient(pool))

    assert found.severity == "warning" and "2.31" in found.what and "REINDEX DATABASE" in found.command


@pytest.mark.parametrize(("minutes", "severity"), [(9, "ok"), (11, "warning"), (61, "error")])
async def test_what_waits_beyond_its_time_is_named(minutes: int, severity: str, pool: Pool) -> None:
    async with transaction(pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO pgqueuer (priority, entrypoint, status, created, updated, heartbeat, execute_after)
            VALUES (0, 'mail', 'queued', now(), now(), now(), now() - make_interval(mins => $1))
            """,
            minutes,
        )

    found = await upkeep.check_queues(make_patient(pool))

    assert found.severity == severity
    assert severity == "ok" or (f"{minutes}\u00a0minutes" in found.what and found.command)


async def test_a_sweep_that_fails_each_night_is_named_with_the_command_that_does_it_now(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> int:
        raise ZeroDivisionError

    seen = []
    for forget in (SWEEPS["guests"], fail, SWEEPS["guests"]):
        monkeypatch.setitem(SWEEPS, "guests", forget)
        async with transaction(pool) as conn:
            await execute(conn, "UPDATE sweep_round SET ended_at = now() - interval '4 days'")
        with suppress(Unfinished):
            await nightly_sweep.sweep(make_instance(pool))
        seen.append(await upkeep.check_sweeps(make_patient(pool)))

    assert [one.severity for one in seen] == ["ok", "warning", "ok"]
    assert (
        "guests (la dernière fois, c’était il y a 4\u00a0jours)" in seen[1].what
        and seen[1].command == "declic sweep guests"
    )


@pytest.mark.parametrize("name", IN_STEPS)
async def test_a_large_table_that_is_never_gone_through_to_its_end_is_named(
    name: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stop_half_way(conn: Connection) -> int:
        await sweep_positions.go_on(conn, IN_STEPS[name], "1")
        return 0

    monkeypatch.setattr(nightly_sweep, "STEPS_SECONDS", 0)
    monkeypatch.setitem(SWEEPS, name, stop_half_way)
    instance, seen = make_instance(pool), []
    await nightly_sweep.forget(instance, name)
    async with transaction(pool) as conn:
        await sweep_rounds.begin(conn, SWEEPS)
    for days in (2, 4, 15):
        async with transaction(pool) as conn:
            await execute(
                conn, "UPDATE sweep_round SET ended_at = now() - $2::interval WHERE name = $1", name, timedelta(days)
            )
        await nightly_sweep.forget(instance, name)
        seen.append((await upkeep.check_sweeps(make_patient(pool))).severity)

    assert seen == ["ok", "ok" if name in upkeep.OWN_WITHIN else "warning", "warning"]


async def test_nights_that_do_not_come_to_their_end_are_named(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE sweep_round SET ended_at = now() - interval '5 days'")

    found = await upkeep.check_sweeps(make_patient(pool))

    assert (found.severity, found.command) == ("warning", "declic sweep")
    assert "il y a 5\u00a0jours" in found.what and "/donnees-personnelles" in found.mend


async def test_after_a_stop_of_some_days_nothing_is_late_while_the_night_is_made_up_for(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE sweep_round SET ended_at = now() - interval '5 days'")
        chores_of_all = list_periodic(make_instance(pool))
        await chores.schedule(conn, chores_of_all)
        await execute(conn, "UPDATE pgqueuer_schedules SET next_run = now() - interval '5 days'")
        due = await chores.claim(conn, chores_of_all, at=datetime.now(UTC))
    during = await upkeep.check_sweeps(make_patient(pool))
    async with transaction(pool) as conn:
        await chores.finish(conn, [upkeep.SWEEP])
    after = await upkeep.check_sweeps(make_patient(pool))

    assert {upkeep.SWEEP, "health_outside"} <= set(due)
    assert [one.severity for one in (during, after)] == ["skipped", "warning"] and not during.needless


async def test_of_each_that_is_late_its_own_days_are_told_and_what_is_noted_for_another_year_is_late(
    pool: Pool,
) -> None:
    ages = {"known_words": 16, "guests": 6, "received": -400, "tokens": -1}
    async with transaction(pool) as conn:
        await sweep_rounds.begin(conn, ages)
        for name, days in ages.items():
            query = "UPDATE sweep_round SET ended_at = now() - make_interval(days => $2) WHERE name = $1"
            await execute(conn, query, name, days)

    found = await upkeep.check_sweeps(make_patient(pool))

    assert found.what.endswith(
        "laisse de côté\u00a0: guests (la dernière fois, c’était il y a 6\u00a0jours), known_words (la dernière fois, "
        "c’était il y a 16\u00a0jours), received (la dernière fois est notée à une date à venir)."
    )


def test_what_may_take_many_nights_is_about_nobody() -> None:
    assert set(upkeep.OWN_WITHIN) <= set(IN_STEPS) & set(OTHER_SWEEPS)


async def test_a_sweep_that_a_version_no_longer_knows_is_not_late_for_ever(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await sweep_rounds.begin(conn, ["gone", "guests"])
        await sweep_rounds.begin(conn, ["guests"])
        await execute(conn, "UPDATE sweep_round SET ended_at = now() - interval '1 year'")
    async with connection(pool) as conn:
        late = await sweep_rounds.list_late(conn, {"guests": timedelta(days=400)}, timedelta(days=3))

    assert [one.name for one in late] == [sweep_rounds.NIGHT]


@pytest.mark.parametrize(
    ("hours", "seconds", "named"), [(25, 10, True), (23, 10, False), (25, 3600, False)], ids=["hangs", "long", "died"]
)
async def test_a_chore_that_hangs_is_named(hours: int, seconds: int, named: bool, pool: Pool) -> None:
    async with transaction(pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO pgqueuer_schedules (entrypoint, expression, next_run, status, updated, heartbeat)
            VALUES ('case_notes', '37 3 * * *', now(), 'picked', now() - make_interval(hours => $1),
                now() - make_interval(secs => $2))
            """,
            hours,
            seconds,
        )

    found = await upkeep.check_sweeps(make_patient(pool))

    assert (found.severity == "warning", "case_notes" in found.what) == (named, named)
    assert found.command == ("systemctl restart declic" if named else "")
