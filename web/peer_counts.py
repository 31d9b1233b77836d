"""What other servers spend of their budgets, summed over all processes through the database every few seconds."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from federation.budget import SECONDS, FetchBudget
from models import quotas
from models.database import Pool, transaction
from models.errors import Unavailable

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 5.0

MOST_TOLD = 500
"""So many hosts and networks at once, the busiest, for each budget: rows cost those who flood more than us."""


async def share(pool: Pool, budgets: Mapping[str, FetchBudget]) -> None:
    """Exchange every few seconds until cancelled."""
    while True:
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            await exchange(pool, budgets)
        except Unavailable as error:
            log.debug("peer_counts_not_shared", cause=str(error))


async def exchange(pool: Pool, budgets: Mapping[str, FetchBudget]) -> None:
    """Tell what was counted here since the last time, and learn what all processes counted in this minute.

    What could not be told because the database is away is told the next time. Raises Unavailable.
    """
    window = int(time.time()) // SECONDS * SECONDS
    told = {name: budget.tell(most=MOST_TOLD) for name, budget in budgets.items()}
    counts = {_hash(name, host): number for name, hosts in told.items() for host, number in hosts.items()}
    if not counts:
        return
    async with transaction(pool) as conn:
        totals = await quotas.add(conn, datetime.fromtimestamp(window, UTC), counts)
    for name, hosts in told.items():
        budgets[name].hear(hosts, {host: totals[_hash(name, host)] for host in hosts}, window=window)


def _hash(name: str, host: str) -> bytes:
    return hashlib.sha256(f"{name} {host}".encode()).digest()
