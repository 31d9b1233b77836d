"""That a statement waits for what another transaction has locked, for tests of what happens meanwhile."""

import asyncio

from models.store.database import Pool, connection, fetch_value


async def await_lock(pool: Pool) -> None:
    """Once some statement of this database waits for a lock."""
    waiting = """
        SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
    """
    async with asyncio.timeout(10), connection(pool) as conn:
        while not await fetch_value(conn, waiting):
            await asyncio.sleep(0.01)
