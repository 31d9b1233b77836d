"""What goes wrong silently is named: another way of sorting, an extension that is gone, queues that stand still."""

import pytest

from models.store.database import Pool, execute, transaction
from tests.web.actions.doctor.patients import make_patient
from web.actions.doctor import upkeep


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
