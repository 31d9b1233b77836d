"""(e) An idle process: how soon it is there, its memory, its connections, how often and for how long it wakes."""

import asyncio
import os
import time
from pathlib import Path

from models.store.database import connection, fetch_value
from tests.bench.form import Sized
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running

REST_SECONDS = Sized(long=int(os.environ.get("DECLIC_IDLE_SECONDS", "300")), short=10)
"""What a start needed is given back by then, in the long form."""

LOOK_SECONDS = Sized(long=60, short=10)


async def run(folder: Path) -> None:
    """Start a server, let it rest, look at it for a minute, in which every chore of a minute has its turn."""
    heading(f"(e) an idle process, {REST_SECONDS.now} s after its start")
    data = folder / "memory"
    async with running(data) as first:
        port = first.port  # the database is made, the next start is one as every other
    begun = time.monotonic()
    async with running(data, port=port) as server:
        figure("start to ready", time.monotonic() - begun, "s", at_most=1.5, by="bare work")
        figure("its processor time until then", server.processor_seconds(), "s", at_most=1.5, by="bare work")
        await asyncio.sleep(REST_SECONDS.now)
        figure("memory (PSS) without PostgreSQL", server.proportional_megabytes(), "MB", at_most=70, size=REST_SECONDS)
        figure("memory (RSS) without PostgreSQL", server.resident_megabytes(), "MB", at_most=85, size=REST_SECONDS)
        before, worked, database = server.count_switches(), server.processor_seconds(), server.database_seconds()
        most = max([await _look(server) for _ in range(LOOK_SECONDS.now // 10)])
        figure("connections to PostgreSQL at most", most, "", at_most=3, size=LOOK_SECONDS)
        figure(
            "context switches a second",
            (server.count_switches() - before) / LOOK_SECONDS.now,
            "",
            at_most=5,
            size=LOOK_SECONDS,
        )
        worked, database = server.processor_seconds() - worked, server.database_seconds() - database
        share = (worked + database) / LOOK_SECONDS.now * 1000
        figure("processor time a second, with PostgreSQL's", share, "ms", at_most=3, size=LOOK_SECONDS)
        figure("of it PostgreSQL's", database / LOOK_SECONDS.now * 1000, "ms")


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
