"""What the others' clocks say once ours was set: what they answered before tells nothing of it any more."""

import asyncio
from datetime import UTC, datetime

from federation.discovery.well_known import fetch_well_known
from federation.errors import FetchFailed
from federation.http_client.causes import read_clock
from federation.instance import Instance
from models.servers import circuit_breakers
from models.store.database import connection, transaction

SECONDS = 8
"""Who has not answered by then is not waited for."""


async def ask_clocks(instance: Instance) -> None:
    """Forget what the clocks of others said, and ask some of those that answered lately anew."""
    async with transaction(instance.pool) as conn:
        hosts = await circuit_breakers.discard_clocks(conn)
    await asyncio.gather(*(_ask(instance, host) for host in hosts))


async def _ask(instance: Instance, host: str) -> None:
    clock = await _read(instance, host)
    if clock is not None:
        async with connection(instance.pool) as conn:
            await circuit_breakers.save_clock(conn, host, clock)


async def _read(instance: Instance, host: str) -> int | None:
    """Any answer will do, even one that says no."""
    try:
        async with asyncio.timeout(SECONDS):
            fetched = await fetch_well_known(instance, host, "/.well-known/nodeinfo", accept="application/json")
    except FetchFailed as failed:
        return failed.clock
    except TimeoutError:
        return None
    return read_clock(fetched.headers, datetime.now(UTC))
