"""What is spent of the limits that are shared, summed over all processes through the database every few seconds."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from models.errors import Unavailable
from models.limits import Limit
from models.store.background.beats import until_beat
from models.store.database import Connection, Pool, execute, fetch_records, transaction
from models.store.limit_memory import MemoryCounter

KEPT = timedelta(hours=1)
"""So long what somebody asked for is counted, under a hash."""

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 5.0

MOST_TOLD = 500
"""So many keys at once, the busiest, of each limit: rows cost those who flood more than us."""


async def share(pool: Pool, counter: MemoryCounter, limits: Sequence[Limit]) -> None:
    """Exchange every few seconds until cancelled; what could not be told is told the next time."""
    while True:
        await asyncio.sleep(until_beat(PAUSE_SECONDS))
        try:
            await exchange(pool, counter, limits)
        except Unavailable as error:
            log.debug("limits_not_shared", cause=str(error))


async def exchange(pool: Pool, counter: MemoryCounter, limits: Sequence[Limit]) -> None:
    """Tell what was counted here since the last time, and learn what all processes counted. Raises Unavailable."""
    told = {limit: keys for limit in limits if (keys := counter.list_unreported(limit, most=MOST_TOLD))}
    if not told:
        return
    counts: dict[int, dict[bytes, int]] = {}  # by the beginning of their windows
    windows = {limit: counter.window(limit) for limit in told}
    for limit, keys in told.items():
        counts.setdefault(windows[limit], {}).update({limit.hash_key(key): number for key, number in keys.items()})
    async with transaction(pool) as conn:
        sums = {window: await add(conn, window, counts[window]) for window in sorted(counts)}
    for limit, keys in told.items():
        totals = {key: sums[windows[limit]][limit.hash_key(key)] for key in keys}
        counter.add_totals(limit, keys, totals, window=windows[limit])


async def add(conn: Connection, window: int, counts: dict[bytes, int]) -> dict[bytes, int]:
    """Add what one process counted in the window that began then (seconds since 1970); the sums of all of them."""
    rows = await fetch_records(
        conn,
        """
        INSERT INTO request_count (window_start, key_hash, requests)
        SELECT $1, key_hash, requests FROM unnest($2::bytea[], $3::int[]) AS counted (key_hash, requests)
        ORDER BY key_hash   -- always in one order, so that processes never wait for each other in a circle
        ON CONFLICT (window_start, key_hash) DO UPDATE SET requests = request_count.requests + excluded.requests
        RETURNING key_hash, requests
        """,
        datetime.fromtimestamp(window, UTC),
        list(counts),
        list(counts.values()),
    )
    return {row["key_hash"]: row["requests"] for row in rows}


async def forget_old(conn: Connection) -> int:
    """Delete the sums of windows that are over; a chore."""
    return await execute(conn, "DELETE FROM request_count WHERE window_start < now() - $1::interval", KEPT)
