"""Whom a call is told to is one statement that looks at the repairers, and at nothing else that grows."""

from collections.abc import AsyncIterator
from typing import cast

import pytest

from models.repairs.calls import told
from models.repairs.calls.reaches import REACHES, Reach
from models.store.database import Connection, connection, execute, open_pool
from tests.databases import copied_database
from tests.explaining import Explaining, count_read, list_nodes
from tests.factories import make_listing, make_member
from tests.large_repairers import CALL, REPAIRERS, fill_repairers


@pytest.fixture(scope="module")
async def crowded(postgres_url: str, furnished: str) -> AsyncIterator[Connection]:
    """A database with so many repairers, and the list of communes."""
    async with copied_database(postgres_url, furnished) as url:
        pool = await open_pool(url, size=1)
        async with connection(pool) as conn:
            await fill_repairers(conn)
            await execute(conn, "VACUUM ANALYZE repair_watch, account, actor, commune")
            yield conn
        await pool.close()


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("reach", REACHES)
async def test_a_call_looks_at_each_repairer_once(crowded: Connection, mode: str, reach: Reach) -> None:
    transaction = crowded.transaction()
    await transaction.start()
    await execute(crowded, f"SET LOCAL plan_cache_mode = {mode}")
    caller = await make_member(crowded, "hocine")
    call = await make_listing(
        crowded, caller, kind="repair_call", mode="repair", latitude=CALL[0], longitude=CALL[1], repair={}
    )
    explaining = Explaining(crowded)

    await told.tell(cast(Connection, explaining), call, reach)

    picked = next(one for one in explaining.plans if count_read(one, "repair_watch"))
    await transaction.rollback()
    assert "repair_watch_place" in {node.get("Index Name") for node in list_nodes(picked)}
    assert count_read(picked, "repair_watch") <= REPAIRERS
    for table in ("account", "actor"):
        assert count_read(picked, table) <= REPAIRERS, "of whom is not near nothing else is read"
    for table in ("post", "listing", "commune", "alert_find", "repair_call_told"):
        assert count_read(picked, table) <= 1
