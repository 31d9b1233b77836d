"""What the others' clocks say once ours was set, or may have been: what was answered before tells nothing any more."""

import asyncio
from datetime import UTC, datetime

from federation.discovery.well_known import fetch_well_known
from federation.errors import FetchFailed
from federation.http_client.causes import read_clock
from federation.instance import Instance
from models.servers import circuit_breakers
from models.store.database import connection, transaction
from models.traffic.peer_traffic import find_clocks

SECONDS = 8
"""Who has not answered by then is not waited for."""


async def ask_clocks(instance: Instance, *, anew: bool = True) -> bool:
    """Ask some of those that told their time last, `anew` after forgetting what all of them said.

    Whether enough have answered now, or all that there are to be asked.
    """
    async with transaction(instance.pool) as conn:
        if anew:
            await circuit_breakers.discard_clocks(conn)
        hosts = await circuit_breakers.list_clocks_to_ask(conn)
    if all(await asyncio.gather(*(_ask(instance, host) for host in hosts))):
        return True
    async with connection(instance.pool) as conn:
        return (await find_clocks(conn)).enough


async def _ask(instance: Instance, host: str) -> bool:
    clock = await _read(instance, host)
    if clock is None:
        return False
    async with connection(instance.pool) as conn:
        await circuit_breakers.save_clock(conn, host, clock)
    return True


async def _read(instance: Instance, host: str) -> int | None:
    """Any answer will do, even one that says no; but not one from a cache."""
    try:
        async with asyncio.timeout(SECONDS):
            fetched = await fetch_well_known(
                instance, host, "/.well-known/nodeinfo", accept="application/json", directly=True
            )
    except FetchFailed as failed:
        return failed.clock
    except TimeoutError:
        return None
    return read_clock(fetched.headers, datetime.now(UTC))
