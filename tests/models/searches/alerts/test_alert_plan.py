"""One new listing is held against 10,000 alerts in one pass over them, whatever plan PostgreSQL picks."""

from collections.abc import AsyncIterator

import orjson
import pytest

from models.searches.alerts import alert_matching
from models.searches.alerts.alert_matching import Unmatched
from models.store.database import Connection, Pool, connection, execute, fetch_column, open_pool
from tests import large_alerts
from tests.databases import copied_database
from tests.factories import make_listing, make_remote_actor


@pytest.fixture(scope="module")
async def watched(postgres_url: str, template: str) -> AsyncIterator[Pool]:
    """A database with the alerts in it."""
    async with copied_database(postgres_url, template) as url:
        pool = await open_pool(url, size=1)
        async with connection(pool) as conn:
            await large_alerts.fill_alerts(conn)
        yield pool
        await pool.close()


async def count_pages(conn: Connection, mode: str, listing_id: int) -> int:
    """The pages (8 kB, all in memory) that the statement touches, as a prepared one."""
    await execute(conn, f"SET LOCAL plan_cache_mode = {mode}")
    await conn.execute(f"PREPARE matched (bigint, boolean, text) AS {alert_matching.MATCH}")
    [[plan]] = await conn.fetch(
        f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE matched({listing_id}, false, NULL)"
    )
    await conn.execute("DEALLOCATE matched")
    top = orjson.loads(plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


# Twice what it does: the table of alerts once, and some pages for each of those for whom it fits.
MOST = 2500


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_one_listing_is_held_against_all_alerts_in_one_pass(watched: Pool, mode: str) -> None:
    async with connection(watched) as conn, conn.transaction():
        listing = await make_listing(conn, await make_remote_actor(conn, mode), title="Remorque à vélo pliante")

        pages = await count_pages(conn, mode, listing.id)

        told = await fetch_column(conn, "SELECT actor_id FROM alert_find WHERE listing_id = $1", listing.id)
        assert await alert_matching.match(conn, Unmatched(post_id=listing.id, edited=False)) == 0
    assert len(told) > 20
    assert pages <= MOST
