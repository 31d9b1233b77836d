"""(e) An idle process: how soon it is there, its memory, its connections, how often and for how long it wakes."""

import asyncio
import os
import time
from pathlib import Path

from models.store.database import connection, fetch_value
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running

REST_SECONDS = float(os.environ.get("DECLIC_IDLE_SECONDS", "300"))
"""What a start needed is given back by then."""

LOOK_SECONDS = 60


async def run(folder: Path) -> None:
    """Start a server, let it rest, look at it for a minute, in which every chore of a minute has its turn."""
    heading(f"(e) an idle process, {REST_SECONDS:.0f} s after its start")
    data = folder / "memory"
    async with running(data) as server:
        port = server.port
    begun = time.monotonic()
    async with running(data, port=port) as server:
        figure(
            "from the start on a database that is there to the first answer", time.monotonic() - begun, "s", at_most=3
        )
        figure("its processor time until then", server.processor_seconds(), "s", at_most=1.5)
        await asyncio.sleep(REST_SECONDS)
        figure("memory (PSS) without PostgreSQL", server.proportional_megabytes(), "MB", at_most=70)
        figure("memory (RSS) without PostgreSQL", server.resident_megabytes(), "MB", at_most=85)
        before, worked, database = server.count_switches(), server.processor_seconds(), server.database_seconds()
        most = max([await _look(server) for _ in range(LOOK_SECONDS // 10)])
        figure("connections to PostgreSQL at most", most, "", at_most=3)
        figure("context switches a second", (server.count_switches() - before) / LOOK_SECONDS, "", at_most=5)
        worked, database = server.processor_seconds() - worked, server.database_seconds() - database
        figure("processor time a second, with PostgreSQL's", (worked + database) / LOOK_SECONDS * 1000, "ms", at_most=3)
        figure("of it PostgreSQL's", database / LOOK_SECONDS * 1000, "ms")


async def _look(server: BenchServer) -> int:
    await asyncio.sleep(10)
    async with connection(server.pool) as conn:
        found: int = await fetch_value(
            conn,
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            """,
        )
    return found
